"""What an incident's clocks come to after a correction: worked out anew from all that is held now. Steps.

What a clock was held to be before stays: a breach for good, a move of its start as a row of its own.
"""

from collections.abc import Sequence
from datetime import datetime, timedelta

from msgspec import Struct
from sqlalchemy import select
from sqlalchemy.orm import Session, aliased

from tsalert.core.clock import whole_seconds
from tsalert.core.errors import RuleViolation
from tsalert.core.words import Word
from tsalert.paging import service as paging
from tsalert.response import paged, progress, rows
from tsalert.response.clock import first_stop
from tsalert.response.correction_models import ClockMove
from tsalert.response.models import Call, Grade, Grading, Incident, IncidentClock, Milestone
from tsalert.response.steps import IncidentState
from tsalert.response.vocabulary import UNREAL_DISPOSITIONS, StartBasis, StartRule

_FROM_FIRST_CALL = frozenset({StartBasis.FIRST_CALL, StartBasis.WRONG_TRIAGE})
_ENDED = frozenset({IncidentState.CLOSED, IncidentState.HANDED_OVER, IncidentState.STOOD_DOWN})


class Aftermath(Word):
    """Whether a correction set a clock running again, and who knows."""

    NOTHING = "nothing", "No clock was set running again."
    PAGED = "paged", "Its clock runs again, and officers are paged for it."
    ATTENDED = "attended", "Its clock runs again. Nobody is paged, since an officer is there or on the way."
    UNPAGED = "unpaged", "Its clock runs again and nobody is paged. See that somebody goes."


class Counted(Struct, frozen=True):
    """How a call counted before it was corrected."""

    call_id: int
    received_at: datetime
    is_real: bool

    @classmethod
    def of(cls, call: Call) -> "Counted":
        """Return how a call counts now."""
        return cls(call.id, call.received_at, call.disposition not in UNREAL_DISPOSITIONS)


def stand_anew(session: Session, incident: Incident, *, now: datetime) -> Aftermath:
    """Let each clock stop when it does by what is held now; a target that has passed is kept as missed for good.

    Where the newest clock runs again and nobody is there or on the way, officers are paged again as for a new one.

    :raises RuleViolation: the clock of an incident that has ended would run again.
    """
    latest = rows.latest_clock(session, incident.id)
    was_running = latest is not None and _runs(latest)
    for clock in rows.clocks_of(session, incident.id):
        clock.stopped_at = _stop_of(session, clock)
        if incident.state in _ENDED and clock.stopped_at is None and clock.ended_at is None:
            raise RuleViolation("By that time nobody has been there, and the incident has ended. Reopen it first.")
        progress.note_breach(session, clock, now=now)
    session.flush()
    if was_running or latest is None or not _runs(latest):
        return Aftermath.NOTHING
    return _wake(session, incident, due_at=latest.due_at, now=now)


def move_starts(session: Session, incident: Incident, was: Counted, *, change_id: int, now: datetime) -> Aftermath:
    """Let the clocks that count from a call start at its corrected time, as a move that is kept.

    Where the call is no report any more, they start at the next one that is; with none left they stay.

    :param was: how the call counted.
    :raises RuleViolation: a clock had ended by then.
    """
    for clock, calls in _counted_from_calls(session, incident.id):
        before = _first([was if each.id == was.call_id else Counted.of(each) for each in calls])
        became = _first([Counted.of(each) for each in calls])
        counted_from_it = clock.started_at == before
        if became is None or became == before or not counted_from_it:
            continue
        if clock.ended_at is not None and clock.ended_at < became:
            raise RuleViolation("The incident's clock had ended before that time.", field="claimed_at")
        _move(session, clock, became, change_id=change_id)
    aftermath = stand_anew(session, incident, now=now)
    latest = rows.latest_clock(session, incident.id)
    if latest is not None:
        paging.move_due(session, incident.id, latest.due_at)
    return aftermath


def _first(calls: Sequence[Counted]) -> datetime | None:
    return min((whole_seconds(each.received_at) for each in calls if each.is_real), default=None)


def _wake(session: Session, incident: Incident, *, due_at: datetime, now: datetime) -> Aftermath:
    """Page for an incident whose clock runs again, unless somebody is there or on the way."""
    if any(each.cleared_at is None for each in rows.attendances_of(session, incident.id)):
        return Aftermath.ATTENDED
    return Aftermath.PAGED if paged.wake_again(session, incident, due_at=due_at, now=now) else Aftermath.UNPAGED


def _runs(clock: IncidentClock) -> bool:
    return clock.stopped_at is None and clock.ended_at is None


def _counted_from_calls(session: Session, incident_id: int) -> list[tuple[IncidentClock, list[Call]]]:
    """Return the clocks that count from the first call, each with the calls that had led to its grade.

    A call that joined after the grade was given did not lead to it, however early it came in.
    """
    set_going = [each for each in rows.clocks_of(session, incident_id) if each.basis != StartBasis.REOPENED]
    with_target = select(Grading, Grade).join(Grade, Grade.id == Grading.grade_id)
    of_incident = with_target.where(Grading.incident_id == incident_id, Grade.target_seconds.is_not(None))
    decided = session.execute(of_incident.order_by(Grading.id)).all()
    calls = rows.calls_of(session, incident_id)
    return [
        (clock, [each for each in calls if _led_to(each, grading)])
        for clock, (grading, grade) in zip(set_going, decided, strict=True)
        if clock.basis in _FROM_FIRST_CALL and grade.start_rule == StartRule.FIRST_CALL
    ]


def _led_to(call: Call, grading: Grading) -> bool:
    """Tell whether a call was the incident's when it was graded; of what is older than versions, it was."""
    return call.incident_version is None or grading.version is None or call.incident_version <= grading.version


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
    later = aliased(Milestone)
    stands = ~select(later.id).where(later.corrects_id == Milestone.id).exists()
    told = select(Milestone.occurred_at).where(Milestone.stopped_clock_id == clock.id, stands)
    return session.scalars(told).all()
