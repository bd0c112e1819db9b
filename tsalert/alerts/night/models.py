"""Why an urgent alert rings and texts people at night."""

from datetime import datetime

from sqlalchemy import ForeignKey
from sqlalchemy.orm import Mapped, mapped_column

from tsalert.db import Base


class NightReason(Base):
    """Why an alert, as its digest stands for it, cannot wait until the morning; said by who approves it."""

    __tablename__ = "night_reason"

    alert_id: Mapped[int] = mapped_column(ForeignKey("alert.id"), primary_key=True)
    digest: Mapped[str] = mapped_column(primary_key=True)
    given_by: Mapped[int] = mapped_column(ForeignKey("officer.id"))
    given_at: Mapped[datetime]
    reason: Mapped[str]
