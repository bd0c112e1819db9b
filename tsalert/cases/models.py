"""Case files, the money of each, what was written down, and what the consumer helpline sent us."""

from datetime import date, datetime
from decimal import Decimal

from sqlalchemy import CheckConstraint, ForeignKey, Index
from sqlalchemy.orm import Mapped, mapped_column

from tsalert.db import Base


class CaseFile(Base):
    """An investigation or victim-support file; ``case`` alone is a word of SQL."""

    __tablename__ = "case_file"
    __table_args__ = (
        CheckConstraint("(status = 'closed') = (closed_at IS NOT NULL)", name="closed_with_time"),
        Index("ix_case_file_category", "category", "opened_at"),
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
