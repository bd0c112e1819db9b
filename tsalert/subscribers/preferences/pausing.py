"""Stopping alerts for a while. Steps of both doors, and the job by which pauses end.

A contact of an organisation pauses what comes to them; only an officer pauses the organisation.
"""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import func, select, update
from sqlalchemy.orm import Session

from tsalert.audit import service as audit
from tsalert.core.actors import SERVICE
from tsalert.core.clock import as_utc
from tsalert.core.errors import Conflict
from tsalert.db import transaction
from tsalert.delivery import service as delivery
from tsalert.subscribers.choice import is_awake
from tsalert.subscribers.models import Subscriber, SubscriberEndpoint, Subscription
from tsalert.subscribers.preferences import wording
from tsalert.subscribers.preferences.acting import By, note_act, note_consent
from tsalert.subscribers.preferences.readers import addresses_of, lock_subscriber, open_subscriptions
from tsalert.subscribers.preferences.rules import Pause
from tsalert.subscribers.rules import Act, Kind

_AT_ONCE = 1000


def pause(session: Session, subscriber_id: int, span: Pause, *, at: int | None = None, by: By) -> None:
    """Send a subscriber nothing until a pause is over, and nothing of what waits; a new pause replaces one that runs.

    :param at: the address at which they act; a contact of an organisation pauses there alone.
    """
    subscriber, until = lock_subscriber(session, subscriber_id), span.ends_at(by.now)
    addresses = _paused_addresses(session, subscriber, at, by)
    about = addresses or addresses_of(session, subscriber_id)
    _set(session, subscriber, addresses, until)
    _note(session, subscriber, wording.paused(until), about, by)
    delivery.spare(session, _wanted_by_nobody(session, about), now=by.now)
    note_act(session, "paused", subscriber_id, by=by, days=span.days)


def resume(session: Session, subscriber_id: int, *, at: int | None = None, by: By) -> None:
    """Send to a subscriber again before their pause is over.

    :param at: the address at which they act; a contact of an organisation resumes there alone.
    :raises Conflict: they have not paused.
    """
    subscriber = lock_subscriber(session, subscriber_id)
    if paused_until(session, subscriber, at if by.is_reader else None) is None:
        raise Conflict("These alerts are not paused.")
    addresses = _paused_addresses(session, subscriber, at, by)
    _set(session, subscriber, addresses, None)
    _note(session, subscriber, wording.RESUMED, addresses or addresses_of(session, subscriber_id), by)
    note_act(session, "resumed", subscriber_id, by=by)


def end_pauses(now: datetime) -> None:
    """Send again to everybody whose pause is over; repeated, it changes nothing."""
    with transaction() as session:
        over = select(Subscriber).where(Subscriber.paused_until <= as_utc(now)).order_by(Subscriber.id)
        for subscriber in session.scalars(over.limit(_AT_ONCE).with_for_update(skip_locked=True)):
            subscriber.paused_until = None
            audit.record(session, SERVICE, "resumed", "subscriber", subscriber.id, now=now)
        contacts = update(SubscriberEndpoint).where(SubscriberEndpoint.paused_until <= as_utc(now))
        session.execute(contacts.values(paused_until=None))


def paused_until(session: Session, subscriber: Subscriber, endpoint_id: int | None) -> datetime | None:
    """Return until when a subscriber wants nothing; of an organisation's contact the pause is their own."""
    if subscriber.kind != Kind.PARTNER or endpoint_id is None:
        return subscriber.paused_until
    link = session.get(SubscriberEndpoint, (subscriber.id, endpoint_id), populate_existing=True)
    return link.paused_until if link else None


def _paused_addresses(session: Session, subscriber: Subscriber, at: int | None, by: By) -> list[int]:
    """Return the addresses of an organisation that a pause is about; of anybody else it is about the person."""
    if subscriber.kind != Kind.PARTNER:
        return []
    return [at] if by.is_reader and at is not None else addresses_of(session, subscriber.id)


def _wanted_by_nobody(session: Session, addresses: Sequence[int]) -> list[int]:
    """Return those of some addresses at which everybody who gets anything pauses."""
    wanting = (Subscription.endpoint_id.in_(addresses), Subscription.ended_at.is_(None), is_awake())
    query = select(Subscription.endpoint_id).join(Subscriber, Subscriber.id == Subscription.subscriber_id)
    wanted = set(session.scalars(query.where(*wanting)))
    return [each for each in addresses if each not in wanted]


def _set(session: Session, subscriber: Subscriber, addresses: Sequence[int], until: datetime | None) -> None:
    subscriber.paused_until = until
    if subscriber.kind != Kind.PARTNER:
        return
    mine = SubscriberEndpoint.subscriber_id == subscriber.id
    links = update(SubscriberEndpoint).where(mine, SubscriberEndpoint.endpoint_id.in_(addresses))
    session.execute(links.values(paused_until=until))
    subscriber.paused_until = session.scalar(select(func.max(SubscriberEndpoint.paused_until)).where(mine))


def _note(session: Session, subscriber: Subscriber, words: str, about: Sequence[int], by: By) -> None:
    for endpoint_id in about:
        if open_subscriptions(session, subscriber.id, endpoint_id):
            note_consent(session, subscriber.id, endpoint_id, (Act.CHANGED, words), by=by)
