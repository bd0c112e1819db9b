"""Calls that nobody took: a line that was busy, or a telephone that nobody answered, is rung again. Steps."""

from datetime import datetime, timedelta

from sqlalchemy.orm import Session

from tsalert.delivery.models import Delivery, Mailing
from tsalert.delivery.quiet import leaves_at
from tsalert.delivery.rules import Channel, Lane, MailingState, Status

MOST_RINGS = 3
RING_AGAIN_AFTER = timedelta(minutes=20)
# Pages of officers are rung again by the room that sent them; who is asked to confirm is rung once.
_RUNG_AGAIN = frozenset({Lane.URGENT, Lane.BULK})
_NOT_TAKEN = "busy, or nobody answered"


def ring_again(session: Session, delivery: Delivery, *, now: datetime) -> bool:
    """Put a call that was not taken back into the queue; False where it has had its tries, or its time.

    What is reported of the call before finds nobody from now on, so that repeats change nothing. A try that an outage
    put off rang nowhere, and does not count.
    """
    rings = (delivery.rings or 0) + 1
    if delivery.channel != Channel.VOICE or rings >= MOST_RINGS:
        return False
    # Senders may add its counters meanwhile (mailings.py).
    held = {"key_share": True}
    mailing = session.get_one(Mailing, delivery.mailing_id, with_for_update=held, populate_existing=True)
    lane = Lane(mailing.lane)
    again_at = leaves_at(Channel.VOICE, lane, now + RING_AGAIN_AFTER)
    is_over = mailing.not_after is not None and again_at >= mailing.not_after
    if lane not in _RUNG_AGAIN or mailing.state == MailingState.CANCELLED or is_over:
        return False
    if mailing.state == MailingState.COMPLETED:
        mailing.state, mailing.completed_at = MailingState.SENDING, None
    delivery.rings = rings
    delivery.status, delivery.due_at, delivery.error = Status.PENDING, again_at, _NOT_TAKEN
    delivery.provider_ref = delivery.sent_at = delivery.settled_at = delivery.claimed_by = delivery.lease_until = None
    return True
