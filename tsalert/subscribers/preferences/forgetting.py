"""Forgetting addresses that nobody reads any more, and erasing a subscriber. Steps of other use cases."""

from sqlalchemy import delete, select, update
from sqlalchemy.orm import Session

from tsalert.core.errors import RuleViolation
from tsalert.delivery import service as delivery
from tsalert.delivery.queries import get_endpoint
from tsalert.delivery.rules import EndpointStatus
from tsalert.subscribers.models import SignUp, SubscriberWard
from tsalert.subscribers.preferences.acting import By, note_act
from tsalert.subscribers.preferences.models import AddressMove
from tsalert.subscribers.preferences.readers import addresses_of, lock_subscriber, readers_of
from tsalert.subscribers.preferences.stopping import end_at, unlink
from tsalert.subscribers.preferences.visits import end_visits
from tsalert.subscribers.rules import EndedReason, Kind


def erase(session: Session, subscriber_id: int, *, by: By) -> None:
    """Forget who a subscriber is and where they are reached.

    What stays names nobody: that they were on the list, what they agreed to and when, and a key of each address that
    cannot be turned back into it, so that we never write to it again unless its reader asks.

    :raises NotFound: there is no such subscriber, or they were erased already.
    :raises RuleViolation: it is an organisation, whose reach stands in published reports.
    """
    subscriber = lock_subscriber(session, subscriber_id)
    if subscriber.kind == Kind.PARTNER:
        raise RuleViolation("An organisation is taken off the list by an officer. Ring us.")
    for endpoint_id in addresses_of(session, subscriber_id):
        end_at(session, subscriber_id, endpoint_id, EndedReason.ERASED, by=by)
        unlink(session, subscriber_id, endpoint_id)
        end_visits(session, subscriber_id, endpoint_id, now=by.now)
        forget_address(session, endpoint_id)
    _drop_moves(session, subscriber_id)
    subscriber.name = subscriber.postcode = subscriber.paused_until = None
    subscriber.formats = []
    session.execute(delete(SubscriberWard).where(SubscriberWard.subscriber_id == subscriber_id))
    subscriber.erased_at = by.now
    note_act(session, "erased", subscriber_id, by=by)


def forget_address(session: Session, endpoint_id: int) -> None:
    """Forget an address that nobody reads any more; a suppression of it stays in force."""
    session.flush()
    if readers_of(session, endpoint_id):
        return
    delivery.erase_endpoint(session, endpoint_id)
    session.execute(update(SignUp).where(SignUp.endpoint_id == endpoint_id).values(postcode=None))


def _drop_moves(session: Session, subscriber_id: int) -> None:
    """Forget the new addresses that somebody named and that never confirmed themselves."""
    waiting = select(AddressMove.new_endpoint_id).where(
        AddressMove.subscriber_id == subscriber_id, AddressMove.done_at.is_(None)
    )
    for endpoint_id in session.scalars(waiting.distinct()).all():
        asked = session.scalar(select(SignUp.id).where(SignUp.endpoint_id == endpoint_id).limit(1))
        if asked is None and get_endpoint(session, endpoint_id).status is EndpointStatus.UNCONFIRMED:
            forget_address(session, endpoint_id)
