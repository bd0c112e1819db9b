"""Telling whether some addresses are those of one resident alone."""

from collections.abc import Collection

from sqlalchemy import exists, select
from sqlalchemy.orm import Session

from tsalert.subscribers.models import Subscriber, SubscriberEndpoint, Subscription
from tsalert.subscribers.rules import Kind


def find_only_reader(session: Session, endpoint_ids: Collection[int]) -> int | None:
    """Return the one resident who reads all of some addresses; None where others do too, or nobody else is listed."""
    readers = (
        select(Subscriber.id, Subscriber.kind)
        .join(SubscriberEndpoint, SubscriberEndpoint.subscriber_id == Subscriber.id)
        .where(SubscriberEndpoint.endpoint_id.in_(endpoint_ids), Subscriber.erased_at.is_(None))
    )
    found = session.execute(readers.distinct().limit(2)).all()
    if len(found) != 1 or found[0].kind != Kind.RESIDENT:
        return None
    others = exists().where(Subscription.subscriber_id != found[0].id, Subscription.ended_at.is_(None))
    return found[0].id if session.scalar(select(others)) else None
