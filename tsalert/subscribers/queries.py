"""Who hears from us: topics, audiences, and how far alerts carry."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import TypeVarTuple

from sqlalchemy import (
    ColumnElement,
    CompoundSelect,
    ScalarSelect,
    Select,
    SQLColumnExpression,
    exists,
    func,
    literal_column,
    or_,
    select,
    union_all,
)
from sqlalchemy.orm import Session

from tsalert.core.clock import london_date
from tsalert.delivery import queries as delivery
from tsalert.delivery.rules import Channel
from tsalert.subscribers.models import (
    Partner,
    Subscriber,
    SubscriberEndpoint,
    SubscriberWard,
    Subscription,
    Topic,
)
from tsalert.subscribers.rules import Frequency, Kind, topics_reached

Columns = TypeVarTuple("Columns")
_AWAKE = Subscriber.paused_until.is_(None)


@dataclass(frozen=True, slots=True)
class Circulation:
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


@dataclass(frozen=True, slots=True)
class Listed:
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
    # From each ward to the next in the index: wards are few, and the people in them may be a million.
    each = select(func.min(Subscriber.ward).label("ward")).cte("each", recursive=True)
    following = select(func.min(Subscriber.ward)).where(Subscriber.ward > each.c.ward).scalar_subquery()
    each = each.union_all(select(following).where(each.c.ward.is_not(None)))
    lived_in = exists().where(Subscriber.ward == each.c.ward, Subscriber.erased_at.is_(None))
    own = select(each.c.ward).where(lived_in)
    found = {*session.scalars(own), *session.scalars(select(SubscriberWard.ward).distinct())}
    return sorted(ward for ward in found if ward)


def audience(
    *,
    wards: Collection[str],
    topic: str,
    channels: Collection[str],
    urgent: bool,
    among: Select[int] | None = None,
) -> Select[int, str]:
    """Return the query of (endpoint id, channel) that an alert reaches, each endpoint once.

    Endpoints are confirmed, active and not suppressed, and one of their people asked for the topic
    or for all topics. An alert on ``all`` reaches every topic's people.

    :param wards: codes or names exactly as ``wards`` gives them; none means everywhere. Somebody whose ward
        is not known gets the alerts of every ward, since a needless warning is the lesser harm.
    :param urgent: reach those too who chose a daily or weekly digest.
    :param among: a query of endpoint ids; where they are few, only what they asked for is read.
    """
    reachable = delivery.reachable_endpoints().subquery("reachable")
    wanting = _wanting(wards=wards, topic=topic, urgent=urgent, among=among)
    # An expression, lest SQLite pass every address of the channels instead of looking up those that are wanted.
    by_channel = func.coalesce(reachable.c.channel, "").in_([*channels])
    return select(reachable.c.id, reachable.c.channel).where(by_channel, reachable.c.id.in_(wanting))


def digest_audience(
    frequency: Frequency, *, wards: Collection[str], topic: str, channels: Collection[str], joined_by: datetime
) -> Select[int, str]:
    """Return the query of (endpoint id, channel) that an alert concerns and that chose to hear once a day or week.

    :param wards: none means everywhere, as in ``audience``; the topic ``all`` is everybody's.
    :param joined_by: leave out what was subscribed to after this instant.
    """
    reachable = delivery.reachable_endpoints().subquery("reachable")
    asked = (Subscription.ended_at.is_(None), Subscription.frequency == frequency, Subscription.started_at <= joined_by)
    wanting = select(Subscription.endpoint_id).where(*asked)
    beside = _beside_a_pause(wanting.where(*_is_one_of(Subscription.topic_id + 0, topics_reached(topic))), wards)
    awake = (
        wanting.where(*_asked_for(topic))
        .join(Subscriber, Subscriber.id == Subscription.subscriber_id)
        .where(_AWAKE, *_lives_in(wards))
    )
    return select(reachable.c.id, reachable.c.channel).where(
        reachable.c.channel.in_([*channels]), reachable.c.id.in_(awake.union_all(beside))
    )


def audience_size(
    session: Session, *, wards: Collection[str], topic: str, channels: Collection[str], urgent: bool
) -> dict[str, int]:
    """Return how many endpoints an alert reaches on each of its channels."""
    counts = delivery.count_active(session, _wanting(wards=wards, topic=topic, urgent=urgent))
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


def asked_everywhere() -> CompoundSelect[int, int, str]:
    """Return the query of (endpoint id, topic id, frequency) of all that anybody gets, wherever they live."""
    columns = (Subscription.endpoint_id, Subscription.topic_id, Subscription.frequency)
    asked = select(*columns).where(Subscription.ended_at.is_(None))
    paused = select(Subscriber.id).where(Subscriber.paused_until.is_not(None))
    return union_all(asked.where(Subscription.subscriber_id.not_in(paused)), _beside_a_pause(asked, ()))


def count_listed(session: Session, at: datetime) -> int:
    """Count the residents and partners who were on the list just before an instant."""
    stood = (Subscription.started_at < at, or_(Subscription.ended_at.is_(None), Subscription.ended_at >= at))
    return session.scalar(select(func.count(Subscription.subscriber_id.distinct())).where(*stood)) or 0


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


def _wanting(*, wards: Collection[str], topic: str, urgent: bool, among: Select[int] | None = None) -> Select[int]:
    """Return the query of endpoint ids at which somebody asked for an alert, whatever their state."""
    slugs = topics_reached(topic)
    wanting = _getting(Subscription.topic_id, slugs, urgent=urgent, among=among)
    # By a sum, lest SQLite begin with everybody who wants the topic.
    of_few = _getting(Subscription.topic_id + 0, slugs, urgent=urgent, among=among)
    parts = [_beside_a_pause(of_few, wards)]
    if not wards:
        paused = select(Subscriber.id).where(Subscriber.paused_until.is_not(None))
        parts.append(wanting.where(Subscription.subscriber_id.not_in(paused)))
    else:
        at_home = (_AWAKE, or_(Subscriber.ward.is_(None), Subscriber.ward.in_([*wards])))
        # A sum, lest SQLite look for each of the few addresses at each of the many people of a ward.
        few = (Subscription.subscriber_id + 0).in_(select(Subscriber.id).where(*at_home))
        many = wanting.join(Subscriber, Subscriber.id == Subscription.subscriber_id).where(*at_home)
        parts.append(many if among is None else wanting.where(few))
        parts.append(_besides(of_few, wards))
    return select(union_all(*parts).subquery("wanting").c.endpoint_id)


def _getting(
    topic_id: SQLColumnExpression[int], slugs: Collection[str] | None, *, urgent: bool, among: Select[int] | None
) -> Select[int]:
    """Return the query of endpoint ids to which one of some topics goes, at once or, if urgent, at whatever pace."""
    getting = select(Subscription.endpoint_id).where(Subscription.ended_at.is_(None), *_is_one_of(topic_id, slugs))
    if among is not None:
        getting = getting.where(Subscription.endpoint_id.in_(among))
    return getting if urgent else getting.where(Subscription.frequency == Frequency.IMMEDIATE)


def _besides(getting: Select[int], wards: Collection[str]) -> Select[int]:
    """Narrow to the few who hear of a ward besides their own: with them, no index would serve for the many."""
    besides = getting.join(SubscriberWard, SubscriberWard.subscriber_id == Subscription.subscriber_id)
    besides = besides.join(Subscriber, Subscriber.id == Subscription.subscriber_id)
    return besides.where(_AWAKE, SubscriberWard.ward.in_([*wards]))


def _beside_a_pause(getting: Select[*Columns], wards: Collection[str]) -> Select[*Columns]:
    """Narrow to the addresses of organisations of which a contact pauses, but for that contact's.

    Those who pause are few: everybody else is counted without a look at any link.
    """
    pausing = [Subscriber.kind == literal_column(f"'{Kind.PARTNER}'"), Subscriber.paused_until.is_not(None)]
    if wards:
        # An expression, lest SQLite begin with the many of a ward.
        pausing.append(func.coalesce(Subscriber.ward, "").in_(["", *wards]))
    paused_here = exists().where(
        SubscriberEndpoint.subscriber_id == Subscription.subscriber_id,
        SubscriberEndpoint.endpoint_id == Subscription.endpoint_id,
        SubscriberEndpoint.paused_until.is_not(None),
    )
    return getting.where(Subscription.subscriber_id.in_(select(Subscriber.id).where(*pausing)), ~paused_here)


def _asked_for(topic: str) -> list[ColumnElement[bool]]:
    return _is_one_of(Subscription.topic_id, topics_reached(topic))


def _is_one_of(topic_id: SQLColumnExpression[int], slugs: Collection[str] | None) -> list[ColumnElement[bool]]:
    return [] if slugs is None else [topic_id.in_(select(Topic.id).where(Topic.slug.in_(slugs)))]


def _lives_in(wards: Collection[str]) -> list[ColumnElement[bool]]:
    if not wards:
        return []
    return [or_(Subscriber.ward.is_(None), Subscriber.ward.in_([*wards]), Subscriber.id.in_(_hears_besides(wards)))]


def _hears_besides(wards: Collection[str]) -> Select[int]:
    """Return the query of the people who hear of one of the wards besides their own."""
    return select(SubscriberWard.subscriber_id).where(SubscriberWard.ward.in_([*wards]))
