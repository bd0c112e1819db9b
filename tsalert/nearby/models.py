"""Alerts of linked authorities as their feeds had them last, and how far each feed was read."""

from datetime import datetime

from sqlalchemy import JSON, ForeignKey, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from tsalert.db import Base


class NearbyFeed(Base):
    """How far the feed of a linked authority was read; ``mark`` is the ETag of what it held then."""

    __tablename__ = "nearby_feed"

    authority_id: Mapped[int] = mapped_column(ForeignKey("linked_authority.id"), primary_key=True, autoincrement=False)
    mark: Mapped[str | None]
    read_at: Mapped[datetime | None]
    fault: Mapped[str | None]


class NearbyAlert(Base):
    """One alert of a linked authority; ``body`` and ``advice`` are Markdown, ``wards`` are names of theirs."""

    __tablename__ = "nearby_alert"
    __table_args__ = (UniqueConstraint("authority_id", "key"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    authority_id: Mapped[int] = mapped_column(ForeignKey("linked_authority.id"))
    key: Mapped[str]
    url: Mapped[str | None]
    reference: Mapped[str]
    headline: Mapped[str]
    body: Mapped[str]
    advice: Mapped[str]
    topic: Mapped[str | None]
    urgency: Mapped[str]
    wards: Mapped[list[str]] = mapped_column(JSON)
    is_withdrawn: Mapped[bool]
    withdrawn_because: Mapped[str | None]
    published_at: Mapped[datetime] = mapped_column(index=True)
    expires_at: Mapped[datetime]
    read_at: Mapped[datetime]
    used_at: Mapped[datetime | None]
    used_by: Mapped[int | None] = mapped_column(ForeignKey("officer.id"))
