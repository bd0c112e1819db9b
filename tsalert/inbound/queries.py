"""Reading what was texted to us."""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from tsalert.core.actors import Actor
from tsalert.inbound.models import InboundMessage
from tsalert.inbound.rules import MESSAGE
from tsalert.keysets import Order, Page, read_page
from tsalert.response.kept import seen
from tsalert.tiers.vocabulary import Subject


def messages(session: Session, *, after: int | None = None) -> Page[InboundMessage]:
    """Return a page of the messages that an officer has to read, newest first."""
    query = select(InboundMessage).where(InboundMessage.taken_as == MESSAGE)
    return read_page(session, query, Order(InboundMessage.id), after=after)


def seen_by(session: Session, reader: Actor, found: Sequence[InboundMessage], *, now: datetime) -> list[InboundMessage]:
    """Return the messages without those of calls that are kept from the reader."""
    return seen(session, reader, Subject.CALL, found, lambda message: message.call_id or 0, now)
