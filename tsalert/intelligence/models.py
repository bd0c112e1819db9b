"""Notes of intelligence, what they are about, how they were reviewed and with whom they were shared."""

from datetime import date, datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index
from sqlalchemy.orm import Mapped, mapped_column

from tsalert.db import Base


class IntelligenceNote(Base):
    """One note as it was graded and written; never changed, only superseded for a reason."""

    __tablename__ = "intelligence_note"
    __table_args__ = (
        CheckConstraint("(handling = 'C') = (conditions IS NOT NULL)", name="conditions"),
        CheckConstraint("(supersedes_id IS NULL) = (reason IS NULL)", name="superseded_for_a_reason"),
        CheckConstraint("source IN ('1', '2', '3')", name="source_is_known"),
        CheckConstraint("assessment IN ('A', 'B', 'C', 'D', 'E')", name="assessment_is_known"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    source: Mapped[str]
    assessment: Mapped[str]
    handling: Mapped[str]
    conditions: Mapped[str | None]
    text: Mapped[str]
    provenance: Mapped[str]
    information_on: Mapped[date]
    review_on: Mapped[date]
    expires_on: Mapped[date | None]
    is_restricted: Mapped[bool]
    supersedes_id: Mapped[int | None] = mapped_column(ForeignKey("intelligence_note.id"), unique=True)
    reason: Mapped[str | None]
    written_by: Mapped[int | None] = mapped_column(ForeignKey("officer.id"))
    written_at: Mapped[datetime]


class IntelligenceAbout(Base):
    """One party, vehicle, number or website that a note is about, as written and as compared."""

    __tablename__ = "intelligence_about"
    __table_args__ = (
        CheckConstraint("(kind = 'party') = (party_id IS NOT NULL)", name="party_of_its_kind"),
        Index("ix_intelligence_about_normal", "normal", "kind"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    note_id: Mapped[int] = mapped_column(ForeignKey("intelligence_note.id"), index=True)
    kind: Mapped[str]
    party_id: Mapped[int | None] = mapped_column(ForeignKey("party.id"), index=True)
    raw: Mapped[str]
    normal: Mapped[str]


class IntelligenceReview(Base):
    """That somebody looked at a note again, and until when it stands."""

    __tablename__ = "intelligence_review"

    id: Mapped[int] = mapped_column(primary_key=True)
    note_id: Mapped[int] = mapped_column(ForeignKey("intelligence_note.id"), index=True)
    review_on: Mapped[date]
    words: Mapped[str]
    reviewed_by: Mapped[int | None] = mapped_column(ForeignKey("officer.id"))
    reviewed_at: Mapped[datetime]


class IntelligenceSharing(Base):
    """That a note was shared with somebody outside, and what for."""

    __tablename__ = "intelligence_sharing"

    id: Mapped[int] = mapped_column(primary_key=True)
    note_id: Mapped[int] = mapped_column(ForeignKey("intelligence_note.id"), index=True)
    to_whom: Mapped[str]
    purpose: Mapped[str]
    shared_on: Mapped[date]
    recorded_by: Mapped[int | None] = mapped_column(ForeignKey("officer.id"))
    recorded_at: Mapped[datetime]


class ReviewReminder(Base):
    """That somebody was written to about a review that is due; once for each day on which one was set."""

    __tablename__ = "review_reminder"

    record: Mapped[str] = mapped_column(primary_key=True)
    record_id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    review_on: Mapped[date] = mapped_column(primary_key=True)
    told_at: Mapped[datetime]
