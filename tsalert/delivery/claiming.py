"""The queue in the database: deliveries are claimed under a lease, and what became of them is written in one batch.

Every function is a step of a short transaction in which no provider is spoken to.
"""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import (
    JSON,
    BigInteger,
    Select,
    bindparam,
    case,
    cast,
    column,
    exists,
    func,
    literal_column,
    or_,
    select,
    update,
)
from sqlalchemy.orm import Session
from sqlalchemy.sql.elements import ColumnElement

from tsalert.delivery.counting import change_counts, complete_if_done, rows_changed
from tsalert.delivery.endpoints import suppress
from tsalert.delivery.models import Delivery, Endpoint, Mailing, Suppression
from tsalert.delivery.receipts import apply_reports
from tsalert.delivery.retries import Outcome, Standing
from tsalert.delivery.rules import JOINING, LANES, Channel, EndpointStatus, Lane, Status, SuppressionReason

LEASE = timedelta(minutes=10)
_MAILINGS_AT_ONCE = 50
# Partial indexes serve only a query that names the status itself, not a parameter.
_IS_PENDING = Delivery.status == literal_column("'pending'")
_IS_CLAIMED = Delivery.status == literal_column("'claimed'")
_IS_SENDING = Mailing.state == literal_column("'sending'")
_LANE_ORDER = case({lane.value: place for place, lane in enumerate(LANES)}, value=Mailing.lane)

Outcomes = Mapping[int, Outcome]
Changes = Counter[tuple[int, str, str]]


@dataclass(frozen=True, slots=True)
class Claimed:
    """One delivery in a sender's hands."""

    id: int
    mailing_id: int
    endpoint_id: int
    address: str
    standing: Standing


def record_outcomes(session: Session, channel: Channel, owner: str, outcomes: Outcomes, *, now: datetime) -> None:
    """Write down what became of claimed deliveries; those that are not this owner's any more stay as they are."""
    changes: Changes = Counter()
    accepted = {number: each.reference for number, each in outcomes.items() if each.status is Status.ACCEPTED}
    _record_accepted(session, owner, accepted, changes, now)
    for number, each in outcomes.items():
        if each.status is not Status.ACCEPTED:
            _record_one(session, owner, number, each, changes, now)
    change_counts(session, changes)
    if channel is not Channel.EMAIL and accepted:
        # A receipt may have come before the reference it speaks of was stored.
        apply_reports(session, [each for each in accepted.values() if each], now=now)
    for mailing_id in {mailing_id for mailing_id, _, _ in changes}:
        complete_if_done(session, mailing_id, now)


def release(session: Session, owner: str) -> int:
    """Put back what an owner claimed and never began; return how many."""
    back = update(Delivery).where(Delivery.claimed_by == owner, _IS_CLAIMED)
    return rows_changed(session, back.values(status=Status.PENDING, lease_until=None, claimed_by=None))


def claim(session: Session, channel: Channel, owner: str, size: int, *, now: datetime) -> list[Claimed]:
    """Claim up to ``size`` deliveries that are due, of the earliest lane first."""
    wanted = size
    for mailing_id in session.scalars(due_mailings(channel, now)).all():
        wanted -= _claim_of_mailing(session, mailing_id, channel, owner, wanted, now)
        if wanted <= 0:
            break
    return _read_claim(session, channel, owner, now) if wanted < size else []


def due_mailings(channel: Channel, now: datetime) -> Select[int]:
    """Return the query of mailings that have something to send now, the earliest lane first."""
    has_due = exists().where(
        Delivery.mailing_id == Mailing.id, Delivery.channel == channel, _IS_PENDING, Delivery.due_at <= now
    )
    is_in_time = or_(Mailing.not_after.is_(None), Mailing.not_after > now)
    return (
        select(Mailing.id)
        .where(_IS_SENDING, is_in_time, has_due)
        .order_by(_LANE_ORDER, Mailing.id)
        .limit(_MAILINGS_AT_ONCE)
    )


def is_due(session: Session, channel: Channel, now: datetime) -> bool:
    """Tell whether anything waits to be sent on a channel."""
    return session.scalars(due_mailings(channel, now).limit(1)).first() is not None


def _claim_of_mailing(session: Session, mailing_id: int, channel: Channel, owner: str, size: int, now: datetime) -> int:
    chosen = (
        select(Delivery.id)
        .where(Delivery.mailing_id == mailing_id, Delivery.channel == channel, _IS_PENDING, Delivery.due_at <= now)
        .order_by(Delivery.due_at, Delivery.id)
        .limit(size)
        .with_for_update(skip_locked=True)
        .cte("chosen")
    )
    taken = (
        update(Delivery)
        .where(Delivery.id.in_(select(chosen.c.id)))
        .values(status=Status.CLAIMED, claimed_by=owner, lease_until=now + LEASE)
        .returning(Delivery.id)
    )
    return len(session.execute(taken, execution_options={"synchronize_session": False}).all())


def _read_claim(session: Session, channel: Channel, owner: str, now: datetime) -> list[Claimed]:
    rows = session.execute(
        select(
            Delivery.id,
            Delivery.mailing_id,
            Delivery.endpoint_id,
            Endpoint.address,
            Delivery.channel,
            Delivery.attempts,
            Delivery.doubts,
            Mailing.not_after,
            _may_not_be_written_to(),
        )
        .join(Endpoint, Endpoint.id == Delivery.endpoint_id)
        .join(Mailing, Mailing.id == Delivery.mailing_id)
        .where(Delivery.claimed_by == owner, _IS_CLAIMED)
        .order_by(Delivery.id)
    ).all()
    left = {row[0]: Outcome(Status.SUPPRESSED, row[6]) for row in rows if row[8]}
    if left:
        record_outcomes(session, channel, owner, left, now=now)
    return [Claimed(*row[:4], Standing(Channel(row[4]), row[5], row[6], row[7])) for row in rows if row[0] not in left]


def _may_not_be_written_to() -> ColumnElement[bool]:
    """Somebody may have left since they were enqueued; the message with which they come back still goes out."""
    suppressed = exists().where(
        Suppression.channel == Endpoint.channel, Suppression.address_key == Endpoint.address_key
    )
    for_good = suppressed.where(Suppression.reason != SuppressionReason.OPTED_OUT)
    may_join = (Mailing.lane == Lane.TRANSACTIONAL) & Endpoint.status.in_(JOINING) & ~for_good
    return ~(((Endpoint.status == EndpointStatus.ACTIVE) & ~suppressed) | may_join)


def _record_accepted(
    session: Session, owner: str, references: Mapping[int, str | None], changes: Changes, now: datetime
) -> None:
    """Record the many that were accepted in one statement; their numbers and references travel as one JSON value."""
    if not references:
        return
    expand = "json_array_elements" if session.get_bind().dialect.name == "postgresql" else "json_each"
    pairs = bindparam("pairs", [list(pair) for pair in references.items()], type_=JSON)
    pair = getattr(func, expand)(pairs).table_valued(column("value", JSON), name="pair").c.value
    statement = (
        update(Delivery)
        .where(Delivery.id == cast(pair[0].as_string(), BigInteger), Delivery.claimed_by == owner, _IS_CLAIMED)
        .values(status=Status.ACCEPTED, provider_ref=pair[1].as_string(), sent_at=now, attempts=Delivery.attempts + 1)
        .returning(Delivery.mailing_id, Delivery.channel)
    )
    done = session.execute(statement, execution_options={"synchronize_session": False}).all()
    for mailing_id, channel in done:
        changes[mailing_id, channel, Status.PENDING] -= 1
        changes[mailing_id, channel, Status.ACCEPTED] += 1


def _record_one(session: Session, owner: str, number: int, result: Outcome, changes: Changes, now: datetime) -> None:
    is_over = result.status is not Status.PENDING
    has_tried = result.status is not Status.SUPPRESSED
    values: dict[str, Any] = {
        "status": result.status,
        "attempts": Delivery.attempts + int(has_tried),
        "doubts": result.doubts,
        "error": result.error,
        "settled_at": now if is_over else None,
    }
    if result.due_at is not None:
        values["due_at"] = result.due_at
    changed = session.execute(
        update(Delivery)
        .where(Delivery.id == number, Delivery.claimed_by == owner, _IS_CLAIMED)
        .values(values)
        .returning(Delivery.mailing_id, Delivery.channel, Delivery.endpoint_id),
        execution_options={"synchronize_session": False},
    ).one_or_none()
    if changed is None:
        return
    if is_over:
        changes[changed[0], changed[1], Status.PENDING] -= 1
        changes[changed[0], changed[1], result.status] += 1
    if result.suppress is not None:
        suppress(session, changed[2], result.suppress, now)
