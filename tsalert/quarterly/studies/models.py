"""Case studies, every version of their words, what was said of findings, and who signed which words."""

from datetime import date, datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from tsalert.db import Base

_STANDS = text("withdrawn_at IS NULL")


class CaseStudy(Base):
    """A study of one case for one quarter's report; ``place`` is where it stands there, None once it is withdrawn."""

    __tablename__ = "case_study"
    __table_args__ = (
        CheckConstraint("place BETWEEN 1 AND 3", name="three_at_most"),
        CheckConstraint("(withdrawn_at IS NULL) = (withdraw_reason IS NULL)", name="withdrawn_with_reason"),
        CheckConstraint("withdrawn_at IS NULL OR place IS NULL", name="withdrawn_has_no_place"),
        Index("uq_case_study_place", "first_day", "place", unique=True, sqlite_where=_STANDS, postgresql_where=_STANDS),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    case_id: Mapped[int] = mapped_column(ForeignKey("case_file.id"), index=True)
    quarter: Mapped[str]
    first_day: Mapped[date]
    place: Mapped[int | None]
    begun_by: Mapped[int | None] = mapped_column(ForeignKey("officer.id"))
    begun_at: Mapped[datetime]
    withdrawn_by: Mapped[int | None] = mapped_column(ForeignKey("officer.id"))
    withdrawn_at: Mapped[datetime | None]
    withdraw_reason: Mapped[str | None]


class CaseStudyText(Base):
    """One version of a study's words; the latest counts, and none is changed.

    ``digest`` is what is signed. ``money_lines`` are the money lines of the case that its amounts are from, as numbers
    between spaces. ``edition_reason`` says why the study of a restricted case is told to the public.
    """

    __tablename__ = "case_study_text"
    __table_args__ = (
        UniqueConstraint("study_id", "version"),
        CheckConstraint("version > 0", name="version_counts_from_one"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    study_id: Mapped[int] = mapped_column(ForeignKey("case_study.id"))
    version: Mapped[int]
    title: Mapped[str]
    body: Mapped[str]
    age_band: Mapped[str]
    is_board_only: Mapped[bool]
    edition_reason: Mapped[str | None]
    money_lines: Mapped[str]
    digest: Mapped[str]
    saved_by: Mapped[int | None] = mapped_column(ForeignKey("officer.id"))
    saved_at: Mapped[datetime]


class CaseStudyReason(Base):
    """Why something that a check found stays in a study; the latest of the same finding counts."""

    __tablename__ = "case_study_reason"

    id: Mapped[int] = mapped_column(primary_key=True)
    study_id: Mapped[int] = mapped_column(ForeignKey("case_study.id"), index=True)
    finding: Mapped[str]
    found: Mapped[str]
    reason: Mapped[str]
    said_by: Mapped[int | None] = mapped_column(ForeignKey("officer.id"))
    said_at: Mapped[datetime]


class CaseStudySignature(Base):
    """That somebody answered for every line of the checklist, over the digest of the words that they saw."""

    __tablename__ = "case_study_signature"
    __table_args__ = (CheckConstraint("role IN ('author', 'second')", name="role_known"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    study_id: Mapped[int] = mapped_column(ForeignKey("case_study.id"), index=True)
    role: Mapped[str]
    digest: Mapped[str]
    items: Mapped[str]
    signed_by: Mapped[int] = mapped_column(ForeignKey("officer.id"))
    signed_at: Mapped[datetime]
