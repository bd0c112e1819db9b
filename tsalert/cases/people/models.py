"""Roles of parties in cases, assessments of how vulnerable they are, and their wishes."""

from datetime import date, datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index, text
from sqlalchemy.orm import Mapped, mapped_column

from tsalert.db import Base

_CURRENT = text("ended_at IS NULL")


class CaseParty(Base):
    """One role of a party in a case; it ends, and is never changed or deleted."""

    __tablename__ = "case_party"
    __table_args__ = (
        CheckConstraint("(ended_at IS NULL) = (end_reason IS NULL)", name="end_has_reason"),
        CheckConstraint("(ended_at IS NULL) = (ended_on IS NULL)", name="end_has_day"),
        Index(
            "uq_case_party_current",
            "case_id",
            "party_id",
            "role",
            unique=True,
            sqlite_where=_CURRENT,
            postgresql_where=_CURRENT,
        ),
        Index("ix_case_party_party_id", "party_id", "role"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    case_id: Mapped[int] = mapped_column(ForeignKey("case_file.id"), index=True)
    party_id: Mapped[int] = mapped_column(ForeignKey("party.id"))
    role: Mapped[str]
    since: Mapped[date]
    source: Mapped[str]
    told_by: Mapped[int | None] = mapped_column(ForeignKey("officer.id"))
    told_at: Mapped[datetime]
    ended_on: Mapped[date | None]
    end_reason: Mapped[str | None]
    ended_by: Mapped[int | None] = mapped_column(ForeignKey("officer.id"))
    ended_at: Mapped[datetime | None]


class VulnerabilityAssessment(Base):
    """How vulnerable a person of a case was found once; a later one takes its place, and neither changes.

    ``factors`` are words of the list between spaces; none where nothing was apparent.
    """

    __tablename__ = "vulnerability_assessment"
    __table_args__ = (
        CheckConstraint("(finding = 'vulnerable') = (factors <> '')", name="factors_where_vulnerable"),
        CheckConstraint("consent = 'given' OR consent_reason IS NOT NULL", name="reason_without_consent"),
        Index("ix_vulnerability_assessment_party_id", "party_id"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    case_id: Mapped[int] = mapped_column(ForeignKey("case_file.id"), index=True)
    party_id: Mapped[int] = mapped_column(ForeignKey("party.id"))
    finding: Mapped[str]
    factors: Mapped[str]
    words: Mapped[str | None]
    consent: Mapped[str]
    consent_reason: Mapped[str | None]
    source: Mapped[str]
    assessed_at: Mapped[datetime]
    recorded_by: Mapped[int | None] = mapped_column(ForeignKey("officer.id"))
    recorded_at: Mapped[datetime]


class PersonWishes(Base):
    """What a person of a case wished once; later wishes take their place, and neither change."""

    __tablename__ = "person_wishes"
    __table_args__ = (Index("ix_person_wishes_party_id", "party_id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    case_id: Mapped[int] = mapped_column(ForeignKey("case_file.id"), index=True)
    party_id: Mapped[int] = mapped_column(ForeignKey("party.id"))
    contact: Mapped[str | None]
    contact_when: Mapped[str | None]
    through: Mapped[str | None]
    not_at_home: Mapped[bool]
    wants_prosecution: Mapped[str]
    may_be_named: Mapped[str]
    words: Mapped[str | None]
    told_at: Mapped[datetime]
    recorded_by: Mapped[int | None] = mapped_column(ForeignKey("officer.id"))
    recorded_at: Mapped[datetime]
