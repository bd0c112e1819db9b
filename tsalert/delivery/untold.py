"""Texts and calls that a provider took and of which it never told what became of them. Steps."""

from collections.abc import Collection
from datetime import datetime, timedelta

from sqlalchemy import or_, select, text, update
from sqlalchemy.orm import Session

from tsalert.delivery.models import UNTOLD, Delivery
from tsalert.delivery.rules import Channel

# A telephone that is switched off gets its text when it is on again; a call is over within minutes.
ASKED_AFTER = {Channel.SMS: timedelta(hours=3), Channel.VOICE: timedelta(minutes=30)}
AGAIN_AFTER = timedelta(hours=6)
# What has not arrived by then never will, and networks that report nothing are not asked about for ever.
GIVEN_UP_AFTER = timedelta(days=4)


def untold(session: Session, channel: Channel, *, most: int, now: datetime) -> dict[str, int]:
    """Return by their references the texts or calls that their provider is to be asked about, the oldest first."""
    when = Delivery.sent_at.between(now - GIVEN_UP_AFTER, now - ASKED_AFTER[channel])
    is_due = or_(Delivery.asked_at.is_(None), Delivery.asked_at <= now - AGAIN_AFTER)
    # In the words of the index, lest it is not used.
    mine = (text(UNTOLD), Delivery.channel == channel, when, is_due, Delivery.provider_ref.is_not(None))
    query = select(Delivery.provider_ref, Delivery.id).where(*mine).order_by(Delivery.sent_at, Delivery.id).limit(most)
    return {reference: number for reference, number in session.execute(query) if reference is not None}


def note_asked(session: Session, delivery_ids: Collection[int], *, now: datetime) -> None:
    """Note that the provider was asked about some."""
    session.execute(update(Delivery).where(Delivery.id.in_(delivery_ids)).values(asked_at=now))
