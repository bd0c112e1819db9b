"""Stopping alerts for a while. Steps of both doors, and the job by which pauses end."""

from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from tsalert.audit import service as audit
from tsalert.core.actors import SERVICE
from tsalert.core.clock import as_utc
from tsalert.core.errors import Conflict
from tsalert.db import transaction
from tsalert.subscribers.models import Subscriber
from tsalert.subscribers.preferences import wording
from tsalert.subscribers.preferences.acting import By, note_act, note_consent
from tsalert.subscribers.preferences.readers import addresses_of, lock_subscriber, open_subscriptions
from tsalert.subscribers.preferences.rules import Pause
from tsalert.subscribers.rules import Act

_AT_ONCE = 1000


def pause(session: Session, subscriber_id: int, span: Pause, *, by: By) -> None:
    """Send a subscriber nothing at any of their addresses until a pause is over; a new pause replaces one that runs."""
    subscriber = lock_subscriber(session, subscriber_id)
    subscriber.paused_until = span.ends_at(by.now)
    _note(session, subscriber_id, wording.paused(subscriber.paused_until), by)
    note_act(session, "paused", subscriber_id, by=by, days=span.days)


def resume(session: Session, subscriber_id: int, *, by: By) -> None:
    """Send to a subscriber again before their pause is over.

    :raises Conflict: they have not paused.
    """
    subscriber = lock_subscriber(session, subscriber_id)
    if subscriber.paused_until is None:
        raise Conflict("These alerts are not paused.")
    subscriber.paused_until = None
    _note(session, subscriber_id, wording.RESUMED, by)
    note_act(session, "resumed", subscriber_id, by=by)


def end_pauses(now: datetime) -> None:
    """Send again to everybody whose pause is over; repeated, it changes nothing."""
    with transaction() as session:
        over = select(Subscriber).where(Subscriber.paused_until <= as_utc(now)).order_by(Subscriber.id)
        for subscriber in session.scalars(over.limit(_AT_ONCE).with_for_update(skip_locked=True)):
            subscriber.paused_until = None
            audit.record(session, SERVICE, "resumed", "subscriber", subscriber.id, now=now)


def _note(session: Session, subscriber_id: int, words: str, by: By) -> None:
    for endpoint_id in addresses_of(session, subscriber_id):
        if open_subscriptions(session, subscriber_id, endpoint_id):
            note_consent(session, subscriber_id, endpoint_id, (Act.CHANGED, words), by=by)
