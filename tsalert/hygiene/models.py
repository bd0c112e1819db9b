"""What is known of the list's health: reports, decisions on them, canaries, likely doubles, months."""

from datetime import date, datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from tsalert.db import Base, BigId

_HELD = text("effect = 'held'")


class AddressReport(Base):
    """One report of one message, once however often it comes: it came back, or its reader called it spam.

    ``code`` is the status that a mail server or Twilio gave. ``seen_at`` is when an officer had dealt with it.
    """

    __tablename__ = "address_report"
    __table_args__ = (
        UniqueConstraint("delivery_id", "kind", name="uq_address_report_once"),
        CheckConstraint("kind IN ('hard', 'soft', 'complaint')", name="kind_known"),
        CheckConstraint("(seen_at IS NULL) = (seen_by IS NULL)", name="seen_by_somebody"),
        Index("ix_address_report_endpoint_id", "endpoint_id"),
        Index("ix_address_report_mailing", "mailing_id", "effect"),
        Index("ix_address_report_held", "mailing_id", sqlite_where=_HELD, postgresql_where=_HELD),
    )

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    delivery_id: Mapped[int] = mapped_column(ForeignKey("delivery.id"))
    mailing_id: Mapped[int] = mapped_column(ForeignKey("mailing.id"))
    endpoint_id: Mapped[int] = mapped_column(ForeignKey("endpoint.id"))
    kind: Mapped[str]
    code: Mapped[str]
    effect: Mapped[str]
    at: Mapped[datetime]
    seen_at: Mapped[datetime | None]
    seen_by: Mapped[int | None] = mapped_column(ForeignKey("officer.id"))


class Canary(Base):
    """An address of our own that gets every alert; it is nobody's subscription and counts in no reach."""

    __tablename__ = "canary"

    endpoint_id: Mapped[int] = mapped_column(ForeignKey("endpoint.id"), primary_key=True, autoincrement=False)
    added_at: Mapped[datetime]
    added_by: Mapped[int] = mapped_column(ForeignKey("officer.id"))
    removed_at: Mapped[datetime | None]


class CanaryCheck(Base):
    """Whether an alert reached the canaries in time; ``late_at`` is when the alarm went out."""

    __tablename__ = "canary_check"

    alert_id: Mapped[int] = mapped_column(ForeignKey("alert.id"), primary_key=True, autoincrement=False)
    mailing_id: Mapped[int] = mapped_column(ForeignKey("mailing.id"))
    began_at: Mapped[datetime]
    arrived_at: Mapped[datetime | None]
    late_at: Mapped[datetime | None]
    seen_at: Mapped[datetime | None]
    seen_by: Mapped[int | None] = mapped_column(ForeignKey("officer.id"))


class LikelyDuplicate(Base):
    """Two subscribers who may be one, and what an officer found; the lower id comes first."""

    __tablename__ = "likely_duplicate"
    __table_args__ = (
        UniqueConstraint("low_id", "high_id", name="uq_likely_duplicate_pair"),
        CheckConstraint("low_id < high_id", name="low_first"),
        CheckConstraint("(verdict IS NULL) = (decided_at IS NULL)", name="decided_when"),
    )

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    low_id: Mapped[int] = mapped_column(ForeignKey("subscriber.id"))
    high_id: Mapped[int] = mapped_column(ForeignKey("subscriber.id"))
    because: Mapped[str]
    found_at: Mapped[datetime]
    verdict: Mapped[str | None]
    decided_at: Mapped[datetime | None]
    decided_by: Mapped[int | None] = mapped_column(ForeignKey("officer.id"))


class ListMonth(Base):
    """How one month of the list went, for everybody or for one ward, channel or reason of leaving.

    Kept, so that no page counts a million subscriptions. ``listed`` is at the month's end, or at ``counted_at``.
    """

    __tablename__ = "list_month"

    month: Mapped[date] = mapped_column(primary_key=True)
    part: Mapped[str] = mapped_column(primary_key=True)
    key: Mapped[str] = mapped_column(primary_key=True)
    joined: Mapped[int]
    left: Mapped[int]
    listed: Mapped[int]
    counted_at: Mapped[datetime]
