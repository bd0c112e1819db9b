"""What became of single messages, and what a call is to say."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from tsalert.core.errors import NotFound
from tsalert.delivery.models import Delivery, Mailing
from tsalert.delivery.rules import Channel, Status
from tsalert.web.fields import LARGEST_ID


@dataclass(frozen=True, slots=True)
class Fate:
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


def words_of_call(session: Session, delivery_id: int) -> str:
    """Return what a call says to whoever answers it.

    :raises NotFound: there is no such call.
    """
    wanted = (Delivery.id == delivery_id, Delivery.channel == Channel.VOICE)
    query = select(Mailing.voice).join(Delivery, Delivery.mailing_id == Mailing.id).where(*wanted)
    words = session.scalar(query) if delivery_id <= LARGEST_ID else None
    if not words:
        raise NotFound("There is no such call.")
    return words
