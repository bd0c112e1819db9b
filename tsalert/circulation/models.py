"""Whom we know at partners, when they were reminded, and what they say they passed on."""

from datetime import datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from tsalert.db import Base, BigId


class PartnerContact(Base):
    """Whose an address of a partner is, and whether declarations are asked for there."""

    __tablename__ = "partner_contact"

    partner_id: Mapped[int] = mapped_column(ForeignKey("subscriber.id"), primary_key=True)
    endpoint_id: Mapped[int] = mapped_column(ForeignKey("endpoint.id"), primary_key=True, index=True)
    name: Mapped[str | None]
    role: Mapped[str | None]
    is_asked: Mapped[bool]


class PartnerReminder(Base):
    """One request to declare again; ``since`` is the declaration that had grown old. Its number is in the link."""

    __tablename__ = "partner_reminder"
    __table_args__ = (UniqueConstraint("partner_id", "since", "number", "endpoint_id"),)

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    partner_id: Mapped[int] = mapped_column(ForeignKey("subscriber.id"))
    endpoint_id: Mapped[int] = mapped_column(ForeignKey("endpoint.id"))
    since: Mapped[datetime]
    number: Mapped[int]
    sent_at: Mapped[datetime]


class ForwardAck(Base):
    """A partner's word that it passed an alert on, and to how many; append-only, the latest counts."""

    __tablename__ = "forward_ack"
    __table_args__ = (
        CheckConstraint("reach >= 0", name="reach_not_negative"),
        CheckConstraint("via IN ('link', 'officer')", name="via_known"),
        Index("ix_forward_ack_alert_id", "alert_id", "partner_id"),
        Index("ix_forward_ack_partner_id", "partner_id", "at"),
    )

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    alert_id: Mapped[int] = mapped_column(ForeignKey("alert.id"))
    partner_id: Mapped[int] = mapped_column(ForeignKey("subscriber.id"))
    reach: Mapped[int]
    at: Mapped[datetime]
    via: Mapped[str]
    officer_id: Mapped[int | None] = mapped_column(ForeignKey("officer.id"))
