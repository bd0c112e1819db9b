"""At which addresses somebody asked for an alert: the parts of the statements that find audiences.

Said so that either database begins with the few, wherever somebody is one of few.
"""

from collections.abc import Collection
from typing import TypeVarTuple

from sqlalchemy import ColumnElement, Select, SQLColumnExpression, and_, func, literal_column, or_, select, union_all

from tsalert.subscribers.choice import EVERYBODY, Choice, left_out_addresses, named_addresses, narrow, pauses_here
from tsalert.subscribers.models import Subscriber, SubscriberWard, Subscription, Topic
from tsalert.subscribers.rules import Frequency, Kind, topics_reached

Columns = TypeVarTuple("Columns")
AWAKE = Subscriber.paused_until.is_(None)


def wanting_addresses(
    *, wards: Collection[str], topic: str, urgent: bool, among: Select[int] | None = None, choice: Choice = EVERYBODY
) -> Select[int]:
    """Return the query of endpoint ids at which somebody asked for an alert, whatever their state."""
    slugs = topics_reached(topic)
    # By a sum, lest SQLite begin with everybody who wants the topic.
    of_few = narrow(_getting(Subscription.topic_id + 0, slugs, urgent=urgent, among=among), choice)
    of_many = narrow(_getting(Subscription.topic_id, slugs, urgent=urgent, among=among), choice)
    wanting = of_few if choice.kinds else of_many
    if not wards:
        # In one, since PostgreSQL takes the rows of several for a few hundred and looks each of a million up alone.
        paused = select(Subscriber.id).where(Subscriber.paused_until.is_not(None))
        parts = [wanting.where(or_(Subscription.subscriber_id.not_in(paused), is_beside_a_pause(())))]
    else:
        parts = [beside_a_pause(of_few, wards)]
        at_home = (AWAKE, or_(Subscriber.ward.is_(None), Subscriber.ward.in_([*wards])))
        # A sum, lest SQLite look for each of the few addresses at each of the many people of a ward.
        few = (Subscription.subscriber_id + 0).in_(select(Subscriber.id).where(*at_home))
        here = wanting.join(Subscriber, Subscriber.id == Subscription.subscriber_id).where(*at_home)
        parts.append(here if among is None else wanting.where(few))
        parts.append(_besides(of_few, wards))
    return _as_named(parts, choice, among)


def _as_named(parts: list[Select[int]], choice: Choice, among: Select[int] | None) -> Select[int]:
    """Return all parts as one query, with those whom a choice names and without those whom it leaves out."""
    if choice.named:
        named = named_addresses(choice)
        parts.append(named if among is None else named.where(Subscription.endpoint_id.in_(among)))
    wanting = union_all(*parts).subquery("wanting")
    found = select(wanting.c.endpoint_id)
    return found.where(wanting.c.endpoint_id.not_in(left_out_addresses(choice))) if choice.left_out else found


def _getting(
    topic_id: SQLColumnExpression[int], slugs: Collection[str] | None, *, urgent: bool, among: Select[int] | None
) -> Select[int]:
    """Return the query of endpoint ids to which one of some topics goes, at once or, if urgent, at whatever pace."""
    getting = select(Subscription.endpoint_id).where(Subscription.ended_at.is_(None), *is_one_of(topic_id, slugs))
    if among is not None:
        getting = getting.where(Subscription.endpoint_id.in_(among))
    return getting if urgent else getting.where(Subscription.frequency == Frequency.IMMEDIATE)


def _besides(getting: Select[int], wards: Collection[str]) -> Select[int]:
    """Narrow to the few who hear of a ward besides their own: with them, no index would serve for the many."""
    besides = getting.join(SubscriberWard, SubscriberWard.subscriber_id == Subscription.subscriber_id)
    besides = besides.join(Subscriber, Subscriber.id == Subscription.subscriber_id)
    return besides.where(AWAKE, SubscriberWard.ward.in_([*wards]))


def beside_a_pause(getting: Select[*Columns], wards: Collection[str]) -> Select[*Columns]:
    """Narrow to the addresses of organisations of which a contact pauses, but for that contact's."""
    return getting.where(is_beside_a_pause(wards))


def is_beside_a_pause(wards: Collection[str]) -> ColumnElement[bool]:
    """Return whether a subscription is of an organisation of which a contact pauses, at another's address.

    Those who pause are few: everybody else is counted without a look at any link.
    """
    pausing = [Subscriber.kind == literal_column(f"'{Kind.PARTNER}'"), Subscriber.paused_until.is_not(None)]
    if wards:
        # An expression, lest SQLite begin with the many of a ward.
        pausing.append(func.coalesce(Subscriber.ward, "").in_(["", *wards]))
    return and_(Subscription.subscriber_id.in_(select(Subscriber.id).where(*pausing)), ~pauses_here())


def asked_for(topic: str) -> list[ColumnElement[bool]]:
    """Return what a subscription must be for an alert on a topic to concern it, as conditions."""
    return is_one_of(Subscription.topic_id, topics_reached(topic))


def is_one_of(topic_id: SQLColumnExpression[int], slugs: Collection[str] | None) -> list[ColumnElement[bool]]:
    """Return whether a topic is one of some, as conditions; None stands for every topic."""
    return [] if slugs is None else [topic_id.in_(select(Topic.id).where(Topic.slug.in_(slugs)))]


def lives_in(wards: Collection[str]) -> list[ColumnElement[bool]]:
    """Return whether a subscriber hears of one of some wards, as conditions; none stands for everywhere."""
    if not wards:
        return []
    return [or_(Subscriber.ward.is_(None), Subscriber.ward.in_([*wards]), Subscriber.id.in_(_hears_besides(wards)))]


def _hears_besides(wards: Collection[str]) -> Select[int]:
    """Return the query of the people who hear of one of the wards besides their own."""
    return select(SubscriberWard.subscriber_id).where(SubscriberWard.ward.in_([*wards]))
