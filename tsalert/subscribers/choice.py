"""Whom an alert is for beside its topic and wards: kinds of partners, wards left out, and people by name.

Everything here is a condition or a query of a few, for the one statement that finds an audience.
"""

from typing import Any

from msgspec import Struct
from sqlalchemy import ColumnElement, Exists, Select, and_, exists, or_, select
from sqlalchemy.orm import InstrumentedAttribute

from tsalert.subscribers.models import Subscriber, SubscriberEndpoint, SubscriberMerge, Subscription
from tsalert.subscribers.profiles import PartnerProfile
from tsalert.subscribers.rules import Kind


class Choice(Struct, frozen=True):
    """Whom an alert is for beside its topic and wards.

    :param kinds: the kinds of partners that alone get it; none means that everybody may.
    :param but_wards: wards whose own people do not get it.
    :param named: subscribers who get it whatever topics, wards and pace they chose.
    :param left_out: subscribers who get it at none of their addresses, even where somebody else reads one too.
    """

    kinds: tuple[int, ...] = ()
    but_wards: tuple[str, ...] = ()
    named: tuple[int, ...] = ()
    left_out: tuple[int, ...] = ()


EVERYBODY = Choice()
# As often as one person is ever found to be somebody known before, and then some.
_MOST_MERGES = 4


def narrow(getting: Select[Any], choice: Choice) -> Select[Any]:
    """Keep of a query of subscriptions those of the people whom a choice means."""
    if choice.kinds:
        getting = getting.where(Subscription.subscriber_id.in_(partners_of(choice)))
    if choice.but_wards:
        living_there = select(Subscriber.id).where(Subscriber.ward.in_(choice.but_wards)).correlate(None)
        getting = getting.where(Subscription.subscriber_id.not_in(living_there))
    return getting


def partners_of(choice: Choice) -> Select[int]:
    """Return the query of the partners of the kinds that a choice names, with whom we still work."""
    return select(PartnerProfile.partner_id).where(
        PartnerProfile.kind_id.in_(choice.kinds), PartnerProfile.ended_at.is_(None)
    )


def named_addresses(choice: Choice) -> Select[int]:
    """Return the query of the addresses at which those named get anything and make no pause."""
    here = select(Subscription.endpoint_id).join(Subscriber, Subscriber.id == Subscription.subscriber_id)
    return here.where(Subscription.ended_at.is_(None), is_awake(), is_named(choice))


def left_out_addresses(choice: Choice) -> Select[int]:
    """Return the query of every address of those left out."""
    return select(SubscriberEndpoint.endpoint_id).where(_is_one_of(SubscriberEndpoint.subscriber_id, choice.left_out))


def is_named(choice: Choice) -> ColumnElement[bool]:
    """Return whether a subscription is of somebody named, as a condition."""
    return _is_one_of(Subscription.subscriber_id, choice.named)


def is_awake() -> ColumnElement[bool]:
    """Return whether nobody pauses at a subscription's address, as a condition on it and its subscriber.

    An organisation pauses contact by contact.
    """
    return or_(Subscriber.paused_until.is_(None), and_(Subscriber.kind == Kind.PARTNER, ~pauses_here()))


def pauses_here() -> Exists:
    """Return whether whoever reads a subscription's address pauses there, as a condition on it."""
    return exists().where(
        SubscriberEndpoint.subscriber_id == Subscription.subscriber_id,
        SubscriberEndpoint.endpoint_id == Subscription.endpoint_id,
        SubscriberEndpoint.paused_until.is_not(None),
    )


def _is_one_of(subscriber_id: InstrumentedAttribute[int], numbers: tuple[int, ...]) -> ColumnElement[bool]:
    """Return whether somebody is meant by one of some numbers, their present one or that of before they were merged."""
    known_as: list[ColumnElement[bool]] = [subscriber_id.in_(numbers)]
    # One within the other and no recursion: SQLite does not tell how many rows such a statement added.
    before: tuple[int, ...] | Select[int] = numbers
    for _ in range(_MOST_MERGES):
        before = select(SubscriberMerge.into_id).where(SubscriberMerge.merged_id.in_(before))
        known_as.append(subscriber_id.in_(before))
    return or_(*known_as)
