"""Stopping all that goes to many: no alert and no digest leaves any machine until somebody starts it again.

Pages of officers, and messages to one person who signs in, joins or chooses, go on (``claiming``).
"""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from tsalert.audit import service as audit
from tsalert.core.actors import Actor, Permission
from tsalert.core.errors import Conflict, RuleViolation
from tsalert.db import UTCDateTime, insert_ignoring_conflicts, transaction
from tsalert.delivery.mailings import wake
from tsalert.delivery.models import Mailing, MailingCount, SendingStop
from tsalert.delivery.rules import PERSONAL_LANES, MailingState, Status

SHORTEST_REASON, LONGEST_REASON = 10, 300
_LATEST = 20
_OPEN = select(SendingStop).where(SendingStop.is_open)


def stop_sending(reason: str, *, actor: Actor, now: datetime) -> int:
    """Let nothing more leave for many, from the next batch of every sender on; returns the stop's number.

    :raises RuleViolation: the reason says nothing.
    :raises Conflict: sending is stopped already.
    """
    actor.require(Permission.STOP_SENDING)
    checked = _checked(reason)
    with transaction() as session:
        stop_id = hold(session, checked, actor=actor, now=now)
        if stop_id is None:
            raise Conflict("Sending has been stopped already.", legal=["start sending again"])
        return stop_id


def hold(session: Session, reason: str, *, actor: Actor, now: datetime) -> int | None:
    """Let nothing more leave for many, as a step; returns the stop's number, or None where there is one already."""
    kept = {"is_open": True, "stopped_at": now, "stopped_by": actor.name, "stop_reason": reason}
    adding = insert_ignoring_conflicts(session, SendingStop).values(kept).returning(SendingStop.id)
    stop_id = session.scalar(adding)
    if stop_id is not None:
        audit.record(session, actor, "stopped", "sending", stop_id, now=now)
    return stop_id


def start_sending(reason: str, *, actor: Actor, now: datetime) -> int:
    """Let what waits leave at once; returns the number of the stop that ended.

    :raises RuleViolation: the reason says nothing.
    :raises Conflict: sending is not stopped.
    """
    actor.require(Permission.STOP_SENDING)
    checked = _checked(reason)
    with transaction() as session:
        stop = session.scalar(_OPEN.with_for_update())
        if stop is None:
            raise Conflict("Sending is not stopped.", legal=["stop all sending"])
        stop.is_open, stop.started_at, stop.started_by, stop.start_reason = False, now, actor.name, checked
        audit.record(session, actor, "started", "sending", stop.id, now=now)
        wake(session)
        return stop.id


def current_stop(session: Session) -> SendingStop | None:
    """Return the stop that stands now, or None while everything may leave."""
    return session.scalar(_OPEN)


def held_until(session: Session, *, now: datetime) -> datetime | None:
    """Return until when all sending was last stopped: now while it is, None where it never was."""
    if current_stop(session) is not None:
        return now
    return session.scalar(select(func.max(SendingStop.started_at, type_=UTCDateTime())))


def past_stops(session: Session) -> Sequence[SendingStop]:
    """Return the latest stops that have ended, newest first."""
    ended = select(SendingStop).where(~SendingStop.is_open)
    return session.scalars(ended.order_by(SendingStop.id.desc()).limit(_LATEST)).all()


def count_waiting(session: Session) -> int:
    """Return how many messages to many wait to be sent now, from counts that are kept."""
    query = select(func.sum(MailingCount.count)).join(Mailing, Mailing.id == MailingCount.mailing_id)
    waits = (Mailing.state == MailingState.SENDING, Mailing.lane.not_in(PERSONAL_LANES))
    return session.scalar(query.where(MailingCount.status == Status.PENDING, *waits)) or 0


def _checked(reason: str) -> str:
    if len(reason.strip()) < SHORTEST_REASON:
        raise RuleViolation(f"Give a reason of at least {SHORTEST_REASON} characters.", field="reason")
    return reason.strip()
