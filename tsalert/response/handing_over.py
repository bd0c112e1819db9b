"""Use cases of giving an incident to another body: offered, then taken or refused. Only taking it ends our clock."""

from datetime import datetime

from msgspec import Struct
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from tsalert.core.actors import Actor, Permission
from tsalert.db import transaction
from tsalert.paging.vocabulary import EndReason
from tsalert.response import paged, progress
from tsalert.response.models import Incident, Milestone
from tsalert.response.steps import IncidentState, Step

_ANSWERS = (Step.HANDED_OVER, Step.HANDOVER_REFUSED)


class Acceptance(Struct, frozen=True):
    """Another body's yes.

    :param accepted_by: the body and the person who said it.
    :param seen: the version of the incident that the officer saw; None where it is not known.
    """

    accepted_by: str
    their_reference: str | None = None
    seen: int | None = None


class Answer(Struct, frozen=True):
    """What a body said of an offer, as it was recorded; ``words`` are the milestone's."""

    is_yes: bool
    words: str
    at: datetime
    recorded_by: int | None


def offer_handover(incident_id: int, body: str, *, seen: int | None = None, actor: Actor, now: datetime) -> None:
    """Record that another body was asked to take an incident over; it stays ours and the clock runs on.

    :raises Conflict: the incident has ended, or it is offered to somebody already.
    """
    actor.require(Permission.RUN_INCIDENT)
    with transaction() as session:
        offer(session, incident_id, body, seen=seen, actor=actor, now=now)


def hand_over(incident_id: int, told: Acceptance, *, actor: Actor, now: datetime) -> None:
    """Record that another body has taken an incident over, which ends the clock; a breach stays one.

    One that said yes in the same telephone call need not be recorded as asked first.

    :raises Conflict: the incident has ended.
    """
    actor.require(Permission.RUN_INCIDENT)
    with transaction() as session:
        take(session, incident_id, told, actor=actor, now=now)


def refuse_handover(incident_id: int, reason: str, *, seen: int | None = None, actor: Actor, now: datetime) -> None:
    """Record why the body that was asked does not take the incident; it stays ours and the clock ran on all the time.

    :raises Conflict: it is not offered to anybody.
    """
    actor.require(Permission.RUN_INCIDENT)
    with transaction() as session:
        refuse(session, incident_id, reason, seen=seen, actor=actor, now=now)


def offer(
    session: Session, incident_id: int, body: str, *, seen: int | None = None, actor: Actor, now: datetime
) -> None:
    """Note an offer; a step."""
    incident = progress.begin_step(session, incident_id, Step.HANDOVER_OFFERED, seen=seen)
    incident.offered_to = body
    progress.note_milestone(session, _milestone(incident, Step.HANDOVER_OFFERED, now, body), actor)


def take(session: Session, incident_id: int, told: Acceptance, *, actor: Actor, now: datetime) -> None:
    """Note that another body has it now, and end the clock; a step."""
    incident = progress.begin_step(session, incident_id, Step.HANDED_OVER, seen=told.seen)
    progress.end_clock(session, incident_id, "handed_over", now=now)
    incident.state, incident.offered_to = IncidentState.HANDED_OVER, None
    paged.follow_end(session, incident_id, EndReason.HANDED_OVER, now=now)
    note = f"{told.accepted_by}. Their reference: {told.their_reference}" if told.their_reference else told.accepted_by
    progress.note_milestone(session, _milestone(incident, Step.HANDED_OVER, now, note), actor)


def refuse(
    session: Session, incident_id: int, reason: str, *, seen: int | None = None, actor: Actor, now: datetime
) -> None:
    """Note why it was not taken; a step."""
    incident = progress.begin_step(session, incident_id, Step.HANDOVER_REFUSED, seen=seen)
    note = f"{incident.offered_to}. {reason}"
    incident.offered_to = None
    progress.note_milestone(session, _milestone(incident, Step.HANDOVER_REFUSED, now, note), actor)


def find_answer(session: Session, incident_id: int, body: str, *, offered_at: datetime) -> Answer | None:
    """Return what a body answered to an offer, whoever was asked after that; None where it did not answer."""
    of_it = Milestone.incident_id == incident_id
    offer_made = (of_it, Milestone.step == Step.HANDOVER_OFFERED, Milestone.note == body)
    offer_id = session.scalar(select(func.max(Milestone.id)).where(*offer_made, Milestone.recorded_at == offered_at))
    later = select(Milestone).where(of_it, Milestone.step.in_(_ANSWERS), Milestone.id > (offer_id or 0))
    found = session.scalar(later.order_by(Milestone.id).limit(1))
    if found is None:
        return None
    return Answer(found.step == Step.HANDED_OVER, found.note or "", found.recorded_at, found.recorded_by)


def _milestone(incident: Incident, step: Step, now: datetime, note: str) -> Milestone:
    return Milestone(incident_id=incident.id, step=step, occurred_at=now, recorded_at=now, note=note)
