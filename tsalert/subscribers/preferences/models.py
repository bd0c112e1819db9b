"""Rows of preferences: pages held open for an hour, moves to another address, and why people left."""

from datetime import datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index
from sqlalchemy.orm import Mapped, mapped_column

from tsalert.db import Base, BigId


class PreferenceVisit(Base):
    """One request to see what an address gets; open from ``opened_at`` for an hour, or until ``ended_at``.

    ``subscriber_id`` is who looks, once that is known: an address may have several readers.
    """

    __tablename__ = "preference_visit"
    __table_args__ = (Index("ix_preference_visit_asked_at", "asked_at"),)

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    endpoint_id: Mapped[int] = mapped_column(ForeignKey("endpoint.id"))
    subscriber_id: Mapped[int | None] = mapped_column(ForeignKey("subscriber.id"), index=True)
    asked_at: Mapped[datetime]
    opened_at: Mapped[datetime | None]
    ended_at: Mapped[datetime | None]


class AddressMove(Base):
    """A wish to get alerts at another address, which confirms itself first.

    Without an old address the new one comes on top of those that the subscriber has.
    """

    __tablename__ = "address_move"

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    subscriber_id: Mapped[int] = mapped_column(ForeignKey("subscriber.id"), index=True)
    old_endpoint_id: Mapped[int | None] = mapped_column(ForeignKey("endpoint.id"))
    new_endpoint_id: Mapped[int] = mapped_column(ForeignKey("endpoint.id"))
    asked_by: Mapped[int | None] = mapped_column(ForeignKey("officer.id"))
    asked_at: Mapped[datetime]
    done_at: Mapped[datetime | None]


class LeavingReason(Base):
    """Why the readers of an address left, in one of our words; said once for each address, by choice."""

    __tablename__ = "leaving_reason"
    __table_args__ = (
        CheckConstraint(
            "reason IN ('too_many', 'not_useful', 'moved_away', 'other_source', 'not_me', 'other')", name="reason_known"
        ),
    )

    endpoint_id: Mapped[int] = mapped_column(ForeignKey("endpoint.id"), primary_key=True)
    reason: Mapped[str]
    at: Mapped[datetime]
