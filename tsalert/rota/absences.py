"""Leave: London days on which an officer stands no shift; their shifts become gaps until somebody takes them."""

from datetime import date, datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from tsalert.audit import service as audit
from tsalert.by_id import get_by_id
from tsalert.core.actors import Actor, Permission
from tsalert.core.clock import as_utc, london_date, london_midnight
from tsalert.core.errors import Conflict, RuleViolation
from tsalert.db import transaction
from tsalert.rota import alarms, checking, rules
from tsalert.rota.coverage import Span
from tsalert.rota.models import Leave
from tsalert.rota.occurrences import DAY
from tsalert.staff import queries as staff


def record_leave(officer_id: int, first_day: date, last_day: date, *, actor: Actor, now: datetime) -> int:
    """Record an officer's leave, and return its id; leave from today begins now.

    :raises RuleViolation: there is no such officer, they are on leave then, or the days are past or upside down.
    """
    actor.require(Permission.MANAGE_ROTA)
    rules.check_leave(first_day, last_day, today=london_date(now))
    span = Span(max(london_midnight(first_day), as_utc(now)), london_midnight(last_day + DAY))
    with transaction() as session:
        checking.begin_change(session)
        if officer_id not in dict(staff.active_officers(session)):
            raise RuleViolation("Choose an officer from the list.", field="officer_id")
        checking.refuse_leave(session, officer_id, span)
        leave = Leave(
            officer_id=officer_id,
            first_day=first_day,
            last_day=last_day,
            starts_at=span.starts_at,
            ends_at=span.ends_at,
            made_at=now,
            made_by=actor.officer_id,
        )
        session.add(leave)
        session.flush()
        audit.record(session, actor, "added", "leave", leave.id, now=now, officer=officer_id)
        alarms.note_gaps(session, now=now)
        return leave.id


def cancel_leave(leave_id: int, *, actor: Actor, now: datetime) -> None:
    """Cancel leave that is to come, or end it now if it has begun.

    :raises NotFound: there is none.
    :raises Conflict: it is over, or was cancelled.
    """
    actor.require(Permission.MANAGE_ROTA)
    with transaction() as session:
        checking.begin_change(session)
        leave = get_by_id(session, Leave, leave_id, "There is no such leave.")
        if leave.cancelled_at is not None or leave.ends_at <= as_utc(now):
            raise Conflict("This leave is over, or was cancelled.")
        leave.ends_at = max(leave.starts_at, as_utc(now))
        leave.cancelled_at = now
        audit.record(session, actor, "cancelled", "leave", leave.id, now=now, officer=leave.officer_id)
        alarms.note_gaps(session, now=now)


def leave_ahead(session: Session, *, now: datetime, officer_id: int | None = None) -> list[Leave]:
    """Return the leave that is not over and was not cancelled, by its first day."""
    query = select(Leave).where(Leave.ends_at > as_utc(now), Leave.cancelled_at.is_(None))
    if officer_id is not None:
        query = query.where(Leave.officer_id == officer_id)
    return list(session.scalars(query.order_by(Leave.starts_at, Leave.id)))
