"""What texts and calls of alerts cost, kept as it is spent, in ten-thousandths of a penny."""

from datetime import datetime

from sqlalchemy import BigInteger, CheckConstraint, ForeignKey
from sqlalchemy.orm import Mapped, mapped_column

from tsalert.db import Base


class SpendingTotal(Base):
    """What was spent in one hour or month by London's clocks, added to with each alert."""

    __tablename__ = "spending_total"
    __table_args__ = (CheckConstraint("span IN ('hour', 'month')", name="span_known"),)

    span: Mapped[str] = mapped_column(primary_key=True)
    starts_at: Mapped[datetime] = mapped_column(primary_key=True)
    cost: Mapped[int] = mapped_column(BigInteger)


class AlertSpending(Base):
    """What one alert was counted with."""

    __tablename__ = "alert_spending"

    id: Mapped[int] = mapped_column(primary_key=True)
    alert_id: Mapped[int] = mapped_column(ForeignKey("alert.id"), index=True)
    at: Mapped[datetime]
    cost: Mapped[int] = mapped_column(BigInteger)


class SpendingLeave(Base):
    """Leave for one alert, as its digest stands for it, to cost more than is left."""

    __tablename__ = "spending_leave"

    alert_id: Mapped[int] = mapped_column(ForeignKey("alert.id"), primary_key=True)
    digest: Mapped[str] = mapped_column(primary_key=True)
    given_by: Mapped[int] = mapped_column(ForeignKey("officer.id"))
    given_at: Mapped[datetime]
    reason: Mapped[str]
