"""Case files, their money and log, which continue in which, who referred them, and what the consumer helpline sent."""

from datetime import date, datetime
from decimal import Decimal
from typing import Any

from sqlalchemy import JSON, CheckConstraint, ForeignKey, Index, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from tsalert.db import Base

_OPEN, _CURRENT, _CONTINUED = text("closed_at IS NULL"), text("undone_at IS NULL"), text("continued_in_id IS NOT NULL")


class CaseFile(Base):
    """An investigation or victim-support file; ``case`` alone is a word of SQL.

    ``continued_in_id`` is the case in which its matter stands now, at the end of every merge; it only follows from the
    merges, and is kept so that figures and lists need not walk along them.
    """

    __tablename__ = "case_file"
    __table_args__ = (
        CheckConstraint("(status = 'closed') = (closed_at IS NOT NULL)", name="closed_with_time"),
        Index("ix_case_file_category", "category", "opened_at"),
        # Lists and counts read this alone, whatever they are narrowed to.
        Index(
            "ix_case_file_listed",
            *("opened_at", "id", "status", "category", "kind", "channel", "source", "waiting_for", "officer_id"),
            *("ward_code", "continued_in_id"),
        ),
        # Of the few that continue elsewhere: a list of all others must not be read by it.
        Index("ix_case_file_continued", "continued_in_id", sqlite_where=_CONTINUED, postgresql_where=_CONTINUED),
        Index("ix_case_file_unclosed", "status", "opened_at", sqlite_where=_OPEN, postgresql_where=_OPEN),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    reference: Mapped[str] = mapped_column(unique=True)
    category: Mapped[str]
    channel: Mapped[str]
    kind: Mapped[str]
    opened_at: Mapped[datetime] = mapped_column(index=True)
    status: Mapped[str]
    waiting_for: Mapped[str | None]
    outcome: Mapped[str | None]
    impact: Mapped[str | None]
    source: Mapped[str]
    summary: Mapped[str]
    victim_name: Mapped[str | None]
    address: Mapped[str | None]
    postcode: Mapped[str | None]
    ward_code: Mapped[str | None] = mapped_column(ForeignKey("ward.code"))
    chosen_for_vulnerability: Mapped[bool]
    officer_id: Mapped[int | None] = mapped_column(ForeignKey("officer.id"))
    closed_at: Mapped[datetime | None]
    continued_in_id: Mapped[int | None] = mapped_column(ForeignKey("case_file.id"))


class CaseMerge(Base):
    """One decision that an earlier case is the same matter and continues in a later one; undone, never deleted."""

    __tablename__ = "case_merge"
    __table_args__ = (
        CheckConstraint("earlier_id <> later_id", name="two_cases"),
        CheckConstraint("(undone_at IS NULL) = (undo_reason IS NULL)", name="undone_for_a_reason"),
        Index("uq_case_merge_current", "earlier_id", unique=True, sqlite_where=_CURRENT, postgresql_where=_CURRENT),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    earlier_id: Mapped[int] = mapped_column(ForeignKey("case_file.id"))
    later_id: Mapped[int] = mapped_column(ForeignKey("case_file.id"), index=True)
    reason: Mapped[str]
    merged_by: Mapped[int | None] = mapped_column(ForeignKey("officer.id"))
    merged_at: Mapped[datetime]
    undone_by: Mapped[int | None] = mapped_column(ForeignKey("officer.id"))
    undone_at: Mapped[datetime | None]
    undo_reason: Mapped[str | None]


class CaseMergeRepeat(Base):
    """A money line of the earlier case that the later one records too, and that therefore counts there alone."""

    __tablename__ = "case_merge_repeat"

    line_id: Mapped[int] = mapped_column(ForeignKey("money_line.id"), primary_key=True, autoincrement=False)
    merge_id: Mapped[int] = mapped_column(ForeignKey("case_merge.id"), primary_key=True, autoincrement=False)


class CaseReferral(Base):
    """What a partner passed to us, with their own reference; a wrong one is taken back and stays."""

    __tablename__ = "case_referral"
    __table_args__ = (
        CheckConstraint("(taken_back_at IS NULL) = (take_back_reason IS NULL)", name="taken_back_for_a_reason"),
        Index("ix_case_referral_received", "received_on", "id"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    case_id: Mapped[int] = mapped_column(ForeignKey("case_file.id"), index=True)
    body: Mapped[str]
    body_name: Mapped[str | None]
    their_reference: Mapped[str | None]
    received_on: Mapped[date]
    is_banking_protocol: Mapped[bool]
    note: Mapped[str | None]
    recorded_by: Mapped[int | None] = mapped_column(ForeignKey("officer.id"))
    recorded_at: Mapped[datetime]
    taken_back_by: Mapped[int | None] = mapped_column(ForeignKey("officer.id"))
    taken_back_at: Mapped[datetime | None]
    take_back_reason: Mapped[str | None]


class SavedFilter(Base):
    """What an officer wants a list of cases narrowed to, under a name; without one it is their latest search in it."""

    __tablename__ = "case_filter"
    __table_args__ = (
        CheckConstraint("name IS NOT NULL OR NOT is_shared", name="shared_by_name"),
        UniqueConstraint("officer_id", "name"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    officer_id: Mapped[int] = mapped_column(ForeignKey("officer.id"))
    name: Mapped[str | None]
    is_shared: Mapped[bool]
    wanted: Mapped[dict[str, Any]] = mapped_column(JSON)
    changed_at: Mapped[datetime]


class CaseIncident(Base):
    """An incident that a case grew out of; no incident belongs to two cases."""

    __tablename__ = "case_incident"

    incident_id: Mapped[int] = mapped_column(ForeignKey("incident.id"), primary_key=True, autoincrement=False)
    case_id: Mapped[int] = mapped_column(ForeignKey("case_file.id"), index=True)
    linked_at: Mapped[datetime]


class MoneyLine(Base):
    """One sum of a case. Never changed: a correction is a later line that supersedes it.

    ``visit`` numbers the trader's visits to the victim, 1 for the first; None where the money moved otherwise.
    """

    __tablename__ = "money_line"
    __table_args__ = (
        CheckConstraint("amount >= 0", name="amount_not_negative"),
        CheckConstraint("visit > 0", name="visit_counts_from_one"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    case_id: Mapped[int] = mapped_column(ForeignKey("case_file.id"), index=True)
    kind: Mapped[str]
    amount: Mapped[Decimal]
    method: Mapped[str | None]
    on_date: Mapped[date | None]
    evidence: Mapped[str]
    certainty: Mapped[str]
    note: Mapped[str | None]
    visit: Mapped[int | None]
    supersedes_id: Mapped[int | None] = mapped_column(ForeignKey("money_line.id"), unique=True)
    recorded_by: Mapped[int | None] = mapped_column(ForeignKey("officer.id"))
    recorded_at: Mapped[datetime]


class CaseNote(Base):
    """One entry of a case's log: append-only, marked as what it is; a later one supersedes it for a reason."""

    __tablename__ = "case_note"
    __table_args__ = (
        CheckConstraint("(supersedes_id IS NULL) = (reason IS NULL)", name="superseded_for_a_reason"),
        Index("uq_case_note_supersedes_id", "supersedes_id", unique=True),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    case_id: Mapped[int] = mapped_column(ForeignKey("case_file.id"), index=True)
    kind: Mapped[str]
    text: Mapped[str]
    occurred_at: Mapped[datetime]
    supersedes_id: Mapped[int | None] = mapped_column(ForeignKey("case_note.id"))
    reason: Mapped[str | None]
    recorded_by: Mapped[int | None] = mapped_column(ForeignKey("officer.id"))
    recorded_at: Mapped[datetime]


class HelplineContact(Base):
    """One complaint that the Citizens Advice consumer service passed to us or told us of."""

    __tablename__ = "helpline_contact"
    __table_args__ = (CheckConstraint("loss >= 0", name="loss_not_negative"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    reference: Mapped[str] = mapped_column(unique=True)
    received_on: Mapped[date] = mapped_column(index=True)
    kind: Mapped[str]
    category: Mapped[str]
    scam_kind: Mapped[str | None]
    loss: Mapped[Decimal | None]
    case_id: Mapped[int | None] = mapped_column(ForeignKey("case_file.id"))
    imported_at: Mapped[datetime]
