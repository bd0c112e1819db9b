"""Who reads an address, and what they get there."""

from datetime import datetime

from msgspec import Struct
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from tsalert.core.errors import NotFound
from tsalert.core.keys import is_id
from tsalert.delivery.queries import endpoints_by_id
from tsalert.subscribers.models import Subscriber, SubscriberEndpoint, Subscription, Topic
from tsalert.subscribers.preferences.rules import mask_name


class Reader(Struct, frozen=True):
    """One of the readers of an address, shown to all of them."""

    id: int
    masked: str | None
    since: datetime


def readers_of(session: Session, endpoint_id: int) -> list[Reader]:
    """Return everybody who reads an address, those who were first on the list first."""
    query = (
        select(Subscriber.id, Subscriber.name, Subscriber.created_at)
        .join(SubscriberEndpoint, SubscriberEndpoint.subscriber_id == Subscriber.id)
        .where(SubscriberEndpoint.endpoint_id == endpoint_id, Subscriber.erased_at.is_(None))
        .order_by(Subscriber.id)
    )
    return [Reader(number, mask_name(name), since) for number, name, since in session.execute(query)]


def lock_subscriber(session: Session, subscriber_id: int, *, and_address: int | None = None) -> Subscriber:
    """Return a subscriber whom nobody else changes until this transaction ends, nor what goes to their addresses.

    Addresses are locked before people, as whoever confirms or leaves does: otherwise the two wait for one another.

    :param and_address: one that is to become theirs.
    :raises NotFound: there is none, or all that we knew of them was erased.
    """
    found = None
    if is_id(subscriber_id):
        theirs = [*addresses_of(session, subscriber_id), *filter(None, [and_address])]
        endpoints_by_id(session, theirs, lock=True)
        query = select(Subscriber).where(Subscriber.id == subscriber_id, Subscriber.erased_at.is_(None))
        found = session.scalar(query.with_for_update().execution_options(populate_existing=True))
    if found is None:
        raise NotFound("There is no such subscriber.")
    return found


def addresses_of(session: Session, subscriber_id: int) -> list[int]:
    """Return the addresses that a subscriber reads."""
    mine = SubscriberEndpoint.subscriber_id == subscriber_id
    return list(
        session.scalars(select(SubscriberEndpoint.endpoint_id).where(mine).order_by(SubscriberEndpoint.endpoint_id))
    )


def require_address(session: Session, subscriber_id: int, endpoint_id: int) -> None:
    """Refuse an address that a subscriber does not read.

    :raises NotFound: saying so.
    """
    if endpoint_id not in addresses_of(session, subscriber_id):
        raise NotFound("This subscriber has no such address.")


def open_subscriptions(session: Session, subscriber_id: int, endpoint_id: int) -> dict[str, Subscription]:
    """Return what a subscriber gets at an address, by topic."""
    rows = session.execute(
        select(Topic.slug, Subscription)
        .join(Topic, Topic.id == Subscription.topic_id)
        .where(
            Subscription.subscriber_id == subscriber_id,
            Subscription.endpoint_id == endpoint_id,
            Subscription.ended_at.is_(None),
        )
        .order_by(Topic.position)
    )
    return dict(rows.all())


def is_wanted(session: Session, endpoint_id: int) -> bool:
    """Tell whether anybody gets anything at an address."""
    still = (Subscription.endpoint_id == endpoint_id, Subscription.ended_at.is_(None))
    return bool(session.scalar(select(func.count()).select_from(Subscription).where(*still)))
