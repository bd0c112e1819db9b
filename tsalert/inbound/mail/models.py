"""What came by mail, once however often a mail server hands it over."""

from datetime import datetime

from sqlalchemy import CheckConstraint, ForeignKey
from sqlalchemy.orm import Mapped, mapped_column

from tsalert.db import Base, BigId


class InboundMail(Base):
    """One mail and what it was taken as.

    Of a report nothing is kept but its code. The words of people, and of what could not be read, are kept for
    an officer: those that a person wrote have a call that waits.
    """

    __tablename__ = "inbound_mail"
    __table_args__ = (CheckConstraint("size >= 0", name="size_not_negative"),)

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    digest: Mapped[str] = mapped_column(unique=True)
    taken_as: Mapped[str] = mapped_column(index=True)
    code: Mapped[str]
    delivery_id: Mapped[int | None] = mapped_column(ForeignKey("delivery.id"), index=True)
    sender: Mapped[str]
    subject: Mapped[str]
    body: Mapped[str]
    size: Mapped[int]
    received_at: Mapped[datetime]
    call_id: Mapped[int | None] = mapped_column(ForeignKey("call.id"))
