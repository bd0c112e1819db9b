"""The trail, its head, and where the head was published."""

from datetime import date, datetime
from typing import Any

from sqlalchemy import JSON, CheckConstraint, Index
from sqlalchemy.orm import Mapped, mapped_column

from tsalert.db import Base, BigId


class AuditEvent(Base):
    """One sealed entry; ``id`` is its place in the chain, without gaps."""

    __tablename__ = "audit_event"
    __table_args__ = (
        # Wide enough to tell who did what to a record, and when, without reading its entries one by one.
        Index("ix_audit_event_subject", "subject", "subject_id", "action", "officer_id", "at"),
        Index("ix_audit_event_at", "at"),
    )

    id: Mapped[int] = mapped_column(BigId, primary_key=True, autoincrement=False)
    at: Mapped[datetime]
    officer_id: Mapped[int | None]
    via: Mapped[str]
    action: Mapped[str]
    subject: Mapped[str]
    subject_id: Mapped[int | None]
    detail: Mapped[dict[str, Any]] = mapped_column(JSON)
    previous_seal: Mapped[str]
    seal: Mapped[str]


class AuditHead(Base):
    """The chain's newest seal and length; its single row is locked last in every transaction."""

    __tablename__ = "audit_head"
    __table_args__ = (CheckConstraint("id = 1", name="single_row"),)

    id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    seal: Mapped[str]
    length: Mapped[int] = mapped_column(BigId)


class AuditPublication(Base):
    """The head as it left this program on a day, so that a later trail can be held against it."""

    __tablename__ = "audit_publication"

    day: Mapped[date] = mapped_column(primary_key=True)
    seal: Mapped[str]
    length: Mapped[int] = mapped_column(BigId)
    published_at: Mapped[datetime]


class AuditCheckpoint(Base):
    """Stands for the first ``length`` entries, which were old enough to go; the signature is this installation's."""

    __tablename__ = "audit_checkpoint"

    length: Mapped[int] = mapped_column(BigId, primary_key=True, autoincrement=False)
    seal: Mapped[str]
    made_at: Mapped[datetime]
    signature: Mapped[str]
