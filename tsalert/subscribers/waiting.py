"""Whom a daily or weekly mail is for: those who wait for such mails, and those who did when what it tells came out.

Whoever changes what they get, how often or at which address ends one subscription and starts another, which tells
for how long they waited. Who hears at once by now gets what is left for them with the next daily mail.
"""

from collections.abc import Collection
from datetime import datetime

from sqlalchemy import Select, exists, or_, select, union_all
from sqlalchemy.orm import aliased

from tsalert.subscribers.choice import EVERYBODY, Choice, left_out_addresses, narrow
from tsalert.subscribers.models import Subscriber, SubscriberEndpoint, Subscription
from tsalert.subscribers.rules import EVERY_TOPIC, EndedReason, Frequency, topics_reached
from tsalert.subscribers.wanting import AWAKE, beside_a_pause, is_one_of, lives_in

# What ended for one of these went on as another subscription, unless its reader wanted it no longer.
_WENT_ON = (EndedReason.CHANGED, EndedReason.RETIMED, EndedReason.REPLACED, EndedReason.MOVED)


def digest_addresses(
    frequency: Frequency, *, wards: Collection[str], topic: str, joined_by: datetime, choice: Choice = EVERYBODY
) -> Select[int]:
    """Return the query of the endpoints that an alert concerns and that hear of it once a day or week.

    Whatever their state and channel; one may come twice.

    :param wards: none means everywhere, as in ``queries.audience``; the topic ``all`` is everybody's.
    :param joined_by: leave out what was subscribed to after this instant.
    :param choice: as in ``queries.audience``; those named hear of it at once and not here.
    """
    is_open = Subscription.ended_at.is_(None)
    waiting = (is_open, Subscription.frequency == frequency, Subscription.started_at <= joined_by)
    changed = (is_open, Subscription.id.in_(_waited(frequency, topic, joined_by)))
    ids = _awake([select(Subscription.endpoint_id).where(*each) for each in (waiting, changed)], wards, topic, choice)
    return ids.where(ids.selected_columns[0].not_in(left_out_addresses(choice))) if choice.left_out else ids


def following_addresses(frequency: Frequency, told: Select[int]) -> Select[int]:
    """Return the query of the endpoints of those who are to hear what became of something they were told.

    Whatever topics and wards they chose since, as long as they get anything.

    :param told: a query of the endpoints that such mails told of it.
    """
    paces = Subscription.frequency.in_(_served(frequency))
    asked = select(Subscription.endpoint_id).where(Subscription.ended_at.is_(None), paces)
    return _awake([asked.where(Subscription.endpoint_id.in_(told))], (), EVERY_TOPIC, EVERYBODY)


def _served(frequency: Frequency) -> tuple[Frequency, ...]:
    """Return at which paces people get what such a mail alone can still tell them."""
    return (Frequency.DAILY, Frequency.IMMEDIATE) if frequency is Frequency.DAILY else (frequency,)


def _waited(frequency: Frequency, topic: str, at: datetime) -> Select[int]:
    """Return the query of the subscriptions that started after an instant, for those who waited for a mail before.

    Their address then is the same, or one that they have left.
    """
    now, was, link = aliased(Subscription), aliased(Subscription), SubscriberEndpoint
    still_read = exists().where(link.subscriber_id == was.subscriber_id, link.endpoint_id == was.endpoint_id)
    return (
        select(now.id)
        .join(was, was.subscriber_id == now.subscriber_id)
        .where(
            was.ended_at > at,
            was.started_at <= at,
            was.ended_reason.in_(_WENT_ON),
            was.frequency != Frequency.IMMEDIATE,
            *is_one_of(was.topic_id, topics_reached(topic)),
            now.ended_at.is_(None),
            now.started_at > at,
            now.frequency.in_(_served(frequency)),
            or_(was.endpoint_id == now.endpoint_id, ~still_read),
        )
    )


def _awake(asked: list[Select[int]], wards: Collection[str], topic: str, choice: Choice) -> Select[int]:
    """Return the query of the addresses at which somebody who makes no pause asked for an alert."""
    parts: list[Select[int]] = []
    for each in asked:
        wanting = narrow(each, choice)
        few = wanting.where(*is_one_of(Subscription.topic_id + 0, topics_reached(topic)))
        many = wanting.where(*is_one_of(Subscription.topic_id, topics_reached(topic)))
        here = many.join(Subscriber, Subscriber.id == Subscription.subscriber_id).where(AWAKE, *lives_in(wards))
        parts += [here, beside_a_pause(few, wards)]
    found = union_all(*parts).subquery("found")
    return select(found.c.endpoint_id)
