"""Corrections: what a fact was held to be before, and since when a clock starts at another time. Never changed."""

from datetime import datetime

from sqlalchemy import CheckConstraint, ForeignKey
from sqlalchemy.orm import Mapped, mapped_column

from tsalert.db import Base


class FactChange(Base):
    """One fact of an incident or a call as it was and as it became; the record itself says what stands now.

    ``version`` is the one that it gave the incident, where there is one. The database refuses to change or delete it.
    """

    __tablename__ = "fact_change"
    __table_args__ = (CheckConstraint("incident_id IS NOT NULL OR call_id IS NOT NULL", name="of_something"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    incident_id: Mapped[int | None] = mapped_column(ForeignKey("incident.id"), index=True)
    call_id: Mapped[int | None] = mapped_column(ForeignKey("call.id"), index=True)
    fact: Mapped[str]
    was: Mapped[str | None]
    became: Mapped[str | None]
    reason: Mapped[str]
    recorded_at: Mapped[datetime]
    recorded_by: Mapped[int | None] = mapped_column(ForeignKey("officer.id"))
    source: Mapped[str]
    version: Mapped[int | None]


class ClockMove(Base):
    """A clock's start and end as they were and as they became; the database lets a clock move only along one."""

    __tablename__ = "clock_move"

    id: Mapped[int] = mapped_column(primary_key=True)
    clock_id: Mapped[int] = mapped_column(ForeignKey("incident_clock.id"), index=True)
    was_started_at: Mapped[datetime]
    was_due_at: Mapped[datetime]
    started_at: Mapped[datetime]
    due_at: Mapped[datetime]
    change_id: Mapped[int] = mapped_column(ForeignKey("fact_change.id"))
