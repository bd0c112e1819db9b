"""What providers report after they took a message: in any order, any number of times."""

import json
from datetime import datetime

from sqlalchemy import select, text
from sqlalchemy.orm import Session

from tsalert.db import insert_ignoring_conflicts, transaction
from tsalert.delivery.counting import change_counts
from tsalert.delivery.endpoints import suppress
from tsalert.delivery.models import Delivery, DeliveryEvent
from tsalert.delivery.rules import Channel, Status, SuppressionReason, settle

# Any number will do that no other lock of ours uses.
_LOCK_KIND = 7_253_786
# In the order of the keys, so that no two ever wait for each other.
_LOCK = text(
    "SELECT pg_advisory_xact_lock(CAST(:kind AS integer), key) FROM (SELECT DISTINCT hashtext(reference) AS key "
    "FROM json_array_elements_text(CAST(:references AS json)) AS told (reference) ORDER BY key) AS keys"
)


def record_receipt(channel: Channel, provider_ref: str, status: Status, *, now: datetime) -> None:
    """Note what a provider reported of a message; a status only rises, so repeats and wrong order change nothing.

    A report that overtakes its message, whose reference is not stored yet, is kept and counts later.
    """
    with transaction() as session:
        event = {"channel": channel, "provider_ref": provider_ref, "status": status, "at": now}
        session.execute(insert_ignoring_conflicts(session, DeliveryEvent).values(event))
        apply_reports(session, [provider_ref], now=now)


def apply_reports(session: Session, provider_refs: list[str], *, now: datetime) -> None:
    """Raise deliveries to what was reported of their references; a step."""
    _take_turns(session, provider_refs)
    reports: dict[str, list[Status]] = {}
    known = select(DeliveryEvent.provider_ref, DeliveryEvent.status).order_by(DeliveryEvent.id)
    for reference, status in session.execute(known.where(DeliveryEvent.provider_ref.in_(provider_refs))):
        reports.setdefault(reference, []).append(Status(status))
    if not reports:
        return
    mine = (Delivery.provider_ref.in_(list(reports)), Delivery.channel != Channel.EMAIL)
    for delivery in session.scalars(select(Delivery).where(*mine).order_by(Delivery.id).with_for_update()):
        _settle(session, delivery, reports[str(delivery.provider_ref)], now)


def _take_turns(session: Session, provider_refs: list[str]) -> None:
    """Wait for whoever writes down the same references, until this transaction ends.

    A report and the acceptance that it overtakes cannot see each other before they are committed, so
    that without it each would leave the matter to the other. SQLite has one writer as it is.
    """
    if session.get_bind().dialect.name == "postgresql":
        session.execute(_LOCK, {"kind": _LOCK_KIND, "references": json.dumps(provider_refs)})


def _settle(session: Session, delivery: Delivery, reports: list[Status], now: datetime) -> None:
    before = after = Status(delivery.status)
    for report in reports:
        after = settle(after, report)
    if after is before:
        return
    delivery.status, delivery.settled_at = after, now
    mailing_id, channel = delivery.mailing_id, delivery.channel
    change_counts(session, {(mailing_id, channel, before): -1, (mailing_id, channel, after): 1})
    if after is Status.HARD_BOUNCED:
        suppress(session, delivery.endpoint_id, SuppressionReason.BOUNCED, now)
