"""Units fitted in homes, the checks on them, and the households that transactions take turns at."""

from datetime import date, datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index, text
from sqlalchemy.orm import Mapped, mapped_column

from tsalert.db import Base


class Household(Base):
    """A household that somebody counts for; locking its row makes those who do so take turns."""

    __tablename__ = "household"

    key: Mapped[str] = mapped_column(primary_key=True)


class InstalledUnit(Base):
    """One unit in one home, from its installation to its end. What was written down is never changed but by its end.

    ``intervention_reference`` names every version of the intervention that installed it, so it is no foreign key.
    ``household_key`` and ``term_ends_on`` (null without an approved term) follow that intervention and the rates.
    """

    __tablename__ = "installed_unit"
    __table_args__ = (
        CheckConstraint("ended_on >= installed_on", name="ended_after_installed"),
        CheckConstraint(
            "(ended_on IS NULL) = (ended_how IS NULL) AND (ended_on IS NULL) = (ended_at IS NULL)", name="ended_whole"
        ),
        Index(
            "uq_installed_unit_serial", "kind", "serial", unique=True, sqlite_where=text("ended_on IS NULL"),
            postgresql_where=text("ended_on IS NULL"),
        ),
        Index("ix_installed_unit_first_day", "kind", "installed_on", "term_ends_on"),
        Index("ix_installed_unit_counted", "kind", "ended_on", "ended_how", "installed_on"),
    )  # fmt: skip

    id: Mapped[int] = mapped_column(primary_key=True)
    kind: Mapped[str]
    serial: Mapped[str]
    household_key: Mapped[str | None] = mapped_column(index=True)
    installed_on: Mapped[date]
    intervention_reference: Mapped[str] = mapped_column(index=True)
    term_ends_on: Mapped[date | None]
    recorded_by: Mapped[int | None] = mapped_column(ForeignKey("officer.id"))
    recorded_at: Mapped[datetime]
    ended_on: Mapped[date | None] = mapped_column(index=True)
    ended_how: Mapped[str | None]
    end_reason: Mapped[str | None]
    ended_by: Mapped[int | None] = mapped_column(ForeignKey("officer.id"))
    ended_at: Mapped[datetime | None]


class UsageCheck(Base):
    """What somebody found who looked whether a unit is in use. Append-only."""

    __tablename__ = "usage_check"

    id: Mapped[int] = mapped_column(primary_key=True)
    unit_id: Mapped[int] = mapped_column(ForeignKey("installed_unit.id"), index=True)
    on_date: Mapped[date]
    is_in_use: Mapped[bool]
    who: Mapped[str]
    note: Mapped[str | None]
    recorded_by: Mapped[int | None] = mapped_column(ForeignKey("officer.id"))
    recorded_at: Mapped[datetime]
