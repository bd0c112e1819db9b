"""The list as officers read it: counts, search, and one subscriber with everything that is known."""

from collections.abc import Mapping, Sequence
from datetime import datetime

from msgspec import Struct
from sqlalchemy import Select, func, select
from sqlalchemy.orm import Session

from tsalert.by_id import get_by_id
from tsalert.core.errors import RuleViolation
from tsalert.delivery import queries as delivery
from tsalert.delivery.queries import EndpointView
from tsalert.keysets import Order, Page, read_page
from tsalert.subscribers.contacts import read_contact
from tsalert.subscribers.hearing import further_wards
from tsalert.subscribers.models import ConsentEvent, Partner, Subscriber, SubscriberEndpoint, Subscription, Topic
from tsalert.subscribers.oneness import numbers_of


class Counts(Struct, frozen=True):
    """How many people there are by kind, and addresses by (channel, status); ``as_of`` some time ago, or now."""

    by_kind: Mapping[str, int]
    addresses: Mapping[tuple[str, str], int]
    as_of: datetime | None = None


class Entry(Struct, frozen=True):
    """One line of the list; ``addresses`` are masked."""

    id: int
    kind: str
    name: str | None
    ward: str | None
    addresses: tuple[str, ...]


class SubscriptionView(Struct, frozen=True):
    """One subscription with the title of its topic and the address it goes to."""

    id: int
    topic: str
    address: str
    frequency: str
    source: str
    started_at: datetime
    ended_at: datetime | None
    ended_reason: str | None


class SubscriberView(Struct, frozen=True):
    """Everything that is known of one subscriber.

    :param is_now: who they are on the list, where an officer found them to be somebody known before.
    """

    subscriber: Subscriber
    partner: Partner | None
    addresses: Sequence[EndpointView]
    subscriptions: Sequence[SubscriptionView]
    consents: Sequence[ConsentEvent]
    is_now: int | None
    further_wards: Sequence[str] = ()


def count(session: Session) -> Counts:
    """Count people and addresses."""
    kinds = select(Subscriber.kind, func.count()).where(Subscriber.erased_at.is_(None)).group_by(Subscriber.kind)
    ends = delivery.endpoints().subquery("ends")
    mine = ends.c.id.in_(select(SubscriberEndpoint.endpoint_id))
    statuses = select(ends.c.channel, ends.c.status, func.count()).where(mine).group_by(ends.c.channel, ends.c.status)
    return Counts(
        dict(session.execute(kinds).all()),
        {(str(channel), str(status)): number for channel, status, number in session.execute(statuses)},
    )


def entries(session: Session, *, search: str = "", after: int | None = None) -> Page[Entry]:
    """Return a page of the list, newest first; ``search`` is a whole address or a part of a name."""
    query = _matching(session, select(Subscriber).where(Subscriber.erased_at.is_(None)), search)
    page = read_page(session, query, Order(Subscriber.id), after=after)
    ends = _ends_of(session, [one.id for one in page.items])
    return page.told_by(
        lambda one: Entry(one.id, one.kind, one.name, one.ward, tuple(end.masked for end in ends.get(one.id, ())))
    )


def get_subscriber(session: Session, subscriber_id: int) -> SubscriberView:
    """Return one subscriber.

    :raises NotFound: there is none.
    """
    subscriber = get_by_id(session, Subscriber, subscriber_id, "There is no such subscriber.")
    ends = _ends_of(session, [subscriber_id]).get(subscriber_id, [])
    numbers = numbers_of(session, subscriber_id)
    consents = select(ConsentEvent).where(ConsentEvent.subscriber_id.in_(numbers))
    return SubscriberView(
        subscriber,
        session.get(Partner, subscriber_id),
        ends,
        _subscriptions(session, subscriber_id, {end.id: end.address for end in ends}),
        session.scalars(consents.order_by(ConsentEvent.at.desc(), ConsentEvent.id.desc())).all(),
        numbers[0] if numbers[0] != subscriber_id else None,
        further_wards(session, subscriber_id),
    )


def _matching(session: Session, query: Select[Subscriber], search: str) -> Select[Subscriber]:
    if not search:
        return query
    try:
        end = delivery.find_endpoint(session, *read_contact(search))
    except RuleViolation:
        return query.where(func.lower(Subscriber.name).contains(search.lower(), autoescape=True))
    readers = select(SubscriberEndpoint.subscriber_id).where(SubscriberEndpoint.endpoint_id == (end.id if end else 0))
    return query.where(Subscriber.id.in_(readers))


def _ends_of(session: Session, subscriber_ids: Sequence[int]) -> dict[int, list[EndpointView]]:
    links = session.execute(
        select(SubscriberEndpoint.subscriber_id, SubscriberEndpoint.endpoint_id)
        .where(SubscriberEndpoint.subscriber_id.in_(subscriber_ids))
        .order_by(SubscriberEndpoint.channel, SubscriberEndpoint.endpoint_id)
    ).all()
    views = delivery.endpoints_by_id(session, {endpoint_id for _, endpoint_id in links})
    found: dict[int, list[EndpointView]] = {}
    for subscriber_id, endpoint_id in links:
        found.setdefault(subscriber_id, []).append(views[endpoint_id])
    return found


def _subscriptions(session: Session, subscriber_id: int, addresses: Mapping[int, str]) -> list[SubscriptionView]:
    rows = session.execute(
        select(Subscription, Topic.title)
        .join(Topic, Topic.id == Subscription.topic_id)
        .where(Subscription.subscriber_id == subscriber_id)
        .order_by(Subscription.ended_at.is_not(None), Topic.position, Subscription.id)
    )
    return [
        SubscriptionView(
            id=one.id,
            topic=title,
            address=addresses.get(one.endpoint_id, ""),
            frequency=one.frequency,
            source=one.source,
            started_at=one.started_at,
            ended_at=one.ended_at,
            ended_reason=one.ended_reason,
        )
        for one, title in rows
    ]
