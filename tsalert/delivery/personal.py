"""Messages to one person, such as a page: sent, hurried, withdrawn. Steps of other capabilities' use cases."""

from collections.abc import Collection
from contextlib import suppress
from datetime import datetime, timedelta

from msgspec import Struct
from sqlalchemy import literal_column, select, update
from sqlalchemy.orm import Session

from tsalert.core.errors import Conflict
from tsalert.delivery.counting import rows_changed
from tsalert.delivery.endpoints import find_or_add_endpoint
from tsalert.delivery.mailings import add_first, cancel, create_mailing
from tsalert.delivery.models import Delivery
from tsalert.delivery.rules import Channel, Content, EndpointStatus, Lane, Status

# The sender's machine may have a clock that is a little behind ours.
_SKEW = timedelta(minutes=1)


class Letter(Struct, frozen=True):
    """Words for one address; ``address`` as ``rules.normalise_address`` returned it, or a verified mobile.

    :param not_after: what has not left by then says nothing true any more.
    """

    channel: Channel
    address: str
    content: Content
    not_after: datetime


def page_one(session: Session, letter: Letter, *, now: datetime) -> int:
    """Send a page to one address and return its delivery's id.

    An address that is new to us is added unconfirmed, so that being paged subscribes nobody to alerts.
    """
    unconfirmed = EndpointStatus.UNCONFIRMED
    endpoint_id = find_or_add_endpoint(session, letter.channel, letter.address, status=unconfirmed, now=now)
    said = _words_for(letter.content, letter.channel)
    mailing_id = create_mailing(session, said, lane=Lane.PAGING, now=now, not_after=letter.not_after)
    return add_first(session, (mailing_id, endpoint_id, letter.channel), now=now - _SKEW)


def hurry(session: Session, delivery_ids: Collection[int], *, now: datetime) -> None:
    """Let deliveries that wait for a time leave at once, after the clock was put back."""
    waiting = (Delivery.id.in_(delivery_ids), Delivery.status == literal_column("'pending'"), Delivery.due_at > now)
    rows_changed(session, update(Delivery).where(*waiting).values(due_at=now))


def withdraw(session: Session, delivery_ids: Collection[int], *, now: datetime) -> None:
    """Stop what has not left yet; what is in a provider's hands stays there."""
    waiting = (Delivery.id.in_(delivery_ids), Delivery.status.in_((Status.PENDING, Status.CLAIMED)))
    for mailing_id in session.scalars(select(Delivery.mailing_id).where(*waiting).order_by(Delivery.id)).all():
        with suppress(Conflict):
            cancel(session, mailing_id, now=now)


def _words_for(content: Content, channel: Channel) -> Content:
    """Return a content that says something on one channel alone."""
    return Content(
        subject=content.subject,
        text=content.text if channel is Channel.EMAIL else "",
        html=content.html if channel is Channel.EMAIL else None,
        sms=content.sms if channel is Channel.SMS else None,
        voice=content.voice if channel is Channel.VOICE else None,
    )
