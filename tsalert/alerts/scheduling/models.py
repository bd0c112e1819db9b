"""Approvals for a moment to come."""

from datetime import datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index, text
from sqlalchemy.orm import Mapped, mapped_column

from tsalert.db import Base

_WAITS = text("state = 'waiting'")
_STANDS = text("state IN ('waiting', 'held')")


class AlertSchedule(Base):
    """An approval of what ``digest`` stands for, to be sent from ``starts_at`` on; of one alert at most one stands.

    ``readers`` is the size of an unusual audience as the approver typed it. Who ended it is None where the
    service started it in time.
    """

    __tablename__ = "alert_schedule"
    __table_args__ = (
        CheckConstraint("state IN ('waiting', 'held', 'started', 'called_off')", name="state_known"),
        CheckConstraint("(held_at IS NULL) = (held_because IS NULL)", name="held_for_a_reason"),
        CheckConstraint("(state IN ('started', 'called_off')) = (ended_at IS NOT NULL)", name="ended_with_time"),
        CheckConstraint("(state = 'called_off') = (call_off_reason IS NOT NULL)", name="called_off_for_a_reason"),
        Index("uq_alert_schedule_standing", "alert_id", unique=True, sqlite_where=_STANDS, postgresql_where=_STANDS),
        Index("ix_alert_schedule_waiting", "starts_at", sqlite_where=_WAITS, postgresql_where=_WAITS),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    alert_id: Mapped[int] = mapped_column(ForeignKey("alert.id"), index=True)
    starts_at: Mapped[datetime]
    digest: Mapped[str]
    readers: Mapped[int | None]
    scheduled_by: Mapped[int] = mapped_column(ForeignKey("officer.id"))
    scheduled_at: Mapped[datetime]
    state: Mapped[str]
    held_at: Mapped[datetime | None]
    held_because: Mapped[str | None]
    ended_at: Mapped[datetime | None]
    ended_by: Mapped[int | None] = mapped_column(ForeignKey("officer.id"))
    call_off_reason: Mapped[str | None]
