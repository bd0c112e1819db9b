"""What the timetable has done, and which managers do without the monthly summary."""

from datetime import date, datetime

from sqlalchemy import CheckConstraint, ForeignKey
from sqlalchemy.orm import Mapped, mapped_column

from tsalert.db import Base


class BoardReminder(Base):
    """That something came, once; the database refuses to change or delete it.

    ``first_day`` is that of the quarter or month it told of, ``about_on`` the meeting that it reminded of, else the
    same day. To no recipients went what had nothing to say.
    """

    __tablename__ = "board_reminder"
    __table_args__ = (CheckConstraint("recipients >= 0", name="recipients_counted"),)

    kind: Mapped[str] = mapped_column(primary_key=True)
    first_day: Mapped[date] = mapped_column(primary_key=True)
    about_on: Mapped[date] = mapped_column(primary_key=True)
    recipients: Mapped[int]
    sent_at: Mapped[datetime]


class SummaryLeave(Base):
    """That a manager does without the monthly summary, until the row goes."""

    __tablename__ = "summary_leave"

    officer_id: Mapped[int] = mapped_column(ForeignKey("officer.id"), primary_key=True, autoincrement=False)
    left_at: Mapped[datetime]
