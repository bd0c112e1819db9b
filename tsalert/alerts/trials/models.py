"""That an officer sent an alert to themselves."""

from datetime import datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index
from sqlalchemy.orm import Mapped, mapped_column

from tsalert.db import Base


class AlertTrial(Base):
    """One test of an alert, to the officer who asked for it; never changed. A call is known again by its delivery."""

    __tablename__ = "alert_trial"
    __table_args__ = (
        CheckConstraint("channel IN ('email', 'sms', 'voice')", name="channel_known"),
        Index("ix_alert_trial_officer", "officer_id", "sent_at"),
        Index("ix_alert_trial_alert", "alert_id", "id"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    alert_id: Mapped[int] = mapped_column(ForeignKey("alert.id"))
    officer_id: Mapped[int] = mapped_column(ForeignKey("officer.id"))
    channel: Mapped[str]
    delivery_id: Mapped[int | None] = mapped_column(ForeignKey("delivery.id"), index=True)
    sent_at: Mapped[datetime]
