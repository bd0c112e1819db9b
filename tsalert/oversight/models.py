"""Who looked at what is odd, which weeks the managers were told of, and officers' own postcodes as keyed digests."""

from datetime import date, datetime

from sqlalchemy import ForeignKey, Index
from sqlalchemy.orm import Mapped, mapped_column

from tsalert.db import Base, BigId


class OddityReview(Base):
    """That a manager looked at one line of a week, and what they found; the database refuses to change or delete it.

    ``last_entry`` is the newest entry of the trail that the line had: what came since was not looked at.
    """

    __tablename__ = "oddity_review"
    __table_args__ = (Index("ix_oddity_review_week", "week", "line"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    week: Mapped[date]
    line: Mapped[str]
    last_entry: Mapped[int] = mapped_column(BigId)
    note: Mapped[str]
    looked_at_by: Mapped[int] = mapped_column(ForeignKey("officer.id"))
    looked_at: Mapped[datetime]


class OddityMail(Base):
    """That the managers were told of a week, once; the database refuses to change or delete it."""

    __tablename__ = "oddity_mail"

    week: Mapped[date] = mapped_column(primary_key=True)
    lines: Mapped[int]
    told_at: Mapped[datetime]


class OfficerHome(Base):
    """The postcode in which an officer lives, as a keyed digest: it can be compared and not read."""

    __tablename__ = "officer_home"

    officer_id: Mapped[int] = mapped_column(ForeignKey("officer.id"), primary_key=True, autoincrement=False)
    postcode_key: Mapped[str]
    told_at: Mapped[datetime]
