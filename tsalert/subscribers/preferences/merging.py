"""Making one subscriber of two who are the same person: the earlier one has everything, the other one is closed."""

from datetime import datetime

from sqlalchemy import delete, select, update
from sqlalchemy.orm import Session

from tsalert.audit import service as audit
from tsalert.core.actors import Actor, Permission
from tsalert.core.errors import RuleViolation
from tsalert.subscribers.models import Subscriber, SubscriberEndpoint, SubscriberMerge, Subscription
from tsalert.subscribers.oneness import who_is
from tsalert.subscribers.preferences.models import AddressMove
from tsalert.subscribers.preferences.readers import addresses_of, lock_subscriber
from tsalert.subscribers.preferences.visits import end_visits
from tsalert.subscribers.rules import EndedReason, Kind


def make_one(session: Session, one: int, other: int, *, actor: Actor, now: datetime) -> int:
    """Give the earlier of two subscribers all addresses and choices of the other, and close that one. A step.

    What the closed one agreed to stays as it is and reads as theirs. Again changes nothing.

    :return: whom the two are now.
    :raises NotFound: one of them was erased.
    :raises RuleViolation: one of them is an organisation.
    """
    actor.require(Permission.MANAGE_SUBSCRIBERS)
    kept_id, closed_id = sorted((who_is(session, one), who_is(session, other)))
    if kept_id == closed_id:
        return kept_id
    kept, closed = lock_subscriber(session, kept_id), lock_subscriber(session, closed_id)
    if Kind.PARTNER in {kept.kind, closed.kind}:
        raise RuleViolation("An organisation stays apart from the people who read its mail. Say that they are two.")
    _move_subscriptions(session, kept_id, closed_id, now)
    _move_addresses(session, kept_id, closed_id, now)
    _take_over(kept, closed, now)
    session.add(SubscriberMerge(merged_id=closed_id, into_id=kept_id, at=now, decided_by=actor.officer_id))
    audit.record(session, actor, "made one", "subscriber", kept_id, now=now, closed=closed_id)
    return kept_id


def _move_subscriptions(session: Session, kept_id: int, closed_id: int, now: datetime) -> None:
    """Hand over what the closed one gets and got; what the kept one gets at the same address already ends."""
    of = select(Subscription).where(Subscription.ended_at.is_(None), Subscription.subscriber_id == kept_id)
    having = {(each.endpoint_id, each.topic_id) for each in session.scalars(of)}
    theirs = select(Subscription).where(Subscription.subscriber_id == closed_id)
    for each in session.scalars(theirs).all():
        if each.ended_at is None and (each.endpoint_id, each.topic_id) in having:
            each.ended_at, each.ended_reason = now, EndedReason.MADE_ONE
        each.subscriber_id = kept_id
    session.flush()


def _move_addresses(session: Session, kept_id: int, closed_id: int, now: datetime) -> None:
    known, link = set(addresses_of(session, kept_id)), SubscriberEndpoint
    for endpoint_id in addresses_of(session, closed_id):
        end_visits(session, closed_id, endpoint_id, now=now)
    mine = link.subscriber_id == closed_id
    session.execute(update(link).where(mine, link.endpoint_id.not_in(known)).values(subscriber_id=kept_id))
    session.execute(delete(link).where(mine))
    waiting = (AddressMove.subscriber_id == closed_id, AddressMove.done_at.is_(None))
    session.execute(update(AddressMove).where(*waiting).values(subscriber_id=kept_id))


def _take_over(kept: Subscriber, closed: Subscriber, now: datetime) -> None:
    """Fill in what only the closed one had told us. Only who paused both is paused: a needless warning harms less."""
    for name in ("name", "postcode", "ward"):
        setattr(kept, name, getattr(kept, name) or getattr(closed, name))
    kept.formats = list(dict.fromkeys((*kept.formats, *closed.formats)))
    pauses = [each.paused_until for each in (kept, closed)]
    kept.paused_until = min((each for each in pauses if each is not None), default=None) if all(pauses) else None
    closed.name = closed.postcode = closed.paused_until = None
    closed.formats, closed.erased_at = [], now
