"""What providers report after they took a message: in any order, any number of times."""

from collections.abc import Iterable
from datetime import datetime
from functools import lru_cache
from hashlib import sha256

from sqlalchemy import bindparam, func, select
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Session

from tsalert.db import db, transaction
from tsalert.delivery.counting import change_counts
from tsalert.delivery.endpoints import suppress
from tsalert.delivery.models import Delivery, DeliveryEvent
from tsalert.delivery.ringing import ring_again
from tsalert.delivery.rules import Channel, Status, SuppressionReason, settle

# Built once, since building them would cost more than running them.
_SAME = select(DeliveryEvent.id).where(
    DeliveryEvent.provider_ref == bindparam("reference"), DeliveryEvent.status == bindparam("reported")
)
_REPORTS = (
    select(DeliveryEvent.provider_ref, DeliveryEvent.status)
    .where(DeliveryEvent.provider_ref.in_(bindparam("references", expanding=True)))
    .order_by(DeliveryEvent.id)
)
_REPORTED_ON = (
    select(Delivery)
    .where(Delivery.provider_ref.in_(bindparam("references", expanding=True)), Delivery.channel != Channel.EMAIL.value)
    .order_by(Delivery.id)
    .with_for_update()
)


def record_receipt(channel: Channel, provider_ref: str, status: Status, *, now: datetime) -> None:
    """Note what a provider reported of a message; a status only rises, so repeats and wrong order change nothing.

    A report that overtakes its message, whose reference is not stored yet, is kept and counts later. Of those that come
    again, as half of them do, no more is asked than whether they are known, and nobody waits for that.
    """
    if _is_known(db.session(), provider_ref, status):
        return
    with transaction() as session:
        event = {"channel": channel, "provider_ref": provider_ref, "status": status, "at": now}
        session.connection().execute(_adding(session.get_bind().dialect.name), event)
        apply_reports(session, [provider_ref], now=now)


def _is_known(session: Session, provider_ref: str, status: Status) -> bool:
    return session.scalar(_SAME, {"reference": provider_ref, "reported": status}) is not None


def apply_reports(session: Session, provider_refs: list[str], *, now: datetime) -> None:
    """Raise deliveries to what was reported of their references; a step, taken after either was written."""
    _take_turns(session, provider_refs)
    reports: dict[str, list[Status]] = {}
    for reference, status in session.execute(_REPORTS, {"references": provider_refs}):
        reports.setdefault(reference, []).append(Status(status))
    if not reports:
        return
    for delivery in session.scalars(_REPORTED_ON, {"references": [*reports]}):
        _settle(session, delivery, reports[str(delivery.provider_ref)], now)


@lru_cache(maxsize=2)
def _adding(dialect: str) -> postgresql.Insert | sqlite.Insert:
    if dialect == "postgresql":
        return postgresql.insert(DeliveryEvent).on_conflict_do_nothing()
    return sqlite.insert(DeliveryEvent).on_conflict_do_nothing()


def _take_turns(session: Session, provider_refs: Iterable[str]) -> None:
    """Let a reference and the reports of it be written one after the other, until the transaction ends.

    Else neither of two transactions would see what the other had written, and the report would never count.
    SQLite has one writer as it is. Locks are taken in one order by everybody, so that nobody waits in a circle.
    """
    if session.get_bind().dialect.name != "postgresql":
        return
    session.flush()
    numbers = sorted({_lock_number(reference) for reference in provider_refs})
    turns = select(func.pg_advisory_xact_lock(func.unnest(numbers).column_valued("number")))
    session.execute(turns).all()


def _lock_number(provider_ref: str) -> int:
    return int.from_bytes(sha256(f"receipt {provider_ref}".encode()).digest()[:8], signed=True)


def _settle(session: Session, delivery: Delivery, reports: list[Status], now: datetime) -> None:
    before = after = Status(delivery.status)
    for report in reports:
        after = settle(after, report)
    if after is before:
        return
    if after is Status.UNDELIVERED and ring_again(session, delivery, now=now):
        after = Status.PENDING
    else:
        delivery.status, delivery.settled_at = after, now
    mailing_id, channel = delivery.mailing_id, delivery.channel
    change_counts(session, {(mailing_id, channel, before): -1, (mailing_id, channel, after): 1})
    if after is Status.HARD_BOUNCED:
        suppress(session, delivery.endpoint_id, SuppressionReason.BOUNCED, now)
