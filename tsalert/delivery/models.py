"""Rows of delivery: addresses, what is sent, to whom, and what became of it; and when nothing was to be sent."""

from datetime import datetime

from sqlalchemy import JSON, BigInteger, CheckConstraint, ForeignKey, Index, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from tsalert.db import Base, BigId

_STANDS = text("is_open")
# A partial index serves only a query that says the same in the same words (delivery/missing.py, delivery/untold.py).
UNTOLD = "status = 'accepted' AND channel <> 'email'"
MISSING = "status IN ('hard_bounced', 'soft_bounced', 'undelivered', 'failed', 'suppressed', 'expired', 'unknown')"


class Endpoint(Base):
    """One address on one channel, however many people share it; an erased one keeps neither address nor key."""

    __tablename__ = "endpoint"
    __table_args__ = (UniqueConstraint("channel", "address_key", name="uq_endpoint_address"),)

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    channel: Mapped[str]
    address: Mapped[str]
    address_key: Mapped[str]
    status: Mapped[str]
    created_at: Mapped[datetime]
    confirmed_at: Mapped[datetime | None]


class Suppression(Base):
    """An address that is never written to; it is known by its key alone and outlives the person's erasure."""

    __tablename__ = "suppression"
    __table_args__ = (UniqueConstraint("channel", "address_key", name="uq_suppression_address"),)

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    channel: Mapped[str]
    address_key: Mapped[str]
    reason: Mapped[str]
    at: Mapped[datetime]


class Mailing(Base):
    """What is sent, once for all who get it."""

    __tablename__ = "mailing"
    __table_args__ = (
        CheckConstraint("lane IN ('paging', 'urgent', 'transactional', 'bulk')", name="lane"),
        CheckConstraint("state IN ('sending', 'paused', 'cancelled', 'completed')", name="state"),
        Index(
            "ix_mailing_open",
            "lane",
            postgresql_where=text("state = 'sending'"),
            sqlite_where=text("state = 'sending'"),
        ),
    )

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    subject: Mapped[str]
    text: Mapped[str]
    html: Mapped[str | None]
    sms: Mapped[str | None]
    voice: Mapped[str | None]
    lane: Mapped[str]
    state: Mapped[str]
    created_at: Mapped[datetime]
    not_after: Mapped[datetime | None]
    completed_at: Mapped[datetime | None]
    paused_because: Mapped[str | None]
    resend_of: Mapped[int | None] = mapped_column(ForeignKey("mailing.id"))


class MailingCount(Base):
    """How many deliveries of a mailing stand at one status; kept with every change, so that nobody counts rows.

    Claimed deliveries are counted as pending.
    """

    __tablename__ = "mailing_count"

    mailing_id: Mapped[int] = mapped_column(ForeignKey("mailing.id"), primary_key=True)
    channel: Mapped[str] = mapped_column(primary_key=True)
    status: Mapped[str] = mapped_column(primary_key=True)
    count: Mapped[int] = mapped_column(BigId)


class Delivery(Base):
    """One mailing to one endpoint: the queue itself, and afterwards the record of what happened.

    ``doubts`` counts the tries of which nobody knows whether the provider took them, ``rings`` the calls that rang and
    that nobody took; None stands for none. ``asked_at`` is when its provider was last asked what became of it, where it
    had not told. No foreign key leads to mailing
    and endpoint: nothing deletes either while a row leads there, and a look at each for every row is most of what a
    million rows take (ADR 44).

    Each row is written three times, queued, claimed and sent, and with it an entry in each index that leads to all
    rows: on PostgreSQL their pages are filled by less than half at first (migration 0090).
    """

    __tablename__ = "delivery"
    __table_args__ = (
        UniqueConstraint("mailing_id", "endpoint_id", name="uq_delivery_recipient"),
        Index(
            "ix_delivery_pending",
            "mailing_id",
            "channel",
            "due_at",
            "id",
            postgresql_where=text("status = 'pending'"),
            sqlite_where=text("status = 'pending'"),
        ),
        Index(
            "ix_delivery_claimed",
            "claimed_by",
            postgresql_where=text("status = 'claimed'"),
            sqlite_where=text("status = 'claimed'"),
        ),
        Index(
            "ix_delivery_unknown",
            "mailing_id",
            postgresql_where=text("status = 'unknown'"),
            sqlite_where=text("status = 'unknown'"),
        ),
        Index(
            "ix_delivery_provider_ref",
            "provider_ref",
            postgresql_where=text("channel <> 'email'"),
            sqlite_where=text("channel <> 'email'"),
        ),
        Index("ix_delivery_endpoint_id", "endpoint_id"),
        Index("ix_delivery_untold", "channel", "sent_at", sqlite_where=text(UNTOLD), postgresql_where=text(UNTOLD)),
        Index("ix_delivery_missing", "mailing_id", "id", sqlite_where=text(MISSING), postgresql_where=text(MISSING)),
    )

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    mailing_id: Mapped[int] = mapped_column(BigInteger)
    endpoint_id: Mapped[int] = mapped_column(BigInteger)
    channel: Mapped[str]
    status: Mapped[str]
    attempts: Mapped[int]
    doubts: Mapped[int]
    rings: Mapped[int | None]
    due_at: Mapped[datetime]
    lease_until: Mapped[datetime | None]
    claimed_by: Mapped[str | None]
    provider_ref: Mapped[str | None]
    error: Mapped[str | None]
    sent_at: Mapped[datetime | None]
    settled_at: Mapped[datetime | None]
    asked_at: Mapped[datetime | None]


class DeliveryEvent(Base):
    """One thing a provider reported, once; append-only. It may come before we know whose reference it is."""

    __tablename__ = "delivery_event"
    __table_args__ = (UniqueConstraint("provider_ref", "status", name="uq_delivery_event_report"),)

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    channel: Mapped[str]
    provider_ref: Mapped[str]
    status: Mapped[str]
    at: Mapped[datetime]


class SentMessage(Base):
    """What the recorder was handed instead of a provider: exactly what would have left the machine."""

    __tablename__ = "sent_message"
    __table_args__ = (
        UniqueConstraint("delivery_id", name="uq_sent_message_delivery_id"),
        Index("ix_sent_message_mailing", "mailing_id", "id"),
    )

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    delivery_id: Mapped[int] = mapped_column(ForeignKey("delivery.id"))
    mailing_id: Mapped[int] = mapped_column(ForeignKey("mailing.id"))
    channel: Mapped[str]
    address: Mapped[str]
    content: Mapped[str]
    at: Mapped[datetime]


class ProviderPace(Base):
    """What is spent of the pace of a channel's provider; shared by all workers, and there after a restart.

    ``recent`` lists the seconds of the last minute, each with how many left in it.
    """

    __tablename__ = "provider_pace"

    channel: Mapped[str] = mapped_column(primary_key=True)
    spent_until: Mapped[datetime]
    recent: Mapped[list[tuple[int, int]]] = mapped_column(JSON)
    more_waited: Mapped[bool]


class ProviderAnswers(Base):
    """How often a channel's provider gave one kind of answer, since this was first counted."""

    __tablename__ = "provider_answers"

    channel: Mapped[str] = mapped_column(primary_key=True)
    answer: Mapped[str] = mapped_column(primary_key=True)
    count: Mapped[int] = mapped_column(BigId)
    last_at: Mapped[datetime]


class SendingStop(Base):
    """A time in which no alert and no digest left; at most one is open, and it ends once. By name, who did it."""

    __tablename__ = "sending_stop"
    __table_args__ = (
        CheckConstraint("is_open = (started_at IS NULL)", name="open_until_started"),
        CheckConstraint(
            "(started_at IS NULL) = (started_by IS NULL) AND (started_at IS NULL) = (start_reason IS NULL)",
            name="started_by_somebody",
        ),
        Index("uq_sending_stop_open", "is_open", unique=True, postgresql_where=_STANDS, sqlite_where=_STANDS),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    is_open: Mapped[bool] = mapped_column(default=True)
    stopped_at: Mapped[datetime]
    stopped_by: Mapped[str]
    stop_reason: Mapped[str]
    started_at: Mapped[datetime | None]
    started_by: Mapped[str | None]
    start_reason: Mapped[str | None]
