"""Grants, restrictions and openings: facts that are ended and never changed."""

from datetime import datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index, text
from sqlalchemy.orm import Mapped, mapped_column

from tsalert.db import Base

_STANDS = text("lifted_at IS NULL")
_ON_THE_CASE = text("origin = 'on the case' AND ended_at IS NULL")


class AccessGrant(Base):
    """What lets one officer see one record. It ends at ``ended_at`` or ``expires_at``, whichever comes first.

    ``ended_by`` is None where it ran out by itself. Only being on the case has no end of its own.
    """

    __tablename__ = "access_grant"
    __table_args__ = (
        CheckConstraint("tier IN (3, 4)", name="tier_needs_a_grant"),
        CheckConstraint("(origin = 'on the case') = (expires_at IS NULL)", name="expires_unless_on_the_case"),
        CheckConstraint("origin <> 'on the case' OR tier = 3", name="on_the_case_opens_nothing_restricted"),
        CheckConstraint("expires_at > granted_at", name="expires_after_given"),
        CheckConstraint("ended_at >= granted_at", name="ended_after_given"),
        CheckConstraint("ended_by IS NULL OR ended_at IS NOT NULL", name="ended_with_time"),
        Index("ix_access_grant_record", "subject", "subject_id", "officer_id"),
        Index("ix_access_grant_officer_id", "officer_id", "expires_at"),
        Index(
            "uq_access_grant_on_the_case",
            "subject",
            "subject_id",
            "officer_id",
            unique=True,
            sqlite_where=_ON_THE_CASE,
            postgresql_where=_ON_THE_CASE,
        ),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    officer_id: Mapped[int] = mapped_column(ForeignKey("officer.id"))
    subject: Mapped[str]
    subject_id: Mapped[int]
    tier: Mapped[int]
    origin: Mapped[str]
    reason: Mapped[str | None]
    granted_by: Mapped[int | None] = mapped_column(ForeignKey("officer.id"))
    granted_at: Mapped[datetime]
    expires_at: Mapped[datetime | None]
    ended_at: Mapped[datetime | None]
    ended_by: Mapped[int | None] = mapped_column(ForeignKey("officer.id"))


class Restriction(Base):
    """A record that is kept from all who hold no grant on its root, the record for whose sake it is restricted."""

    __tablename__ = "restriction"
    __table_args__ = (
        CheckConstraint("(lifted_at IS NULL) = (lift_reason IS NULL)", name="lifted_for_a_reason"),
        CheckConstraint("lifted_by IS NULL OR lifted_at IS NOT NULL", name="lifted_with_time"),
        CheckConstraint("lifted_at >= restricted_at", name="lifted_after_restricted"),
        Index(
            "uq_restriction_standing",
            "subject",
            "subject_id",
            "root_subject",
            "root_id",
            unique=True,
            sqlite_where=_STANDS,
            postgresql_where=_STANDS,
        ),
        Index("ix_restriction_root", "root_subject", "root_id"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    subject: Mapped[str]
    subject_id: Mapped[int]
    root_subject: Mapped[str]
    root_id: Mapped[int]
    reason: Mapped[str]
    restricted_by: Mapped[int | None] = mapped_column(ForeignKey("officer.id"))
    restricted_at: Mapped[datetime]
    lifted_by: Mapped[int | None] = mapped_column(ForeignKey("officer.id"))
    lifted_at: Mapped[datetime | None]
    lift_reason: Mapped[str | None]


class Opening(Base):
    """One opening of a restricted root and all beneath it, for a reason, until a time.

    ``closed_at`` is when the program noted that it was over.
    """

    __tablename__ = "opening"
    __table_args__ = (
        CheckConstraint("until > at", name="until_after_opened"),
        CheckConstraint("closed_at >= at", name="closed_after_opened"),
        Index("ix_opening_officer_id", "officer_id", "root_subject", "root_id", "until"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    officer_id: Mapped[int] = mapped_column(ForeignKey("officer.id"))
    root_subject: Mapped[str]
    root_id: Mapped[int]
    reason: Mapped[str]
    at: Mapped[datetime]
    until: Mapped[datetime]
    closed_at: Mapped[datetime | None]
