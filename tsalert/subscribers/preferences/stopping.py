"""Stopping what one person gets; whoever shares the address keeps their own. Steps of both doors."""

from sqlalchemy import delete
from sqlalchemy.orm import Session

from tsalert.delivery import service as delivery
from tsalert.delivery.rules import SuppressionReason
from tsalert.subscribers.models import SubscriberEndpoint
from tsalert.subscribers.preferences.acting import By, note_act, note_consent
from tsalert.subscribers.preferences.readers import (
    addresses_of,
    is_wanted,
    lock_subscriber,
    open_subscriptions,
    require_address,
)
from tsalert.subscribers.rules import Act, EndedReason


def stop(session: Session, subscriber_id: int, endpoint_id: int, *, by: By) -> None:
    """Send a subscriber nothing more at one address; again changes nothing.

    :raises NotFound: there is no such subscriber, or they do not read that address.
    """
    lock_subscriber(session, subscriber_id)
    require_address(session, subscriber_id, endpoint_id)
    reason = EndedReason.UNSUBSCRIBED if by.is_reader else EndedReason.BY_OFFICER
    if end_at(session, subscriber_id, endpoint_id, reason, by=by):
        note_act(session, "stopped", subscriber_id, by=by, endpoint=endpoint_id)


def stop_everything(session: Session, subscriber_id: int, *, by: By) -> None:
    """Send a subscriber nothing more at any of their addresses."""
    lock_subscriber(session, subscriber_id)
    for endpoint_id in addresses_of(session, subscriber_id):
        stop(session, subscriber_id, endpoint_id, by=by)


def end_at(
    session: Session, subscriber_id: int, endpoint_id: int, reason: EndedReason, *, by: By, words: str = ""
) -> bool:
    """End what a subscriber gets at an address; nothing is ever sent there where nobody else gets anything.

    :return: whether there was anything to end.
    """
    held = open_subscriptions(session, subscriber_id, endpoint_id)
    for each in held.values():
        each.ended_at, each.ended_reason = by.now, reason
    session.flush()
    if held:
        note_consent(session, subscriber_id, endpoint_id, (Act.WITHDRAWN, words), by=by)
    if not is_wanted(session, endpoint_id):
        delivery.suppress(session, endpoint_id, SuppressionReason.OPTED_OUT, by.now)
    return bool(held)


def unlink(session: Session, subscriber_id: int, endpoint_id: int) -> None:
    """Let a subscriber read an address no longer."""
    one = (SubscriberEndpoint.subscriber_id == subscriber_id, SubscriberEndpoint.endpoint_id == endpoint_id)
    session.execute(delete(SubscriberEndpoint).where(*one))
