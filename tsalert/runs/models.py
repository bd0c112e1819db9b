"""Calculation runs: what was asked, what came out, and who stands behind it."""

from datetime import date, datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index, text
from sqlalchemy.orm import Mapped, mapped_column

from tsalert.db import Base


class CalculationRun(Base):
    """One working out of a period's figures from what stood at an instant.

    What it says never changes, which the database itself refuses; only its state goes forward. Its lines are not
    kept: they are worked out again, and the digests prove that they are the same. ``rate_sets`` and ``totals`` are
    canonical JSON.
    """

    __tablename__ = "calculation_run"
    __table_args__ = (
        CheckConstraint("state IN ('draft', 'signed', 'published', 'superseded')", name="state_known"),
        CheckConstraint("as_of <= made_at", name="as_of_not_later"),
        CheckConstraint("signed_by <> made_by", name="signed_by_another"),
        CheckConstraint("(state = 'draft') = (signed_at IS NULL)", name="signed_has_time"),
        CheckConstraint("(state IN ('draft', 'signed')) = (published_at IS NULL)", name="published_has_time"),
        CheckConstraint(
            "(state = 'superseded') = "
            "(superseded_at IS NOT NULL AND superseded_by_id IS NOT NULL AND reason IS NOT NULL)",
            name="superseded_has_reason",
        ),
        CheckConstraint("superseded_by_id > id", name="superseded_by_newer"),
        Index(
            "uq_calculation_run_published",
            "profile", "basis", "recognition", "first_day", "last_day",
            unique=True, sqlite_where=text("state = 'published'"), postgresql_where=text("state = 'published'"),
        ),
    )  # fmt: skip

    id: Mapped[int] = mapped_column(primary_key=True)
    profile: Mapped[str]
    basis: Mapped[str]
    recognition: Mapped[str]
    period: Mapped[str]
    first_day: Mapped[date]
    last_day: Mapped[date]
    as_of: Mapped[datetime]
    form: Mapped[int]
    rate_sets: Mapped[str]
    records: Mapped[int]
    lines: Mapped[int]
    digest_of_inputs: Mapped[str]
    digest_of_results: Mapped[str]
    totals: Mapped[str]
    note: Mapped[str | None]
    state: Mapped[str]
    made_by: Mapped[int | None] = mapped_column(ForeignKey("officer.id"))
    made_at: Mapped[datetime]
    signed_by: Mapped[int | None] = mapped_column(ForeignKey("officer.id"))
    signed_at: Mapped[datetime | None]
    published_by: Mapped[int | None] = mapped_column(ForeignKey("officer.id"))
    published_at: Mapped[datetime | None]
    superseded_by_id: Mapped[int | None] = mapped_column(ForeignKey("calculation_run.id"))
    superseded_at: Mapped[datetime | None]
    reason: Mapped[str | None]
