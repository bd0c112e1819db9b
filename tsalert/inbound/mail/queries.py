"""Reading the mail that an officer has to look at."""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from tsalert.core.actors import Actor
from tsalert.inbound.mail.models import InboundMail
from tsalert.inbound.mail.rules import Sort
from tsalert.response.kept import seen
from tsalert.tiers.vocabulary import Subject

PAGE = 50


def mails(session: Session, *, before: int | None = None) -> list[InboundMail]:
    """Return a page of what people wrote and of what could not be read, newest first."""
    query = select(InboundMail).where(InboundMail.taken_as.in_((Sort.MESSAGE, Sort.UNREAD)))
    if before is not None:
        query = query.where(InboundMail.id < before)
    return list(session.scalars(query.order_by(InboundMail.id.desc()).limit(PAGE)))


def seen_by(session: Session, reader: Actor, found: Sequence[InboundMail], *, now: datetime) -> list[InboundMail]:
    """Return the mails without those of calls that are kept from the reader."""
    return seen(session, reader, Subject.CALL, found, lambda mail: mail.call_id or 0, now)
