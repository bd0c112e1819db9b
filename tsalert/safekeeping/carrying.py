"""What people took back and what was shut since a backup was made, carried over from the database that it replaces.

Only where that database goes on from the backup, which their trails tell; one that is lost tells nothing.
"""

from collections.abc import Sequence
from datetime import datetime, timedelta

from msgspec import Struct
from sqlalchemy import exists, func, select
from sqlalchemy.engine import Connection
from sqlalchemy.orm import Session, aliased

from tsalert.audit import service as audit
from tsalert.audit.models import AuditEvent
from tsalert.core.actors import Actor
from tsalert.db import insert_ignoring_conflicts
from tsalert.delivery import service as delivery
from tsalert.delivery.models import Endpoint, Suppression
from tsalert.delivery.rules import SuppressionReason
from tsalert.installation import storage
from tsalert.retention.models import ErasedRecord
from tsalert.safekeeping import access
from tsalert.safekeeping.access import Access
from tsalert.safekeeping.rules import Head
from tsalert.subscribers.models import Subscriber, Subscription
from tsalert.subscribers.preferences.acting import By
from tsalert.subscribers.preferences.forgetting import erase
from tsalert.subscribers.preferences.stopping import end_at
from tsalert.subscribers.rules import EndedReason, Kind, Source

# Clocks of two machines may differ, and what is carried twice counts once.
_MARGIN = timedelta(hours=1)


class TakenBack(Struct, frozen=True):
    """What people took back since a moment.

    :param left: which subscriber ended everything at which address, and why.
    :param suppressed: channel, key of the address, reason and instant.
    :param erased: subscribers who were erased.
    :param records: how many records a retention list erased; they come due again and are erased by another.
    :param access: how officers get in, and what was shut.
    """

    left: Sequence[tuple[int, int, str]] = ()
    suppressed: Sequence[tuple[str, str, str, datetime]] = ()
    erased: Sequence[int] = ()
    records: int = 0
    access: Access = Access()
    is_known: bool = False


def gather(connection: Connection, head: Head) -> TakenBack:
    """Read what was taken back in a database since a backup of it was made."""
    if storage.schema_of(connection) != storage.newest_schema():
        return TakenBack()
    since = datetime.fromisoformat(head.made_at) - _MARGIN
    with Session(connection, join_transaction_mode="create_savepoint") as session:
        if not _goes_on_from(session, head):
            return TakenBack()
        return TakenBack(
            _left(session, since),
            _suppressed(session, since),
            session.scalars(select(Subscriber.id).where(Subscriber.erased_at >= since)).all(),
            session.scalar(select(func.count()).where(ErasedRecord.erased_at >= since)) or 0,
            access.gather(session, since),
            is_known=True,
        )


def carry(session: Session, taken_back: TakenBack, *, actor: Actor, now: datetime) -> None:
    """Take the same back in what came from the backup; a step, and again changes nothing."""
    by = By(actor, Source.IMPORT, now)
    for subscriber_id, endpoint_id, reason in taken_back.left:
        if session.get(Subscriber, subscriber_id) and session.get(Endpoint, endpoint_id):
            end_at(session, subscriber_id, endpoint_id, EndedReason(reason), by=by)
    for row in taken_back.suppressed:
        _suppress(session, *row)
    _erase_again(session, taken_back.erased, by)
    kept = access.carry(session, taken_back.access) if taken_back.is_known else 0
    if kept:
        audit.record(session, actor, "access kept", "backup", None, now=now, changes=kept)


def _erase_again(session: Session, subscriber_ids: Sequence[int], by: By) -> None:
    for subscriber_id in subscriber_ids:
        subscriber = session.get(Subscriber, subscriber_id)
        if subscriber is not None and subscriber.erased_at is None and subscriber.kind != Kind.PARTNER:
            erase(session, subscriber_id, by=by)


def _goes_on_from(session: Session, head: Head) -> bool:
    if not head.trail_length:
        return False
    return session.scalar(select(AuditEvent.seal).where(AuditEvent.id == head.trail_length)) == head.trail_seal


def _left(session: Session, since: datetime) -> list[tuple[int, int, str]]:
    """Return who ended what they had at an address, and has nothing there any more."""
    other = aliased(Subscription)
    still = exists().where(
        other.subscriber_id == Subscription.subscriber_id,
        other.endpoint_id == Subscription.endpoint_id,
        other.ended_at.is_(None),
    )
    pairs = (Subscription.subscriber_id, Subscription.endpoint_id)
    ended = select(*pairs, func.max(Subscription.ended_reason)).where(Subscription.ended_at >= since, ~still)
    return [(who, where, why) for who, where, why in session.execute(ended.group_by(*pairs)) if why]


def _suppressed(session: Session, since: datetime) -> list[tuple[str, str, str, datetime]]:
    found = select(Suppression.channel, Suppression.address_key, Suppression.reason, Suppression.at)
    return [(channel, key, why, at) for channel, key, why, at in session.execute(found.where(Suppression.at >= since))]


def _suppress(session: Session, channel: str, key: str, reason: str, at: datetime) -> None:
    known = select(Endpoint.id).where(Endpoint.channel == channel, Endpoint.address_key == key)
    endpoint_id = session.scalar(known)
    if endpoint_id is not None:
        delivery.suppress(session, endpoint_id, SuppressionReason(reason), at)
        return
    kept = {"channel": channel, "address_key": key, "reason": reason, "at": at}
    session.execute(insert_ignoring_conflicts(session, Suppression).values(kept))
