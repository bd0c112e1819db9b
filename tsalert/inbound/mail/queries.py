"""Reading the mail that an officer has to look at."""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from tsalert.core.actors import Actor
from tsalert.inbound.mail.models import InboundMail
from tsalert.inbound.mail.rules import Sort
from tsalert.keysets import Order, Page, read_page
from tsalert.response.kept import seen
from tsalert.tiers.vocabulary import Subject


def mails(session: Session, *, after: int | None = None) -> Page[InboundMail]:
    """Return a page of what people wrote and of what could not be read, newest first."""
    query = select(InboundMail).where(InboundMail.taken_as.in_((Sort.MESSAGE, Sort.UNREAD)))
    return read_page(session, query, Order(InboundMail.id), after=after)


def seen_by(session: Session, reader: Actor, found: Sequence[InboundMail], *, now: datetime) -> list[InboundMail]:
    """Return the mails without those of calls that are kept from the reader."""
    return seen(session, reader, Subject.CALL, found, lambda mail: mail.call_id or 0, now)
