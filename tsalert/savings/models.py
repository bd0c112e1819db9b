"""Rate sets, their rates, and interventions with every version of each."""

from datetime import date, datetime
from decimal import Decimal
from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey, Index, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from tsalert.db import Base, BigId, ExactDecimal

_COUNTED: dict[str, Any] = {
    "sqlite_where": text("is_current = 1 AND is_withdrawn = 0"),
    "postgresql_where": text("is_current AND NOT is_withdrawn"),
}
_OF_A_LINE: dict[str, Any] = {
    "sqlite_where": text("is_current = 1 AND is_withdrawn = 0 AND money_line_id IS NOT NULL"),
    "postgresql_where": text("is_current AND NOT is_withdrawn AND money_line_id IS NOT NULL"),
}
_TO_VERIFY: dict[str, Any] = {
    "sqlite_where": text("is_current = 1 AND is_withdrawn = 0 AND needs_verifying = 1 AND verified_at IS NULL"),
    "postgresql_where": text("is_current AND NOT is_withdrawn AND needs_verifying AND verified_at IS NULL"),
}
_CLASSES_WITH_MONEY = " + ".join(
    f"CASE WHEN {name} = 0 THEN 0 ELSE 1 END" for name in ("prevented", "recovered", "future", "memo")
)
# SQLite keeps exact numbers as text, which it would put after every number.
_IS_A_PART = "CAST(share AS NUMERIC) > 0 AND CAST(share AS NUMERIC) <= 1"


class RateSet(Base):
    """Rates that hold together for a span of intervention dates.

    Once approved neither it nor its rates are ever changed, which the database itself refuses; it is only superseded:
    from ``superseded_from`` on another set applies.
    """

    __tablename__ = "rate_set"
    __table_args__ = (
        CheckConstraint("effective_to >= effective_from", name="ends_after_start"),
        CheckConstraint("(superseded_from IS NULL) = (superseded_at IS NULL)", name="superseded_has_time"),
        CheckConstraint("approved_by <> written_by", name="approved_by_another"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    slug: Mapped[str] = mapped_column(unique=True)
    title: Mapped[str]
    basis: Mapped[str]
    status: Mapped[str]
    effective_from: Mapped[date]
    effective_to: Mapped[date | None]
    price_year: Mapped[str | None]
    source: Mapped[str]
    evidence_note: Mapped[str]
    written_by: Mapped[int | None] = mapped_column(ForeignKey("officer.id"))
    written_at: Mapped[datetime | None]
    approved_by: Mapped[int | None] = mapped_column(ForeignKey("officer.id"))
    approved_at: Mapped[datetime | None]
    supersedes_id: Mapped[int | None] = mapped_column(ForeignKey("rate_set.id"))
    superseded_from: Mapped[date | None]
    superseded_at: Mapped[datetime | None]


class RateRow(Base):
    """One rate of a set; ``value`` is pounds or a share, to any number of digits."""

    __tablename__ = "rate"
    __table_args__ = (UniqueConstraint("rate_set_id", "intervention_type", "component"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    rate_set_id: Mapped[int] = mapped_column(ForeignKey("rate_set.id"))
    intervention_type: Mapped[str]
    component: Mapped[str]
    kind: Mapped[str]
    value: Mapped[Decimal] = mapped_column(ExactDecimal)
    low: Mapped[Decimal | None] = mapped_column(ExactDecimal)
    high: Mapped[Decimal | None] = mapped_column(ExactDecimal)
    unit: Mapped[str]
    term_years: Mapped[int | None]
    term_low: Mapped[int | None]
    term_high: Mapped[int | None]
    discount_rate: Mapped[Decimal | None] = mapped_column(ExactDecimal)
    deadweight: Mapped[Decimal | None] = mapped_column(ExactDecimal)
    repeat_risk: Mapped[Decimal | None] = mapped_column(ExactDecimal)
    evidence_grade: Mapped[str]
    evidence_note: Mapped[str | None]


class Intervention(Base):
    """One version of one intervention. Only the current version counts; none is edited in place.

    The indexes carry what a period's sums read, so that they never visit the records themselves.
    """

    __tablename__ = "intervention"
    __table_args__ = (
        UniqueConstraint("reference", "version"),
        CheckConstraint("units >= 0 AND refreshers >= 0 AND units + refreshers > 0", name="units_positive"),
        CheckConstraint(
            "prevented >= 0 AND recovered >= 0 AND future >= 0 AND memo >= 0", name="money_not_negative"
        ),
        CheckConstraint(f"{_CLASSES_WITH_MONEY} <= 1", name="money_in_one_class"),
        CheckConstraint(_IS_A_PART, name="share_is_a_part"),
        CheckConstraint("counted_units >= 0 AND counted_units <= units", name="counted_units_of_units"),
        CheckConstraint("overlaps_id <> id", name="overlaps_another"),
        CheckConstraint("NOT (is_current AND superseded_at IS NOT NULL)", name="current_not_superseded"),
        CheckConstraint("verified_by <> recorded_by", name="verified_by_another"),
        Index(
            "uq_intervention_current", "reference", unique=True, sqlite_where=text("is_current = 1"),
            postgresql_where=text("is_current"),
        ),
        Index("uq_intervention_money_line", "money_line_id", unique=True, **_OF_A_LINE),
        Index("ix_intervention_to_verify", "on_date", "id", **_TO_VERIFY),
        Index(
            "ix_intervention_counted",
            "on_date", "type", "beneficiary", "share", "counted_units", "overlaps_id", "units", "prevented",
            "recovered", "future", "memo", "ward_code", "id", **_COUNTED,
        ),
    )  # fmt: skip

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    reference: Mapped[str]
    version: Mapped[int]
    is_current: Mapped[bool]
    is_withdrawn: Mapped[bool]
    superseded_at: Mapped[datetime | None]
    type: Mapped[str]
    on_date: Mapped[date]
    case_id: Mapped[int | None] = mapped_column(ForeignKey("case_file.id"), index=True)
    incident_id: Mapped[int | None] = mapped_column(ForeignKey("incident.id"), index=True)
    household_key: Mapped[str | None] = mapped_column(index=True)
    units: Mapped[int]
    refreshers: Mapped[int] = mapped_column(default=0, server_default="0")
    prevented: Mapped[Decimal]
    recovered: Mapped[Decimal]
    future: Mapped[Decimal]
    memo: Mapped[Decimal] = mapped_column(default=Decimal(0), server_default="0")
    outcome: Mapped[str | None]
    share: Mapped[Decimal] = mapped_column(ExactDecimal, default=Decimal(1), server_default="1")
    money_line_id: Mapped[int | None] = mapped_column(ForeignKey("money_line.id"))
    other_money: Mapped[str | None]
    evidence: Mapped[str | None]
    is_rapid_response: Mapped[bool]
    beneficiary: Mapped[str]
    ward_code: Mapped[str | None] = mapped_column(ForeignKey("ward.code"))
    note: Mapped[str | None]
    reason: Mapped[str | None]
    recorded_by: Mapped[int | None] = mapped_column(ForeignKey("officer.id"))
    recorded_at: Mapped[datetime]
    verified_by: Mapped[int | None] = mapped_column(ForeignKey("officer.id"))
    verified_at: Mapped[datetime | None]
    needs_verifying: Mapped[bool]
    counted_units: Mapped[int]
    not_counted_reason: Mapped[str | None]
    overlaps_id: Mapped[int | None] = mapped_column(ForeignKey("intervention.id"), index=True)


class InterventionShare(Base):
    """A partner's part in what one version of an intervention records."""

    __tablename__ = "intervention_share"
    __table_args__ = (CheckConstraint(_IS_A_PART, name="share_is_a_part"),)

    intervention_id: Mapped[int] = mapped_column(ForeignKey("intervention.id"), primary_key=True)
    partner: Mapped[str] = mapped_column(primary_key=True)
    share: Mapped[Decimal] = mapped_column(ExactDecimal)


class VerificationLimit(Base):
    """Above which amount a record needs a second officer; the newest row holds for records made after it."""

    __tablename__ = "verification_limit"
    __table_args__ = (CheckConstraint("above >= 0", name="above_not_negative"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    above: Mapped[Decimal]
    reason: Mapped[str]
    set_by: Mapped[int | None] = mapped_column(ForeignKey("officer.id"))
    set_at: Mapped[datetime]
