"""Offences, actions, cancellations, prosecutions and what courts decided. Every row stays as it was written."""

from datetime import date, datetime
from decimal import Decimal

from sqlalchemy import CheckConstraint, ForeignKey, Index, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from tsalert.db import Base


class CaseOffence(Base):
    """An offence that may have been committed; ``expires_on`` is the last day to prosecute its earliest conduct."""

    __tablename__ = "case_offence"
    __table_args__ = (CheckConstraint("conduct_to >= conduct_from", name="conduct_in_order"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    case_id: Mapped[int] = mapped_column(ForeignKey("case_file.id"), index=True)
    offence: Mapped[str]
    conduct_from: Mapped[date]
    conduct_to: Mapped[date]
    discovered_on: Mapped[date | None]
    expires_on: Mapped[date | None] = mapped_column(index=True)
    note: Mapped[str | None]
    recorded_by: Mapped[int | None] = mapped_column(ForeignKey("officer.id"))
    recorded_at: Mapped[datetime]


class EnforcementAction(Base):
    """One step against a trader outside the criminal courts."""

    __tablename__ = "enforcement_action"

    id: Mapped[int] = mapped_column(primary_key=True)
    case_id: Mapped[int] = mapped_column(ForeignKey("case_file.id"), index=True)
    kind: Mapped[str]
    on_date: Mapped[date]
    what: Mapped[str]
    trader: Mapped[str | None]
    binds_until: Mapped[date | None]
    recorded_by: Mapped[int | None] = mapped_column(ForeignKey("officer.id"))
    recorded_at: Mapped[datetime]


class Cancellation(Base):
    """A contract made at home or at a distance; its last day to cancel is worked out, never kept."""

    __tablename__ = "contract_cancellation"

    id: Mapped[int] = mapped_column(primary_key=True)
    case_id: Mapped[int] = mapped_column(ForeignKey("case_file.id"), index=True)
    what: Mapped[str]
    kind: Mapped[str]
    place: Mapped[str]
    made_on: Mapped[date]
    delivered_on: Mapped[date | None]
    notice_on: Mapped[date | None]
    exclusion: Mapped[str | None]
    cancelled_on: Mapped[date | None]
    recorded_by: Mapped[int | None] = mapped_column(ForeignKey("officer.id"))
    recorded_at: Mapped[datetime]


class Prosecution(Base):
    """Proceedings in one court, begun on one day."""

    __tablename__ = "prosecution"

    id: Mapped[int] = mapped_column(primary_key=True)
    case_id: Mapped[int] = mapped_column(ForeignKey("case_file.id"), index=True)
    court: Mapped[str]
    court_name: Mapped[str]
    begun_on: Mapped[date]
    court_reference: Mapped[str | None]
    recorded_by: Mapped[int | None] = mapped_column(ForeignKey("officer.id"))
    recorded_at: Mapped[datetime]


class Defendant(Base):
    """A party that is prosecuted."""

    __tablename__ = "defendant"
    __table_args__ = (UniqueConstraint("prosecution_id", "party_id"), Index("ix_defendant_party_id", "party_id"))

    id: Mapped[int] = mapped_column(primary_key=True)
    prosecution_id: Mapped[int] = mapped_column(ForeignKey("prosecution.id"))
    party_id: Mapped[int] = mapped_column(ForeignKey("party.id"))
    recorded_by: Mapped[int | None] = mapped_column(ForeignKey("officer.id"))
    recorded_at: Mapped[datetime]


class Charge(Base):
    """One offence with which one defendant is charged."""

    __tablename__ = "charge"
    __table_args__ = (UniqueConstraint("defendant_id", "offence_id"), Index("ix_charge_offence_id", "offence_id"))

    id: Mapped[int] = mapped_column(primary_key=True)
    defendant_id: Mapped[int] = mapped_column(ForeignKey("defendant.id"))
    offence_id: Mapped[int] = mapped_column(ForeignKey("case_offence.id"))


class Hearing(Base):
    """A day in court as it was listed."""

    __tablename__ = "hearing"

    id: Mapped[int] = mapped_column(primary_key=True)
    prosecution_id: Mapped[int] = mapped_column(ForeignKey("prosecution.id"), index=True)
    kind: Mapped[str]
    at: Mapped[datetime] = mapped_column(index=True)
    court: Mapped[str]
    court_name: Mapped[str]
    recorded_by: Mapped[int | None] = mapped_column(ForeignKey("officer.id"))
    recorded_at: Mapped[datetime]


class HearingResultRow(Base):
    """How a hearing ended; once."""

    __tablename__ = "hearing_result"

    hearing_id: Mapped[int] = mapped_column(ForeignKey("hearing.id"), primary_key=True, autoincrement=False)
    result: Mapped[str]
    note: Mapped[str | None]
    recorded_by: Mapped[int | None] = mapped_column(ForeignKey("officer.id"))
    recorded_at: Mapped[datetime]


class CourtDecision(Base):
    """What a defendant pleaded or a court decided; ``money_line_id`` is the case's line of compensation ordered."""

    __tablename__ = "court_decision"
    __table_args__ = (CheckConstraint("amount > 0", name="amount_above_nought"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    defendant_id: Mapped[int] = mapped_column(ForeignKey("defendant.id"), index=True)
    charge_id: Mapped[int | None] = mapped_column(ForeignKey("charge.id"))
    kind: Mapped[str]
    result: Mapped[str | None]
    months: Mapped[int | None]
    amount: Mapped[Decimal | None]
    on_date: Mapped[date]
    note: Mapped[str | None]
    money_line_id: Mapped[int | None] = mapped_column(ForeignKey("money_line.id"))
    recorded_by: Mapped[int | None] = mapped_column(ForeignKey("officer.id"))
    recorded_at: Mapped[datetime]


class CompensationPayment(Base):
    """A money line of the case by which compensation that was ordered reached the victim."""

    __tablename__ = "compensation_payment"

    money_line_id: Mapped[int] = mapped_column(ForeignKey("money_line.id"), primary_key=True, autoincrement=False)
    order_id: Mapped[int] = mapped_column(ForeignKey("court_decision.id"), index=True)


class TakenBack(Base):
    """That a record was wrong, and why; the record stays."""

    __tablename__ = "enforcement_taken_back"

    record: Mapped[str] = mapped_column(primary_key=True)
    record_id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    case_id: Mapped[int] = mapped_column(ForeignKey("case_file.id"), index=True)
    reason: Mapped[str]
    recorded_by: Mapped[int | None] = mapped_column(ForeignKey("officer.id"))
    recorded_at: Mapped[datetime]


class DeadlineReminder(Base):
    """That the case officer was written to about a deadline; once for each number of days ahead."""

    __tablename__ = "deadline_reminder"

    offence_id: Mapped[int] = mapped_column(ForeignKey("case_offence.id"), primary_key=True, autoincrement=False)
    days_ahead: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    told_at: Mapped[datetime]
