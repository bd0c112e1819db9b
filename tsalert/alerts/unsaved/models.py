"""Forms of alerts that somebody began and did not save."""

from datetime import datetime

from sqlalchemy import JSON, ForeignKey, Index
from sqlalchemy.orm import Mapped, mapped_column

from tsalert.db import Base


class AlertUnsaved(Base):
    """What one officer typed into one form, as they typed it; it goes when the form is saved.

    ``alert_id`` is the alert that it changes, ``original_id`` the one that it follows up; neither for a new one.
    """

    __tablename__ = "alert_unsaved"
    __table_args__ = (Index("ix_alert_unsaved_officer", "officer_id", "saved_at"),)

    key: Mapped[str] = mapped_column(primary_key=True)
    officer_id: Mapped[int] = mapped_column(ForeignKey("officer.id"))
    alert_id: Mapped[int | None] = mapped_column(ForeignKey("alert.id"))
    original_id: Mapped[int | None] = mapped_column(ForeignKey("alert.id"))
    fields: Mapped[dict[str, list[str]]] = mapped_column(JSON)
    saved_at: Mapped[datetime]
