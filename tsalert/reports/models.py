"""Versions of indicators, and partners' figures: both only ever added to."""

from datetime import date, datetime
from decimal import Decimal

from sqlalchemy import BigInteger, CheckConstraint, ForeignKey, Index, text
from sqlalchemy.orm import Mapped, mapped_column

from tsalert.db import Base, ExactDecimal

_FIRST = text("supersedes_id IS NULL")


class IndicatorVersion(Base):
    """What a board decided of one indicator, for periods that end on ``holds_from`` or later. Append-only.

    Of several that begin on the same day the newest holds. ``tolerance`` is in percent.
    """

    __tablename__ = "indicator_version"
    __table_args__ = (CheckConstraint("rule <> 'target' OR target IS NOT NULL", name="target_told"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str]
    label: Mapped[str]
    definition: Mapped[str]
    polarity: Mapped[str]
    rule: Mapped[str]
    target: Mapped[Decimal | None] = mapped_column(ExactDecimal)
    tolerance: Mapped[Decimal] = mapped_column(ExactDecimal)
    audience: Mapped[str]
    holds_from: Mapped[date]
    reason: Mapped[str]
    set_by: Mapped[int | None] = mapped_column(ForeignKey("officer.id"))
    set_at: Mapped[datetime]


class PartnerFigure(Base):
    """One count that a partner gave us of its own work. Append-only: a correction supersedes it, with a reason.

    ``printed_percent`` is the change that stood printed beside the count, kept to be shown and never used.
    """

    __tablename__ = "partner_figure"
    __table_args__ = (
        CheckConstraint("number >= 0", name="number_not_negative"),
        CheckConstraint("last_day >= first_day", name="days_in_order"),
        CheckConstraint("(supersedes_id IS NULL) = (reason IS NULL)", name="corrected_with_reason"),
        Index(
            "uq_partner_figure_first", "partner", "category", "first_day", "last_day", unique=True,
            sqlite_where=_FIRST, postgresql_where=_FIRST,
        ),
    )  # fmt: skip

    id: Mapped[int] = mapped_column(primary_key=True)
    partner: Mapped[str]
    category: Mapped[str]
    first_day: Mapped[date]
    last_day: Mapped[date]
    number: Mapped[int] = mapped_column(BigInteger)
    printed_percent: Mapped[int | None]
    source: Mapped[str | None]
    supersedes_id: Mapped[int | None] = mapped_column(ForeignKey("partner_figure.id"), unique=True)
    reason: Mapped[str | None]
    entered_by: Mapped[int | None] = mapped_column(ForeignKey("officer.id"))
    entered_at: Mapped[datetime]
