"""Concerns, what was recorded of each, and who was reminded. Every row stays as it was written."""

from datetime import datetime

from sqlalchemy import CheckConstraint, ForeignKey
from sqlalchemy.orm import Mapped, mapped_column

from tsalert.db import Base


class SafeguardingConcern(Base):
    """A concern as it was raised; a later view of it is a step or another concern."""

    __tablename__ = "safeguarding_concern"
    __table_args__ = (CheckConstraint("(incident_id IS NULL) <> (case_id IS NULL)", name="of_one_thing"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    case_id: Mapped[int | None] = mapped_column(ForeignKey("case_file.id"), index=True)
    incident_id: Mapped[int | None] = mapped_column(ForeignKey("incident.id"), index=True)
    person: Mapped[str]
    needs: Mapped[str]
    needs_words: Mapped[str | None]
    harm: Mapped[str]
    harm_words: Mapped[str | None]
    unable: Mapped[str]
    unable_words: Mapped[str | None]
    wishes: Mapped[str | None]
    consent: Mapped[str]
    consent_words: Mapped[str | None]
    raised_by: Mapped[int | None] = mapped_column(ForeignKey("officer.id"))
    raised_at: Mapped[datetime]


class SafeguardingStep(Base):
    """One thing that was decided or done about a concern, or that came of it."""

    __tablename__ = "safeguarding_step"
    __table_args__ = (
        CheckConstraint("act <> 'not_referred' OR words IS NOT NULL", name="not_referred_for_a_reason"),
        CheckConstraint("act <> 'sent' OR (who IS NOT NULL AND means IS NOT NULL)", name="sent_to_somebody"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    concern_id: Mapped[int] = mapped_column(ForeignKey("safeguarding_concern.id"), index=True)
    act: Mapped[str]
    occurred_at: Mapped[datetime]
    words: Mapped[str | None]
    override: Mapped[str | None]
    who: Mapped[str | None]
    means: Mapped[str | None]
    their_reference: Mapped[str | None]
    outcome: Mapped[str | None]
    recorded_by: Mapped[int | None] = mapped_column(ForeignKey("officer.id"))
    recorded_at: Mapped[datetime]


class SafeguardingReminder(Base):
    """That somebody was reminded of what is late about a concern, once."""

    __tablename__ = "safeguarding_reminder"

    concern_id: Mapped[int] = mapped_column(
        ForeignKey("safeguarding_concern.id"), primary_key=True, autoincrement=False
    )
    late: Mapped[str] = mapped_column(primary_key=True)
    told_at: Mapped[datetime]
