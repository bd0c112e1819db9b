"""Who hears from us: topics, audiences, and how far alerts carry."""

from collections.abc import Collection, Mapping
from datetime import date, datetime

from msgspec import Struct
from sqlalchemy import ColumnElement, CompoundSelect, ScalarSelect, Select, func, or_, select, union_all
from sqlalchemy.orm import Session

from tsalert.core.clock import london_date
from tsalert.delivery import queries as delivery
from tsalert.delivery.rules import Channel
from tsalert.subscribers.choice import EVERYBODY, Choice
from tsalert.subscribers.models import Partner, Subscriber, SubscriberWard, Subscription, Topic
from tsalert.subscribers.rules import Kind
from tsalert.subscribers.wanting import AWAKE, beside_a_pause, wanting_addresses


class Circulation(Struct, frozen=True):
    """How far alerts carry: our own list as counted, the partners' readers as they declared them.

    The two are never added up. A partner is counted among the subscribers too.

    :param as_of: when our own list was counted, where that was some time ago.
    """

    subscribers: int
    endpoints: Mapping[str, int]
    partners: int
    declared_reach: int
    declaring_partners: int
    first_declared_on: date | None
    last_declared_on: date | None
    as_of: datetime | None = None


class Listed(Struct, frozen=True):
    """How many people get anything now, and at how many addresses of each channel."""

    subscribers: int
    endpoints: Mapping[str, int]


def topics(session: Session) -> list[tuple[str, str]]:
    """Return (slug, title) of every topic, ``all`` first."""
    return [(slug, title) for slug, title in session.execute(select(Topic.slug, Topic.title).order_by(Topic.position))]


def topic_mark() -> ScalarSelect[int]:
    """Return what changes when a topic is added or gets a name of another length, as part of a statement."""
    return select(func.sum(func.length(Topic.title) + 1)).scalar_subquery()


def topic_ids(session: Session) -> dict[str, int]:
    """Return the id of every topic by its slug."""
    return dict(session.execute(select(Topic.slug, Topic.id)).all())


def partner_codes(session: Session) -> frozenset[str]:
    """Return the codes that mark the sign-ups of partners."""
    return frozenset(session.scalars(select(Partner.code)))


def wards(session: Session) -> list[str]:
    """Return every ward that a subscriber hears about: its code where the directory knows it, else its name."""
    found = {*session.scalars(_own_wards()), *session.scalars(select(SubscriberWard.ward).distinct())}
    return sorted(ward for ward in found if ward)


def audience(
    *,
    wards: Collection[str],
    topic: str,
    channels: Collection[str],
    urgent: bool,
    among: Select[int] | None = None,
    choice: Choice = EVERYBODY,
) -> Select[int, str]:
    """Return the query of (endpoint id, channel) that an alert reaches, each endpoint once.

    Endpoints are confirmed, active and not suppressed, and one of their people asked for the topic
    or for all topics. An alert on ``all`` reaches every topic's people.

    :param wards: codes or names exactly as ``wards`` gives them; none means everywhere. Somebody whose ward
        is not known gets the alerts of every ward, since a needless warning is the lesser harm.
    :param urgent: reach those too who chose a daily or weekly digest.
    :param among: a query of endpoint ids; where they are few, only what they asked for is read.
    :param choice: whom it is for beside that.
    """
    reachable = delivery.reachable_endpoints().subquery("reachable")
    wanting = wanting_addresses(wards=wards, topic=topic, urgent=urgent, among=among, choice=choice)
    # An expression, lest SQLite pass every address of the channels instead of looking up those that are wanted.
    by_channel = func.coalesce(reachable.c.channel, "").in_([*channels])
    return select(reachable.c.id, reachable.c.channel).where(by_channel, reachable.c.id.in_(wanting))


def audience_size(
    session: Session,
    *,
    wards: Collection[str],
    topic: str,
    channels: Collection[str],
    urgent: bool,
    choice: Choice = EVERYBODY,
) -> dict[str, int]:
    """Return how many endpoints an alert reaches on each of its channels."""
    counts = delivery.count_active(session, wanting_addresses(wards=wards, topic=topic, urgent=urgent, choice=choice))
    return {str(channel): counts.get(channel, 0) for channel in channels}


def circulation(session: Session, listed: Listed | None = None, *, as_of: datetime | None = None) -> Circulation:
    """Return how far alerts carry now.

    :param listed: our own list as it was counted at ``as_of``; it is counted now by default.
    """
    own = listed or count_list(session)
    partners, declaring, reach, first, last = session.execute(
        select(
            func.count(),
            func.count(Partner.declared_reach),
            func.coalesce(func.sum(Partner.declared_reach), 0),
            func.min(Partner.declared_at),
            func.max(Partner.declared_at),
        )
        .join(Subscriber, Subscriber.id == Partner.subscriber_id)
        .where(*_is_listed_partner())
    ).one()
    days = (first and london_date(first), last and london_date(last))
    return Circulation(own.subscribers, own.endpoints, partners, int(reach or 0), declaring, *days, as_of=as_of)


def count_list(session: Session) -> Listed:
    """Count the people who get anything now, and their addresses."""
    active = _active_subscriptions().subquery("active")
    ends, used = delivery.reachable_endpoints().subquery("ends"), select(Subscription.endpoint_id)
    used_ends = select(ends.c.channel, func.count()).where(ends.c.id.in_(used.where(Subscription.ended_at.is_(None))))
    counts = {str(channel): count for channel, count in session.execute(used_ends.group_by(ends.c.channel))}
    subscribers = session.scalar(select(func.count(active.c.subscriber_id.distinct()))) or 0
    return Listed(subscribers, {channel.value: counts.get(channel, 0) for channel in Channel})


def asked(wards: Collection[str] = ()) -> CompoundSelect[int, int, str, str | None]:
    """Return the query of (endpoint id, topic id, frequency, ward) of all that anybody gets.

    :param wards: leave out who hears of none of these, as in ``audience``; none means everywhere.
    """
    columns = (Subscription.endpoint_id, Subscription.topic_id, Subscription.frequency)
    by_person = Subscriber.id == Subscription.subscriber_id
    at_home = select(*columns, Subscriber.ward).join(Subscriber, by_person).where(Subscription.ended_at.is_(None))
    besides = select(*columns, SubscriberWard.ward).join(Subscriber, by_person).join(SubscriberWard)
    besides = besides.where(Subscription.ended_at.is_(None), AWAKE)
    if wards:
        besides = besides.where(SubscriberWard.ward.in_([*wards]))
    awake = at_home.where(AWAKE, *([or_(Subscriber.ward.is_(None), Subscriber.ward.in_([*wards]))] if wards else []))
    return union_all(awake, besides, beside_a_pause(at_home, wards))


def count_listed(session: Session, at: datetime) -> int:
    """Count the residents and partners who were on the list just before an instant."""
    stood = (Subscription.started_at < at, or_(Subscription.ended_at.is_(None), Subscription.ended_at >= at))
    return session.scalar(select(func.count(Subscription.subscriber_id.distinct())).where(*stood)) or 0


def _own_wards() -> Select[str | None]:
    """Return the query of the wards that people live in: one look at the index for each, not one at each person."""
    known = select(Subscriber.ward).where(Subscriber.erased_at.is_(None)).order_by(Subscriber.ward).limit(1)
    walk = select(known.where(Subscriber.ward > "").scalar_subquery().label("ward")).cte("walk", recursive=True)
    following = known.where(Subscriber.ward > walk.c.ward).correlate(walk).scalar_subquery()
    walk = walk.union_all(select(following).where(walk.c.ward.is_not(None)))
    return select(walk.c.ward)


def _is_listed_partner() -> tuple[ColumnElement[bool], ColumnElement[bool]]:
    """Return the conditions on Partner and Subscriber; looked up partner by partner, since they are few."""
    gets_anything = (
        _active_subscriptions().where(Subscription.subscriber_id == Partner.subscriber_id).correlate(Partner)
    )
    return Subscriber.kind == Kind.PARTNER, gets_anything.exists()


def _active_subscriptions() -> Select[int, int, str]:
    """Return the query of (subscriber id, endpoint id, channel) that get anything now."""
    reachable = delivery.reachable_endpoints().subquery("reachable")
    return (
        select(Subscription.subscriber_id, Subscription.endpoint_id, reachable.c.channel)
        .join(reachable, reachable.c.id == Subscription.endpoint_id)
        .where(Subscription.ended_at.is_(None))
    )
