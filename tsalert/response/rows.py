"""Rows that use cases decide on; what is about to change is locked until the transaction ends."""

from collections.abc import Sequence
from datetime import datetime, timedelta

from sqlalchemy import func, select
from sqlalchemy.orm import Session, aliased

from tsalert.core.clock import as_utc, whole_seconds
from tsalert.core.errors import NotFound
from tsalert.core.keys import is_id
from tsalert.response.clock import Clock
from tsalert.response.models import Attendance, Breach, Call, Grade, Grading, Incident, IncidentClock, Milestone
from tsalert.response.rules import Danger, is_cash_about_to_move, most_urgent, propose_grade
from tsalert.response.steps import Step
from tsalert.response.vocabulary import UNREAL_DISPOSITIONS, UNTOLD_DISPOSITIONS, GradeName, MoneyState


def lock_incident(session: Session, incident_id: int) -> Incident:
    """Return one incident's row, locked until the transaction ends; others may write rows that belong to it.

    :raises NotFound: there is none.
    """
    query = select(Incident).where(Incident.id == incident_id).with_for_update(key_share=True)
    row = session.scalar(query) if is_id(incident_id) else None
    if row is None:
        raise NotFound("There is no such incident.")
    return row


def calls_of(session: Session, incident_id: int) -> Sequence[Call]:
    """Return an incident's calls, earliest first."""
    query = select(Call).where(Call.incident_id == incident_id).order_by(Call.received_at, Call.id)
    return session.scalars(query).all()


def first_call_at(session: Session, incident_id: int) -> datetime | None:
    """Return when the earliest real call of an incident came in."""
    real = (Call.incident_id == incident_id, Call.disposition.not_in(UNREAL_DISPOSITIONS))
    return session.scalar(select(func.min(Call.received_at)).where(*real))


def proposed_grade(session: Session, incident_id: int) -> GradeName:
    """Return the most urgent grade that any of an incident's calls proposes, duplicates too, misdials and tests not."""
    return proposed_by(calls_of(session, incident_id))


def proposed_by(calls: Sequence[Call]) -> GradeName:
    """Return the grade that ``proposed_grade`` does, of an incident's calls."""
    telling = (call for call in calls if call.disposition not in UNTOLD_DISPOSITIONS)
    return most_urgent(propose_grade(danger_of(call)) for call in telling)


def first_of(calls: Sequence[Call]) -> datetime | None:
    """Return what ``first_call_at`` does, of an incident's calls, earliest first."""
    return next((call.received_at for call in calls if call.disposition not in UNREAL_DISPOSITIONS), None)


def is_proposed_anew(session: Session, incident_id: int, proposed: GradeName) -> bool:
    """Tell whether another grade is proposed than when an incident was last graded, and than it has."""
    query = select(Grading.proposed, Grade.name).join(Grade, Grade.id == Grading.grade_id)
    last = session.execute(query.where(Grading.incident_id == incident_id).order_by(Grading.id.desc()).limit(1)).first()
    return last is not None and proposed not in set(last)


def danger_of(call: Call) -> Danger:
    """Return the five ticks of a call that was logged."""
    moves = is_cash_about_to_move(MoneyState.of(call.money_state), is_trader_on_site=call.is_trader_on_site)
    return Danger(call.is_trader_on_site, moves, call.has_threat, call.is_vulnerable, call.is_work_in_progress)


def grade_in_force(session: Session, name: GradeName, *, at: datetime) -> Grade:
    """Return the version of a grade that is in force at a time.

    :raises NotFound: none was yet.
    """
    in_force = (Grade.name == name, Grade.effective_from <= as_utc(at))
    grade = session.scalar(select(Grade).where(*in_force).order_by(Grade.effective_from.desc()).limit(1))
    if grade is None:
        raise NotFound("That grade was not in force then.")
    return grade


def latest_clock(session: Session, incident_id: int) -> IncidentClock | None:
    """Return an incident's newest clock, locked until the transaction ends."""
    of_incident = select(IncidentClock).where(IncidentClock.incident_id == incident_id)
    return session.scalar(of_incident.order_by(IncidentClock.number.desc()).limit(1).with_for_update())


def clocks_of(session: Session, incident_id: int) -> Sequence[IncidentClock]:
    """Return an incident's clocks, oldest first, locked until the transaction ends."""
    of_incident = select(IncidentClock).where(IncidentClock.incident_id == incident_id)
    return session.scalars(of_incident.order_by(IncidentClock.number).with_for_update()).all()


def clock_stopped_at(session: Session, incident_id: int, at: datetime) -> int | None:
    """Return the newest of an incident's clocks if it stopped in the second of a time."""
    clock = latest_clock(session, incident_id)
    return clock.id if clock is not None and clock.stopped_at == whole_seconds(at) else None


def first_graded_at(session: Session, incident_id: int) -> datetime | None:
    """Return when an incident was first graded."""
    return session.scalar(select(func.min(Grading.graded_at)).where(Grading.incident_id == incident_id))


def resolved_remotely_at(session: Session, incident_id: int) -> Sequence[datetime]:
    """Return when an incident was resolved without a visit, each time that it was, as it is held now."""
    later = aliased(Milestone)
    stands = ~select(later.id).where(later.corrects_id == Milestone.id).exists()
    resolved = (Milestone.incident_id == incident_id, Milestone.step == Step.RESOLVED_REMOTELY, stands)
    return session.scalars(select(Milestone.occurred_at).where(*resolved)).all()


def grade_reason(session: Session, incident_id: int) -> str | None:
    """Return why an incident was graded last as it was; None where nobody had to say."""
    last = select(Grading.reason).where(Grading.incident_id == incident_id).order_by(Grading.id.desc()).limit(1)
    return session.scalar(last)


def new_facts_at(session: Session, incident_id: int) -> Sequence[datetime]:
    """Return when facts came in that changed an incident's grade."""
    found = select(Grading.facts_at).where(Grading.incident_id == incident_id, Grading.facts_at.is_not(None))
    return [at for at in session.scalars(found) if at is not None]


def overdue_clocks(session: Session, *, now: datetime, lock: bool = False) -> Sequence[IncidentClock]:
    """Return running clocks past their target of which no breach is kept yet, a hundred at a time.

    :param lock: keep others from changing them, passing over those that somebody changes already.
    """
    running = (IncidentClock.stopped_at.is_(None), IncidentClock.ended_at.is_(None))
    unknown = ~select(Breach.id).where(Breach.clock_id == IncidentClock.id).exists()
    past = IncidentClock.due_at < whole_seconds(now)
    query = select(IncidentClock).where(*running, unknown, past).order_by(IncidentClock.due_at).limit(100)
    return session.scalars(query.with_for_update(skip_locked=True) if lock else query).all()


def attendances_of(session: Session, incident_id: int) -> Sequence[Attendance]:
    """Return who attended an incident, in the order in which they set out."""
    query = select(Attendance).where(Attendance.incident_id == incident_id).order_by(Attendance.id)
    return session.scalars(query).all()


def taken_by(session: Session, incident_id: int) -> int | None:
    """Return who took an incident last."""
    taken = (Milestone.incident_id == incident_id, Milestone.step == Step.ACKNOWLEDGED)
    return session.scalar(select(Milestone.recorded_by).where(*taken).order_by(Milestone.id.desc()).limit(1))


def clock_of(row: IncidentClock) -> Clock:
    """Return a stored clock as the value that rules read."""
    return Clock(row.started_at, timedelta(seconds=row.target_seconds), row.stopped_at, row.ended_at)
