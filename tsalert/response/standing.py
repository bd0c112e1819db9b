"""What an incident's clocks come to after a correction: worked out anew from all that is held now. Steps.

What a clock was held to be before stays: a breach for good, a move of its start as a row of its own.
"""

from collections.abc import Sequence
from datetime import datetime, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from tsalert.core.clock import whole_seconds
from tsalert.core.errors import RuleViolation
from tsalert.paging import service as paging
from tsalert.response import progress, rows
from tsalert.response.clock import first_stop
from tsalert.response.correction_models import ClockMove
from tsalert.response.models import Grade, Incident, IncidentClock, Milestone
from tsalert.response.vocabulary import StartBasis, StartRule

_FROM_FIRST_CALL = frozenset({StartBasis.FIRST_CALL, StartBasis.WRONG_TRIAGE})


def stand_anew(session: Session, incident: Incident, *, now: datetime) -> None:
    """Let each clock stop when it does by what is held now; a target that has passed is kept as missed for good.

    :raises RuleViolation: a closed incident's clock would run again.
    """
    for clock in rows.clocks_of(session, incident.id):
        clock.stopped_at = _stop_of(session, clock)
        if incident.closed_at is not None and clock.stopped_at is None and clock.ended_at is None:
            raise RuleViolation("By that time nobody has been there, and the incident is closed. Reopen it first.")
        progress.note_breach(session, clock, now=now)
    session.flush()


def move_starts(
    session: Session, incident: Incident, times: tuple[datetime, datetime], *, change_id: int, now: datetime
) -> None:
    """Let the clocks that count from the first call start at its corrected time, as a move that is kept.

    :param times: when the first call was held to have come in, and when it did.
    :raises RuleViolation: a clock had ended by then.
    """
    was, became = whole_seconds(times[0]), whole_seconds(times[1])
    for clock in _counted_from(session, incident.id, was):
        if clock.ended_at is not None and clock.ended_at < became:
            raise RuleViolation("The incident's clock had ended before that time.", field="claimed_at")
        _move(session, clock, became, change_id=change_id)
    stand_anew(session, incident, now=now)
    latest = rows.latest_clock(session, incident.id)
    if latest is not None:
        paging.move_due(session, incident.id, latest.due_at)


def _counted_from(session: Session, incident_id: int, first_call_at: datetime) -> list[IncidentClock]:
    clocks = rows.clocks_of(session, incident_id)
    from_call = [each for each in clocks if each.basis in _FROM_FIRST_CALL and each.started_at == first_call_at]
    return [each for each in from_call if session.get_one(Grade, each.grade_id).start_rule == StartRule.FIRST_CALL]


def _move(session: Session, clock: IncidentClock, started_at: datetime, *, change_id: int) -> None:
    due_at = started_at + timedelta(seconds=clock.target_seconds)
    move = ClockMove(clock_id=clock.id, started_at=started_at, due_at=due_at, change_id=change_id)
    move.was_started_at, move.was_due_at = clock.started_at, clock.due_at
    session.add(move)
    session.flush()
    clock.started_at, clock.due_at = started_at, due_at
    clock.stopped_at = _stop_of(session, clock)


def _stop_of(session: Session, clock: IncidentClock) -> datetime | None:
    visits = [(each.on_scene_at, each.cleared_at) for each in rows.attendances_of(session, clock.incident_id)]
    been_there = [(came, left) for came, left in visits if came is not None]
    is_reopened = clock.basis == StartBasis.REOPENED
    return first_stop(rows.clock_of(clock), been_there, _resolutions(session, clock), is_reopened=is_reopened)


def _resolutions(session: Session, clock: IncidentClock) -> Sequence[datetime]:
    return session.scalars(select(Milestone.occurred_at).where(Milestone.stopped_clock_id == clock.id)).all()
