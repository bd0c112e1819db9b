"""Subscribers whom an officer found to be one person: who they are now, and under which numbers they were known."""

from sqlalchemy import select
from sqlalchemy.orm import Session

from tsalert.subscribers.models import SubscriberMerge


def who_is(session: Session, subscriber_id: int) -> int:
    """Return under which number a subscriber is on the list now."""
    while (into := _into(session, subscriber_id)) is not None:
        subscriber_id = into
    return subscriber_id


def numbers_of(session: Session, subscriber_id: int) -> tuple[int, ...]:
    """Return every number under which a subscriber is or was on the list, their present one first."""
    latest = found = [who_is(session, subscriber_id)]
    while latest:
        closed = select(SubscriberMerge.merged_id).where(SubscriberMerge.into_id.in_(latest))
        latest = list(session.scalars(closed.order_by(SubscriberMerge.merged_id)))
        found = [*found, *latest]
    return tuple(found)


def _into(session: Session, subscriber_id: int) -> int | None:
    return session.scalar(select(SubscriberMerge.into_id).where(SubscriberMerge.merged_id == subscriber_id))
