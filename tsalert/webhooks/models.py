"""Programs that are told, what they are told of, and how far telling each has come."""

from datetime import datetime
from typing import Any

from sqlalchemy import JSON, CheckConstraint, ForeignKey, Index, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from tsalert.db import Base, BigId

_WAITS = text("state = 'waiting'")


class Webhook(Base):
    """One program that is told; ``salt`` makes the key that signs, which is not kept.

    While it is failing (``failing_since``) it is sent nothing but tests, and what it is to be told waits.
    """

    __tablename__ = "webhook"

    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str]
    url: Mapped[str]
    kinds: Mapped[list[str]] = mapped_column(JSON)
    salt: Mapped[str]
    made_at: Mapped[datetime]
    made_by: Mapped[int | None] = mapped_column(ForeignKey("officer.id"))
    failing_since: Mapped[datetime | None]
    ended_at: Mapped[datetime | None]


class WebhookEvent(Base):
    """Something that happened, as it was told when it happened; ``key`` lets a receiver know it again."""

    __tablename__ = "webhook_event"

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    key: Mapped[str] = mapped_column(unique=True)
    kind: Mapped[str]
    facts: Mapped[dict[str, Any]] = mapped_column(JSON)
    happened_at: Mapped[datetime] = mapped_column(index=True)


class WebhookDelivery(Base):
    """Telling one program of one thing; while it is tried, ``due_at`` is when the next worker may try instead."""

    __tablename__ = "webhook_delivery"
    __table_args__ = (
        UniqueConstraint("webhook_id", "event_id"),
        CheckConstraint("state IN ('waiting', 'delivered', 'given_up')", name="state_known"),
        Index("ix_webhook_delivery_due", "due_at", sqlite_where=_WAITS, postgresql_where=_WAITS),
        Index("ix_webhook_delivery_event_id", "event_id"),
    )

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    webhook_id: Mapped[int] = mapped_column(ForeignKey("webhook.id"))
    event_id: Mapped[int] = mapped_column(ForeignKey("webhook_event.id"))
    state: Mapped[str]
    tries: Mapped[int]
    due_at: Mapped[datetime]
    status: Mapped[int | None]
    fault: Mapped[str | None]
    settled_at: Mapped[datetime | None]
