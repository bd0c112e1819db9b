"""Patterns, shifts, swaps, leave, gaps, and how officers are reached.

What has begun is never rewritten: a change ends a row from now on, or adds another. So the rota answers for any past
instant what was true then.
"""

from datetime import date, datetime, time

from sqlalchemy import JSON, CheckConstraint, ForeignKey, Index, text
from sqlalchemy.orm import Mapped, mapped_column

from tsalert.db import Base

_DUTY_KNOWN = "duty IN ('primary', 'backup', 'manager')"
_STILL_HELD = text("removed_at IS NULL")
_STILL_OPEN = text("closed_at IS NULL")
_NOT_REVOKED = text("revoked_at IS NULL")


class Pattern(Base):
    """When an officer stands a duty, week after week, in London wall time."""

    __tablename__ = "rota_pattern"
    __table_args__ = (
        CheckConstraint(_DUTY_KNOWN, name="duty_known"),
        CheckConstraint("every_weeks >= 1", name="every_weeks_positive"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    duty: Mapped[str]
    officer_id: Mapped[int] = mapped_column(ForeignKey("officer.id"), index=True)
    weekdays: Mapped[list[int]] = mapped_column(JSON)
    starts: Mapped[time]
    ends: Mapped[time]
    effective_from: Mapped[date]
    effective_until: Mapped[date | None]
    every_weeks: Mapped[int]
    created_at: Mapped[datetime]
    created_by: Mapped[int | None] = mapped_column(ForeignKey("officer.id"))


class Shift(Base):
    """One officer's time on one duty; shifts of the same duty that were not cancelled never overlap.

    A cancelled shift never began. One that had begun ends early instead. ``pattern_day`` is the London day on which
    the pattern begins it; a swap may cut one day's shift into several rows.
    """

    __tablename__ = "rota_shift"
    __table_args__ = (
        CheckConstraint(_DUTY_KNOWN, name="duty_known"),
        CheckConstraint("ends_at > starts_at", name="end_after_start"),
        CheckConstraint("(pattern_id IS NULL) = (pattern_day IS NULL)", name="pattern_with_day"),
        Index("ix_rota_shift_officer", "officer_id", "starts_at"),
        Index("ix_rota_shift_pattern", "pattern_id", "pattern_day"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    duty: Mapped[str]
    officer_id: Mapped[int] = mapped_column(ForeignKey("officer.id"))
    pattern_id: Mapped[int | None] = mapped_column(ForeignKey("rota_pattern.id"))
    pattern_day: Mapped[date | None]
    starts_at: Mapped[datetime] = mapped_column(index=True)
    ends_at: Mapped[datetime]
    note: Mapped[str | None]
    swapped_at: Mapped[datetime | None]
    cancelled_at: Mapped[datetime | None]
    created_at: Mapped[datetime]
    changed_at: Mapped[datetime]


class Swap(Base):
    """One shift, or part of it, that went from one officer to another."""

    __tablename__ = "rota_swap"
    __table_args__ = (
        CheckConstraint("from_officer_id <> to_officer_id", name="two_officers"),
        CheckConstraint("ends_at > starts_at", name="end_after_start"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    shift_id: Mapped[int] = mapped_column(ForeignKey("rota_shift.id"), index=True)
    from_officer_id: Mapped[int] = mapped_column(ForeignKey("officer.id"))
    to_officer_id: Mapped[int] = mapped_column(ForeignKey("officer.id"))
    starts_at: Mapped[datetime]
    ends_at: Mapped[datetime]
    reason: Mapped[str]
    made_at: Mapped[datetime]
    made_by: Mapped[int | None] = mapped_column(ForeignKey("officer.id"))


class Leave(Base):
    """London days on which an officer stands no shift; leave that is cancelled ends then, or never begins."""

    __tablename__ = "rota_leave"
    __table_args__ = (
        CheckConstraint("last_day >= first_day", name="last_after_first"),
        CheckConstraint("ends_at >= starts_at", name="end_after_start"),
        Index("ix_rota_leave_officer", "officer_id", "ends_at"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    officer_id: Mapped[int] = mapped_column(ForeignKey("officer.id"))
    first_day: Mapped[date]
    last_day: Mapped[date]
    starts_at: Mapped[datetime]
    ends_at: Mapped[datetime]
    made_at: Mapped[datetime]
    made_by: Mapped[int | None] = mapped_column(ForeignKey("officer.id"))
    cancelled_at: Mapped[datetime | None]


class KnownGap(Base):
    """A time without anybody that was found ahead, and when managers were told of it."""

    __tablename__ = "rota_gap"
    __table_args__ = (
        CheckConstraint(_DUTY_KNOWN, name="duty_known"),
        CheckConstraint("ends_at > starts_at", name="end_after_start"),
        Index("ix_rota_gap_open", "starts_at", sqlite_where=_STILL_OPEN, postgresql_where=_STILL_OPEN),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    duty: Mapped[str]
    starts_at: Mapped[datetime]
    ends_at: Mapped[datetime]
    found_at: Mapped[datetime]
    told_at: Mapped[datetime | None]
    closed_at: Mapped[datetime | None]


class OfficerMobile(Base):
    """A mobile that an officer proved to hold, from then until it was removed.

    ``silent_since`` is when STOP was texted from it, after which the network holds back every text of ours.
    """

    __tablename__ = "officer_mobile"
    __table_args__ = (
        CheckConstraint("removed_at >= verified_at", name="removed_after_verified"),
        Index(
            "uq_officer_mobile_officer",
            "officer_id",
            unique=True,
            sqlite_where=_STILL_HELD,
            postgresql_where=_STILL_HELD,
        ),
        Index("uq_officer_mobile_number", "e164", unique=True, sqlite_where=_STILL_HELD, postgresql_where=_STILL_HELD),
        Index("ix_officer_mobile_officer", "officer_id", "verified_at"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    officer_id: Mapped[int] = mapped_column(ForeignKey("officer.id"))
    e164: Mapped[str]
    verified_at: Mapped[datetime]
    removed_at: Mapped[datetime | None]
    silent_since: Mapped[datetime | None]


class MobileCode(Base):
    """A code that was texted to a mobile to prove who holds it; only a keyed digest of it is kept."""

    __tablename__ = "mobile_code"
    __table_args__ = (
        Index("ix_mobile_code_officer", "officer_id", "sent_at"),
        Index("ix_mobile_code_block", "block", "sent_at"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    officer_id: Mapped[int] = mapped_column(ForeignKey("officer.id"))
    e164: Mapped[str]
    block: Mapped[str]
    code_digest: Mapped[str]
    sent_at: Mapped[datetime]
    tries: Mapped[int]
    used_at: Mapped[datetime | None]


class CalendarLink(Base):
    """The secret address of an officer's calendar; only its SHA-256 is kept."""

    __tablename__ = "rota_calendar"
    __table_args__ = (
        Index(
            "uq_rota_calendar_officer",
            "officer_id",
            unique=True,
            sqlite_where=_NOT_REVOKED,
            postgresql_where=_NOT_REVOKED,
        ),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    officer_id: Mapped[int] = mapped_column(ForeignKey("officer.id"))
    token_digest: Mapped[str] = mapped_column(unique=True)
    created_at: Mapped[datetime]
    revoked_at: Mapped[datetime | None]
