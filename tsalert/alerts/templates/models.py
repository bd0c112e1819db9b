"""Versions of the words that alerts begin with; every row stays as it was written."""

from datetime import datetime

from sqlalchemy import CheckConstraint, ForeignKey, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from tsalert.db import Base


class AlertTemplate(Base):
    """One version of a template; the latest of its name is the one in use, unless that withdraws it."""

    __tablename__ = "alert_template"
    __table_args__ = (
        UniqueConstraint("name", "version"),
        CheckConstraint("version > 0", name="version_counts_from_one"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str]
    version: Mapped[int]
    title: Mapped[str]
    topic: Mapped[str]
    headline: Mapped[str]
    body: Mapped[str]
    advice: Mapped[str]
    sms: Mapped[str]
    voice: Mapped[str]
    reason: Mapped[str]
    is_withdrawn: Mapped[bool]
    made_by: Mapped[int | None] = mapped_column(ForeignKey("officer.id"))
    made_at: Mapped[datetime]
