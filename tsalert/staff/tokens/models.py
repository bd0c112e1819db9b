"""Accounts of programs, and how much each token has asked for."""

from datetime import datetime

from sqlalchemy import BigInteger, ForeignKey
from sqlalchemy.orm import Mapped, mapped_column

from tsalert.db import Base


class ServiceAccount(Base):
    """An account that a program acts by. It holds no role and no password; its tokens say what it may do."""

    __tablename__ = "service_account"

    officer_id: Mapped[int] = mapped_column(ForeignKey("officer.id"), primary_key=True)
    purpose: Mapped[str]
    made_at: Mapped[datetime]
    made_by: Mapped[int | None] = mapped_column(ForeignKey("officer.id"))
    ended_at: Mapped[datetime | None]


class ApiAllowance(Base):
    """How many requests were given out to processes for one token, in the span that began last."""

    __tablename__ = "api_allowance"

    token_id: Mapped[int] = mapped_column(ForeignKey("api_token.id"), primary_key=True, autoincrement=False)
    span: Mapped[int] = mapped_column(BigInteger)
    used: Mapped[int]
