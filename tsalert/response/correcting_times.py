"""The use case that corrects when an officer set out, arrived or left, or when harm was stopped without a visit.

A correction is a further milestone that says so.
"""

from datetime import datetime

from msgspec import Struct
from sqlalchemy import func, select
from sqlalchemy.orm import Session, aliased

from tsalert.audit import service as audit
from tsalert.core.actors import Actor, Permission
from tsalert.core.clock import as_utc
from tsalert.core.errors import Conflict, NotAllowed, NotFound, RuleViolation
from tsalert.core.keys import is_id
from tsalert.db import transaction
from tsalert.response import rows, rules, standing
from tsalert.response.correcting import begin_correction
from tsalert.response.models import Attendance, Incident, IncidentClock, Milestone
from tsalert.response.standing import Aftermath
from tsalert.response.steps import ATTENDING, Step

FIELD_OF = {Step.EN_ROUTE: "en_route_at", Step.ON_SCENE: "on_scene_at", Step.CLEARED: "cleared_at"}
_CORRECTABLE = (*ATTENDING, Step.RESOLVED_REMOTELY)


class NewTime(Struct, frozen=True):
    """When a step happened in truth.

    :param seen: the version of the incident on which it was decided; None where it is not known.
    """

    at: datetime
    reason: str
    seen: int | None = None


def correct_time(incident_id: int, milestone_id: int, new: NewTime, *, actor: Actor, now: datetime) -> Aftermath:
    """Correct the time of a step; whether the target was met is worked out again from what stands now.

    :raises NotFound: the incident has no such step.
    :raises NotAllowed: it is another officer's, and this person is no manager.
    :raises Conflict: it was corrected already.
    :raises Overtaken: somebody has changed the incident since it was decided.
    :raises RuleViolation: the time cannot be, or is the one that stands.
    """
    actor.require(Permission.RUN_INCIDENT)
    with transaction() as session:
        incident = begin_correction(session, incident_id, seen=new.seen)
        milestone, visit = find_step(session, incident_id, milestone_id)
        if not may_correct(whose(milestone, visit), actor):
            raise NotAllowed("A time is corrected by the officer whose it is, or by a manager.")
        at = _possible(session, incident, milestone, visit, new.at, now=now)
        if visit is not None:
            setattr(visit, FIELD_OF[Step.of(milestone.step)], at)
        session.add(_told_again(milestone, at, new.reason, incident.version, actor=actor, now=now))
        session.flush()
        aftermath = standing.stand_anew(session, incident, now=now)
        audit.record(session, actor, "time corrected", "incident", incident_id, now=now, step=milestone.step)
        return aftermath


def correctable_by(session: Session, incident_id: int, actor: Actor) -> set[int]:
    """Return the steps of an incident whose times somebody may correct."""
    later = aliased(Milestone)
    stands = ~select(later.id).where(later.corrects_id == Milestone.id).exists()
    of = func.coalesce(Attendance.officer_id, Milestone.recorded_by)
    query = select(Milestone.id, of).outerjoin(Attendance, Attendance.id == Milestone.attendance_id)
    found = query.where(Milestone.incident_id == incident_id, Milestone.step.in_(_CORRECTABLE), stands)
    return {number for number, officer_id in session.execute(found) if may_correct(officer_id, actor)}


def find_step(session: Session, incident_id: int, milestone_id: int) -> tuple[Milestone, Attendance | None]:
    """Return a step that was not corrected yet, and the attendance that it is part of, if it is an officer's.

    :raises NotFound: the incident has no such step.
    :raises Conflict: it was corrected already.
    """
    milestone = session.get(Milestone, milestone_id) if is_id(milestone_id) else None
    if milestone is None or milestone.incident_id != incident_id or not _has_own_time(milestone):
        raise NotFound("The incident has no such step.")
    if session.scalar(select(Milestone.id).where(Milestone.corrects_id == milestone.id)) is not None:
        raise Conflict("This time was corrected already. Correct the newer one.")
    return milestone, session.get(Attendance, milestone.attendance_id) if milestone.attendance_id else None


def whose(milestone: Milestone, visit: Attendance | None) -> int | None:
    """Return the officer whose step it is: who attended, else who told us."""
    return visit.officer_id if visit is not None else milestone.recorded_by


def may_correct(officer_id: int | None, actor: Actor) -> bool:
    """Tell whether somebody may correct an officer's times."""
    is_own = officer_id is not None and officer_id == actor.officer_id
    return actor.may(Permission.RUN_INCIDENT) and (is_own or actor.may(Permission.MANAGE_RESPONSE))


def _has_own_time(milestone: Milestone) -> bool:
    is_officers = milestone.attendance_id is not None and milestone.step in ATTENDING
    return is_officers or milestone.step == Step.RESOLVED_REMOTELY


def _told_again(was: Milestone, at: datetime, reason: str, version: int, *, actor: Actor, now: datetime) -> Milestone:
    return Milestone(
        incident_id=was.incident_id,
        attendance_id=was.attendance_id,
        step=was.step,
        occurred_at=at,
        recorded_at=now,
        recorded_by=actor.officer_id,
        source=actor.via,
        note=reason,
        version=version,
        corrects_id=was.id,
        stopped_clock_id=was.stopped_clock_id,
    )


def _possible(
    session: Session, incident: Incident, milestone: Milestone, visit: Attendance | None, at: datetime, *, now: datetime
) -> datetime:
    if visit is None:
        before, after = _round_resolution(session, incident, milestone)
    else:
        before, after = _round_visit(session, visit, Step.of(milestone.step))
    found = rules.possible_time(at, now=now, not_before=before)
    if after is not None:
        found = _not_after(found, after)
    if _minute(found) == _minute(milestone.occurred_at):
        raise RuleViolation("That is the time recorded already.", field="at")
    return found


def _round_visit(session: Session, visit: Attendance, step: Step) -> tuple[datetime | None, datetime | None]:
    """Return what a step of an officer comes after and before."""
    times = [getattr(visit, FIELD_OF[each]) for each in ATTENDING]
    place = ATTENDING.index(step)
    before = [each for each in times[:place] if each is not None]
    after = [each for each in times[place + 1 :] if each is not None]
    first = before[-1] if before else rows.first_call_at(session, visit.incident_id)
    return first, after[0] if after else None


def _round_resolution(
    session: Session, incident: Incident, milestone: Milestone
) -> tuple[datetime | None, datetime | None]:
    """Return what a resolution without a visit comes after and before: the wait that it ended, or the incident."""
    clock = session.get(IncidentClock, milestone.stopped_clock_id) if milestone.stopped_clock_id else None
    if clock is None:
        return rows.first_call_at(session, incident.id), incident.closed_at
    return clock.started_at, clock.ended_at or incident.closed_at


def _minute(at: datetime) -> datetime:
    """Return a time as people write it."""
    return as_utc(at).replace(second=0, microsecond=0)


def _not_after(at: datetime, following: datetime) -> datetime:
    """Return a time unless it comes after the step that follows; people give whole minutes."""
    if as_utc(at) > as_utc(following):
        raise RuleViolation("That time is after the step that follows.", field="at")
    return at
