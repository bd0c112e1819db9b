"""The use case that corrects when an officer set out, arrived or left: a further milestone that says so."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session, aliased

from tsalert.audit import service as audit
from tsalert.core.actors import Actor, Permission
from tsalert.core.clock import as_utc
from tsalert.core.errors import Conflict, NotAllowed, NotFound, RuleViolation
from tsalert.db import transaction
from tsalert.response import rows, rules, standing
from tsalert.response.correcting import begin_correction
from tsalert.response.models import Attendance, Milestone
from tsalert.response.steps import ATTENDING, Step

FIELD_OF = {Step.EN_ROUTE: "en_route_at", Step.ON_SCENE: "on_scene_at", Step.CLEARED: "cleared_at"}


@dataclass(frozen=True, slots=True)
class NewTime:
    """When a step happened in truth.

    :param seen: the version of the incident on which it was decided; None where it is not known.
    """

    at: datetime
    reason: str
    seen: int | None = None


def correct_time(incident_id: int, milestone_id: int, new: NewTime, *, actor: Actor, now: datetime) -> None:
    """Correct the time of an officer's step; whether the target was met is worked out again from what stands now.

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
        if not may_correct(visit.officer_id, actor):
            raise NotAllowed("A time is corrected by the officer whose it is, or by a manager.")
        step = Step.of(milestone.step)
        at = _possible(session, visit, step, new.at, now=now)
        setattr(visit, FIELD_OF[step], at)
        session.add(
            Milestone(
                incident_id=incident_id,
                attendance_id=visit.id,
                step=step,
                occurred_at=at,
                recorded_at=now,
                recorded_by=actor.officer_id,
                source=actor.via,
                note=new.reason,
                version=incident.version,
                corrects_id=milestone.id,
            )
        )
        session.flush()
        standing.stand_anew(session, incident, now=now)
        audit.record(session, actor, "time corrected", "incident", incident_id, now=now, step=step)


def correctable_by(session: Session, incident_id: int, actor: Actor) -> set[int]:
    """Return the steps of an incident whose times somebody may correct."""
    later = aliased(Milestone)
    stands = ~select(later.id).where(later.corrects_id == Milestone.id).exists()
    query = select(Milestone.id, Attendance.officer_id).join(Attendance, Attendance.id == Milestone.attendance_id)
    found = query.where(Milestone.incident_id == incident_id, Milestone.step.in_(ATTENDING), stands)
    return {number for number, officer_id in session.execute(found) if may_correct(officer_id, actor)}


def find_step(session: Session, incident_id: int, milestone_id: int) -> tuple[Milestone, Attendance]:
    """Return an officer's step that was not corrected yet, and the attendance that it is part of.

    :raises NotFound: the incident has no such step.
    :raises Conflict: it was corrected already.
    """
    milestone = session.get(Milestone, milestone_id) if rows.is_id(milestone_id) else None
    is_officers = milestone is not None and milestone.attendance_id is not None and milestone.step in ATTENDING
    if milestone is None or milestone.incident_id != incident_id or not is_officers:
        raise NotFound("The incident has no such step.")
    if session.scalar(select(Milestone.id).where(Milestone.corrects_id == milestone.id)) is not None:
        raise Conflict("This time was corrected already. Correct the newer one.")
    return milestone, session.get_one(Attendance, milestone.attendance_id)


def may_correct(officer_id: int, actor: Actor) -> bool:
    """Tell whether somebody may correct an officer's times."""
    return actor.may(Permission.RUN_INCIDENT) and (
        officer_id == actor.officer_id or actor.may(Permission.MANAGE_RESPONSE)
    )


def _possible(session: Session, visit: Attendance, step: Step, at: datetime, *, now: datetime) -> datetime:
    times = [getattr(visit, FIELD_OF[each]) for each in ATTENDING]
    place = ATTENDING.index(step)
    before = [each for each in times[:place] if each is not None]
    after = [each for each in times[place + 1 :] if each is not None]
    not_before = before[-1] if before else rows.first_call_at(session, visit.incident_id)
    found = rules.possible_time(at, now=now, not_before=not_before)
    if after:
        found = _not_after(found, after[0])
    if _minute(found) == _minute(times[place]):
        raise RuleViolation("That is the time that stands already.", field="at")
    return found


def _minute(at: datetime) -> datetime:
    """Return a time as people write it."""
    return as_utc(at).replace(second=0, microsecond=0)


def _not_after(at: datetime, following: datetime) -> datetime:
    """Return a time unless it comes after the step that follows; people give whole minutes."""
    if as_utc(at) > as_utc(following):
        raise RuleViolation("That time is after the step that follows.", field="at")
    return at
