"""What was texted to us."""

from datetime import datetime

from sqlalchemy import ForeignKey, Index
from sqlalchemy.orm import Mapped, mapped_column

from tsalert.db import Base, BigId


class InboundMessage(Base):
    """One text message, once however often its provider reports it.

    ``answer`` is what was said in reply, so that a repeated report gets the same; ``taken_as`` is
    the word it was taken for, or ``message`` where an officer has to read it: those have a call.
    """

    __tablename__ = "inbound_message"
    __table_args__ = (Index("ix_inbound_message_sender", "sender", "received_at"),)

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    provider_ref: Mapped[str] = mapped_column(unique=True)
    sender: Mapped[str]
    body: Mapped[str]
    taken_as: Mapped[str] = mapped_column(index=True)
    answer: Mapped[str]
    received_at: Mapped[datetime]
    call_id: Mapped[int | None] = mapped_column(ForeignKey("call.id"))
