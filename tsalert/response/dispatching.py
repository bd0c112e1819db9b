"""Use cases between an incident's grade and its outcome: who goes, who is there, and why nobody needs to."""

from datetime import datetime

from msgspec import Struct
from msgspec.structs import replace
from sqlalchemy.orm import Session

from tsalert.core.actors import Actor, Permission
from tsalert.core.errors import RuleViolation
from tsalert.db import transaction
from tsalert.paging.vocabulary import EndReason
from tsalert.response import paged, progress, rows, rules
from tsalert.response.models import Attendance, Incident, Milestone
from tsalert.response.steps import ATTENDING, IncidentState, Step, furthest, presence, require_officer_step
from tsalert.response.vocabulary import RemoteResolution, StandDownReason
from tsalert.staff import queries as staff


class NewMilestone(Struct, frozen=True):
    """One officer's step.

    :param step: on the way, on scene or cleared.
    :param officer_id: who took it; None means whoever records it.
    :param at: when it is said to have happened; None means now.
    """

    step: Step
    officer_id: int | None = None
    at: datetime | None = None
    note: str | None = None


class Resolution(Struct, frozen=True):
    """What stopped the harm without a visit.

    :param at: when it is said to have happened; None means now.
    :param seen: the version of the incident on which it was decided; None where it is not known.
    """

    how: RemoteResolution
    at: datetime | None = None
    note: str | None = None
    seen: int | None = None


def record_milestone(incident_id: int, new: NewMilestone, *, actor: Actor, now: datetime) -> IncidentState:
    """Record that an officer set out, arrived or left; the first arrival stops the clock.

    :raises NotFound: there is no such incident.
    :raises Conflict: the step follows from neither the incident's state nor the officer's.
    :raises RuleViolation: the time cannot be, or there is no such officer.
    """
    with transaction() as session:
        return take_milestone(session, incident_id, new, actor=actor, now=now)


def take_milestone(
    session: Session, incident_id: int, new: NewMilestone, *, actor: Actor, now: datetime
) -> IncidentState:
    """Record a milestone as part of the caller's transaction; a step, which refuses as ``record_milestone`` does."""
    actor.require(Permission.RUN_INCIDENT)
    if new.step not in ATTENDING:
        raise RuleViolation("Say whether they set out, arrived or left.", field="step")
    incident = progress.begin_step(session, incident_id, new.step)
    attendance = _attendance(session, incident, _officer_id(session, new, actor))
    was = presence(en_route_at=attendance.en_route_at, on_scene_at=attendance.on_scene_at)
    require_officer_step(was, new.step)
    at = rules.possible_time(new.at or now, now=now, not_before=_not_before(session, attendance))
    _advance(attendance, new.step, at)
    session.add(attendance)
    session.flush()
    if new.step is Step.ON_SCENE:
        progress.stop_clock(session, incident_id, at=at, now=now)
    elif new.step is Step.CLEARED:
        progress.take_back_stop(session, attendance, now=now)
    _note(session, incident, replace(new, at=at), attendance_id=attendance.id, actor=actor, now=now)
    been_there = attendance.on_scene_at is not None
    incident.state = furthest(IncidentState.of(incident.state), new.step, has_been_there=been_there)
    paged.follow_milestone(session, incident, attendance, new.step, now=now)
    return IncidentState.of(incident.state)


def resolve_remotely(incident_id: int, told: Resolution, *, actor: Actor, now: datetime) -> bool:
    """Record that the harm was stopped without a visit; whether that stops the clock is the grade's to say.

    :return: whether somebody still waits, because the clock goes on.
    :raises Conflict: somebody has been there, or the incident has ended.
    :raises RuleViolation: the time cannot be.
    """
    actor.require(Permission.RUN_INCIDENT)
    with transaction() as session:
        incident = progress.begin_step(session, incident_id, Step.RESOLVED_REMOTELY, seen=told.seen)
        stopped_at = rules.possible_time(told.at or now, now=now, not_before=rows.first_call_at(session, incident_id))
        goes_on = progress.stop_clock_remotely(session, incident_id, told.how, at=stopped_at, now=now)
        if not goes_on:
            incident.state, incident.offered_to = IncidentState.RESOLVED_REMOTELY, None
            paged.follow_end(session, incident_id, EndReason.RESOLVED_REMOTELY, now=now)
        done = NewMilestone(Step.RESOLVED_REMOTELY, at=stopped_at, note=_with_note(told.how.label, told.note))
        kept = _note(session, incident, done, attendance_id=None, actor=actor, now=now)
        kept.stopped_clock_id = None if goes_on else rows.clock_stopped_at(session, incident_id, stopped_at)
        return goes_on


def stand_down(
    incident_id: int,
    reason: StandDownReason,
    *,
    note: str | None = None,
    seen: int | None = None,
    actor: Actor,
    now: datetime,
) -> None:
    """Record why nobody needs to go any more; the clock ends, and a breach stays one.

    :raises Conflict: somebody has been there, or the incident has ended.
    """
    actor.require(Permission.RUN_INCIDENT)
    if reason is StandDownReason.OTHER and not note:
        raise RuleViolation("Say why nobody needs to go.", field="note")
    with transaction() as session:
        incident = progress.begin_step(session, incident_id, Step.STOOD_DOWN, seen=seen)
        progress.end_clock(session, incident_id, reason, now=now)
        incident.state, incident.offered_to = IncidentState.STOOD_DOWN, None
        paged.follow_end(session, incident_id, EndReason.STOOD_DOWN, now=now)
        told = NewMilestone(Step.STOOD_DOWN, note=_with_note(reason.label, note))
        _note(session, incident, told, attendance_id=None, actor=actor, now=now)


def _officer_id(session: Session, new: NewMilestone, actor: Actor) -> int:
    officer_id = new.officer_id or actor.officer_id
    if officer_id is None or officer_id not in dict(staff.active_officers(session)):
        raise RuleViolation("Choose an officer who can sign in.", field="officer_id")
    return officer_id


def _attendance(session: Session, incident: Incident, officer_id: int) -> Attendance:
    """Return the officer's attendance that has not ended, or a new one."""
    present = [each for each in rows.attendances_of(session, incident.id) if each.cleared_at is None]
    found = [each for each in present if each.officer_id == officer_id]
    return found[0] if found else Attendance(incident_id=incident.id, officer_id=officer_id)


def _not_before(session: Session, attendance: Attendance) -> datetime | None:
    """Return what an officer's next time cannot come before: their own last step, else the first call."""
    own = attendance.on_scene_at or attendance.en_route_at
    return own or rows.first_call_at(session, attendance.incident_id)


def _advance(attendance: Attendance, step: Step, at: datetime) -> None:
    match step:
        case Step.EN_ROUTE:
            attendance.en_route_at = at
        case Step.ON_SCENE:
            attendance.on_scene_at = at
        case _:
            attendance.cleared_at = at


def _note(
    session: Session,
    incident: Incident,
    new: NewMilestone,
    *,
    attendance_id: int | None,
    actor: Actor,
    now: datetime,
) -> Milestone:
    milestone = Milestone(
        incident_id=incident.id,
        attendance_id=attendance_id,
        step=new.step,
        occurred_at=new.at or now,
        recorded_at=now,
        note=new.note,
    )
    progress.note_milestone(session, milestone, actor)
    return milestone


def _with_note(told: str, note: str | None) -> str:
    return f"{told}. {note}" if note else told
