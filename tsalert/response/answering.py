"""What an officer answers to a page: they take it, pass it on, or say that they are safe.

The button, the key on the call and the text are doors to the same steps.
"""

from datetime import datetime
from functools import partial

from sqlalchemy.orm import Session

from tsalert.audit import service as audit
from tsalert.core.actors import Actor, Permission
from tsalert.core.errors import Conflict, NotAllowed
from tsalert.core.one_by_one import one_by_one
from tsalert.db import db, transaction
from tsalert.paging import service as paging
from tsalert.response import paged, progress, rows
from tsalert.response.models import Milestone
from tsalert.response.steps import IncidentState, Step
from tsalert.staff import queries as staff


def take_incident(incident_id: int, *, actor: Actor, now: datetime) -> bool:
    """Take an incident, which stops its pages and not its clock; False where the officer has it already.

    :raises Conflict: somebody else has it, or the incident is past it.
    """
    with transaction() as session:
        return take(session, incident_id, actor=actor, now=now)


def pass_incident(incident_id: int, *, actor: Actor, now: datetime) -> bool:
    """Pass a page on to the next duty, or give back what was taken; tells whether somebody was paged at once.

    :raises Conflict: nobody is paged for it, or somebody else has it.
    """
    with transaction() as session:
        return pass_on(session, incident_id, actor=actor, now=now)


def report_safe(incident_id: int, *, actor: Actor, now: datetime) -> None:
    """Say that one is safe on scene.

    :raises Conflict: the officer is not recorded on scene there.
    """
    with transaction() as session:
        say_safe(session, incident_id, actor=actor, now=now)


def take(session: Session, incident_id: int, *, actor: Actor, now: datetime) -> bool:
    """Take an incident; a step, see ``take_incident``."""
    officer_id = _officer(actor)
    incident = progress.begin_step(session, incident_id, Step.ACKNOWLEDGED)
    if paging.is_paged_for(session, incident_id):
        is_first = paging.take(session, incident_id, officer_id, now=now)
    else:
        is_first = _is_first(session, incident_id, IncidentState.of(incident.state), officer_id)
    if is_first:
        incident.state = IncidentState.ACKNOWLEDGED
        taken = Milestone(incident_id=incident_id, step=Step.ACKNOWLEDGED, occurred_at=now, recorded_at=now)
        progress.note_milestone(session, taken, actor)
    return is_first


def pass_on(session: Session, incident_id: int, *, actor: Actor, now: datetime) -> bool:
    """Pass a page on; a step, see ``pass_incident``."""
    officer_id = _officer(actor)
    incident = rows.lock_incident(session, incident_id)
    was_paged = paging.pass_on(session, incident_id, officer_id, now=now)
    if incident.state == IncidentState.ACKNOWLEDGED:
        incident.state = IncidentState.PAGED
    audit.record(session, actor, "passed on", "incident", incident_id, now=now)
    return was_paged


def say_safe(session: Session, incident_id: int, *, actor: Actor, now: datetime) -> None:
    """Say that one is safe; a step, see ``report_safe``."""
    officer_id = _officer(actor)
    rows.lock_incident(session, incident_id)
    if not paging.note_safe(session, incident_id, officer_id, now=now):
        raise Conflict("You are not recorded on scene at this incident.", legal=[Step.ON_SCENE.label])
    audit.record(session, actor, "said to be safe", "incident", incident_id, now=now)


def take_alarm(incident_id: int, *, actor: Actor, now: datetime) -> None:
    """Deal with an officer on scene who does not answer; the alarm rings nobody else.

    :raises Conflict: everybody has answered, or somebody deals with it already.
    """
    officer_id = _officer(actor)
    with transaction() as session:
        rows.lock_incident(session, incident_id)
        if not paging.take_alarm_at(session, incident_id, officer_id, now=now):
            raise Conflict("Everybody there has answered, or somebody deals with it already.")
        audit.record(session, actor, "took the welfare alarm", "incident", incident_id, now=now)


def page_due(now: datetime) -> int:
    """Do for every incident what the policy says is due; returns for how many somebody was paged.

    Each is a transaction of its own: one that fails keeps no other waiting.
    """
    due = paging.due_incidents(db.session(), now=now)
    return one_by_one(due, partial(_page, now=now))


def _page(incident_id: int, *, now: datetime) -> bool:
    with transaction() as session:
        incident = rows.lock_incident(session, incident_id)
        was_paged = paging.advance(session, incident_id, now=now)
        if was_paged:
            paged.mark_paged(incident)
        return was_paged


def _officer(actor: Actor) -> int:
    actor.require(Permission.RUN_INCIDENT)
    if actor.officer_id is None:
        raise NotAllowed("Only an officer can answer a page.")
    return actor.officer_id


def _is_first(session: Session, incident_id: int, state: IncidentState, officer_id: int) -> bool:
    """Tell whether nobody has taken an incident that nobody is paged for."""
    if state is not IncidentState.ACKNOWLEDGED:
        return True
    holder = rows.taken_by(session, incident_id)
    if holder is not None and holder != officer_id:
        raise Conflict(f"{staff.get_officer_by_id(session, holder).name} has it already.")
    return holder is None
