"""Reading what was texted to us."""

from sqlalchemy import select
from sqlalchemy.orm import Session

from tsalert.inbound.models import InboundMessage
from tsalert.inbound.rules import MESSAGE

PAGE = 50


def messages(session: Session, *, before: int | None = None) -> list[InboundMessage]:
    """Return a page of the messages that an officer has to read, newest first."""
    query = select(InboundMessage).where(InboundMessage.taken_as == MESSAGE)
    if before is not None:
        query = query.where(InboundMessage.id < before)
    return list(session.scalars(query.order_by(InboundMessage.id.desc()).limit(PAGE)))
