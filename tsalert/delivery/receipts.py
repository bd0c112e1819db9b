"""What providers report after they took a message: in any order, any number of times."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache
from hashlib import sha256

from flask import current_app
from sqlalchemy import bindparam, func, select
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Session

from tsalert.db import db, transaction
from tsalert.delivery.counting import change_counts
from tsalert.delivery.endpoints import suppress
from tsalert.delivery.gathering import Gathering
from tsalert.delivery.models import Delivery, DeliveryEvent
from tsalert.delivery.ringing import ring_again
from tsalert.delivery.rules import Channel, Status, SuppressionReason, settle

_Place = tuple[int, str, str]  # of a counter: mailing, channel, status
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


@dataclass(frozen=True, slots=True)
class Receipt:
    """What a provider reported of one message."""

    channel: Channel
    provider_ref: str
    status: Status
    at: datetime


def record_receipt(channel: Channel, provider_ref: str, status: Status, *, now: datetime) -> None:
    """Note what a provider reported of a message; a status only rises, so repeats and wrong order change nothing.

    A report that overtakes its message, whose reference is not stored yet, is kept and counts later. Of those that come
    again, as half of them do, no more is asked than whether they are known, and nobody waits for that. Those that come
    at one moment are written in one transaction: they all change the counters of the same mailing.
    """
    if _is_known(db.session(), provider_ref, status):
        return
    gathering: Gathering[Receipt] = current_app.extensions.setdefault("tsalert_receipts", Gathering(_write))
    gathering.do(Receipt(channel, provider_ref, status, now))


def _is_known(session: Session, provider_ref: str, status: Status) -> bool:
    is_known = session.scalar(_SAME, {"reference": provider_ref, "reported": status}) is not None
    session.rollback()
    return is_known


def _write(receipts: Sequence[Receipt]) -> None:
    with transaction() as session:
        # In one order, lest two processes wait for each other's.
        events = [
            {"channel": each.channel, "provider_ref": each.provider_ref, "status": each.status, "at": each.at}
            for each in sorted(receipts, key=lambda each: (each.provider_ref, each.status))
        ]
        session.connection().execute(_adding(session.get_bind().dialect.name), events)
        apply_reports(session, [each.provider_ref for each in receipts], now=max(each.at for each in receipts))


def apply_reports(session: Session, provider_refs: Sequence[str], *, now: datetime) -> None:
    """Raise deliveries to what was reported of their references; a step, taken after either was written."""
    change_counts(session, raise_reported(session, provider_refs, now=now))


def raise_reported(session: Session, provider_refs: Sequence[str], *, now: datetime) -> Counter[_Place]:
    """Raise deliveries likewise, and return what that adds to the counters, for a caller who adds more."""
    _take_turns(session, provider_refs)
    changes: Counter[_Place] = Counter()
    reports: dict[str, list[Status]] = {}
    for reference, status in session.execute(_REPORTS, {"references": provider_refs}):
        reports.setdefault(reference, []).append(Status(status))
    if reports:
        for delivery in session.scalars(_REPORTED_ON, {"references": [*reports]}):
            changes.update(_settle(session, delivery, reports[str(delivery.provider_ref)], now))
    return changes


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


def _settle(session: Session, delivery: Delivery, reports: list[Status], now: datetime) -> Mapping[_Place, int]:
    before = after = Status(delivery.status)
    for report in reports:
        after = settle(after, report)
    if after is before:
        return {}
    if after is Status.UNDELIVERED and ring_again(session, delivery, now=now):
        after = Status.PENDING
    else:
        delivery.status, delivery.settled_at = after, now
    if after is Status.HARD_BOUNCED:
        suppress(session, delivery.endpoint_id, SuppressionReason.BOUNCED, now)
    place = delivery.mailing_id, delivery.channel
    return {(*place, before): -1, (*place, after): 1}
