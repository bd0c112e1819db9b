"""What is remembered of visitors: how much was asked for lately, and the codes that were sent."""

from datetime import datetime

from sqlalchemy import Index
from sqlalchemy.orm import Mapped, mapped_column

from tsalert.db import Base, BigId


class VisitorAllowance(Base):
    """How much of one purpose somebody used since ``started_at``; ``whose`` is a keyed digest, never an address."""

    __tablename__ = "visitor_allowance"
    __table_args__ = (Index("ix_visitor_allowance_started_at", "started_at"),)

    purpose: Mapped[str] = mapped_column(primary_key=True)
    whose: Mapped[str] = mapped_column(primary_key=True)
    started_at: Mapped[datetime]
    used: Mapped[int]


class VisitorCode(Base):
    """A code of six digits that was asked for; ``record_id`` is None where nobody is known, so that none is sent.

    Its number also stands in the link that goes with it, signed.
    """

    __tablename__ = "visitor_code"
    __table_args__ = (Index("ix_visitor_code_made_at", "made_at"),)

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    purpose: Mapped[str]
    record_id: Mapped[int | None] = mapped_column(BigId)
    digest: Mapped[str]
    made_at: Mapped[datetime]
    tries: Mapped[int]
    used_at: Mapped[datetime | None]
