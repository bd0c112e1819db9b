"""What became of single messages, and what calls of ours are for."""

from collections.abc import Collection
from datetime import datetime

from msgspec import Struct
from sqlalchemy import select
from sqlalchemy.orm import Session

from tsalert.core.errors import NotFound
from tsalert.core.keys import LARGEST_LONG_ID
from tsalert.delivery.models import Delivery, Mailing
from tsalert.delivery.rules import Channel, Lane, Status


class Fate(Struct, frozen=True):
    """Where one delivery stands and what its provider said last."""

    status: Status
    error: str | None
    provider_ref: str | None
    sent_at: datetime | None
    settled_at: datetime | None


def fates(session: Session, delivery_ids: Collection[int]) -> dict[int, Fate]:
    """Return what became of some deliveries, by id."""
    columns = (Delivery.status, Delivery.error, Delivery.provider_ref, Delivery.sent_at, Delivery.settled_at)
    rows = session.execute(select(Delivery.id, *columns).where(Delivery.id.in_(delivery_ids)))
    return {
        number: Fate(Status(status), error, provider_ref, sent_at, settled_at)
        for number, status, error, provider_ref, sent_at, settled_at in rows
    }


class OurCall(Struct, frozen=True):
    """A call that we made: its words, and by its lane what it is for."""

    words: str
    lane: Lane
    endpoint_id: int


def get_call(session: Session, delivery_id: int) -> OurCall:
    """Return a call that we made.

    :raises NotFound: there is no such call.
    """
    wanted = (Delivery.id == delivery_id, Delivery.channel == Channel.VOICE, Mailing.voice != "")
    query = select(Mailing.voice, Mailing.lane, Delivery.endpoint_id)
    query = query.join(Delivery, Delivery.mailing_id == Mailing.id).where(*wanted)
    row = session.execute(query).one_or_none() if delivery_id <= LARGEST_LONG_ID else None
    if row is None:
        raise NotFound("There is no such call.")
    words, lane, endpoint_id = row
    return OurCall(str(words), Lane(lane), endpoint_id)


def calls_made(session: Session, endpoint_ids: Collection[int], lane: Lane) -> dict[tuple[int, datetime], Status]:
    """Return what became of each call of a lane to some numbers, by number and when it was asked for."""
    mine = (Delivery.endpoint_id.in_(endpoint_ids), Delivery.channel == Channel.VOICE, Mailing.lane == lane)
    query = select(Delivery.endpoint_id, Mailing.created_at, Delivery.status)
    query = query.join(Mailing, Mailing.id == Delivery.mailing_id).where(*mine).order_by(Delivery.id)
    return {(number, at): Status(status) for number, at, status in session.execute(query)}
