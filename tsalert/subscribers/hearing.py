"""The wards that somebody hears about: their own first, and others such as a parent's."""

from collections.abc import Collection

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from tsalert.subscribers.models import Subscriber, SubscriberWard


def further_wards(session: Session, subscriber_id: int) -> tuple[str, ...]:
    """Return the wards that somebody hears about besides their own."""
    mine = select(SubscriberWard.ward).where(SubscriberWard.subscriber_id == subscriber_id)
    return tuple(session.scalars(mine.order_by(SubscriberWard.ward)))


def wards_of(session: Session, subscriber: Subscriber) -> tuple[str, ...]:
    """Return every ward that somebody hears about, their own first; none means all of them."""
    return (subscriber.ward, *further_wards(session, subscriber.id)) if subscriber.ward else ()


def keep_further_wards(session: Session, subscriber: Subscriber, wanted: Collection[str]) -> list[str]:
    """Let somebody hear about exactly these wards besides their own; returns what changed. A step.

    Who has no ward of their own hears about all, so that there are no others.
    """
    wards = {*wanted} - {subscriber.ward} if subscriber.ward else set()
    having = {*further_wards(session, subscriber.id)}
    gone = (SubscriberWard.subscriber_id == subscriber.id, SubscriberWard.ward.in_(having - wards))
    session.execute(delete(SubscriberWard).where(*gone))
    session.add_all(SubscriberWard(subscriber_id=subscriber.id, ward=ward) for ward in sorted(wards - having))
    return ["further wards"] if wards != having else []
