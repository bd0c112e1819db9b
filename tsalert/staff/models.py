"""Officers, roles, tokens, and the failures that lock an account."""

from datetime import datetime

from sqlalchemy import Column, ForeignKey, Index, Table
from sqlalchemy.orm import Mapped, mapped_column, relationship

from tsalert.db import Base

officer_role = Table(
    "officer_role",
    Base.metadata,
    Column("officer_id", ForeignKey("officer.id"), primary_key=True),
    Column("role_id", ForeignKey("role.id"), primary_key=True),
)


class Role(Base):
    """A named set of permissions; what it allows stands in rules.py."""

    __tablename__ = "role"

    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str] = mapped_column(unique=True)
    description: Mapped[str | None]


class Officer(Base):
    """Somebody who signs in. Officers are never deleted, only made inactive.

    ``fs_uniquifier`` is the mark by which their sessions know them; a fresh one ends all of these.
    ``shortcut`` is the key that opens the form for a call; empty where the officer switched it off.
    ``second_step_since`` is when they first had an authenticator app or a passkey; empty where they have neither.
    """

    __tablename__ = "officer"

    id: Mapped[int] = mapped_column(primary_key=True)
    email: Mapped[str] = mapped_column(unique=True)
    name: Mapped[str]
    password: Mapped[str | None]
    active: Mapped[bool]
    fs_uniquifier: Mapped[str] = mapped_column(unique=True)
    created_at: Mapped[datetime]
    shortcut: Mapped[str] = mapped_column(default="n", server_default="n")
    second_step_since: Mapped[datetime | None]
    roles: Mapped[list[Role]] = relationship(secondary=officer_role, lazy="selectin")


class ApiToken(Base):
    """A bearer token of one officer; only its SHA-256 is kept."""

    __tablename__ = "api_token"

    id: Mapped[int] = mapped_column(primary_key=True)
    officer_id: Mapped[int] = mapped_column(ForeignKey("officer.id"), index=True)
    token_digest: Mapped[str] = mapped_column(unique=True)
    created_at: Mapped[datetime]
    expires_at: Mapped[datetime]
    revoked_at: Mapped[datetime | None]


class SignInFailure(Base):
    """One failed try; accounts and networks are kept as digests."""

    __tablename__ = "sign_in_failure"
    __table_args__ = (
        Index("ix_sign_in_failure_account", "account_digest", "at"),
        Index("ix_sign_in_failure_network", "network_digest", "at"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    account_digest: Mapped[str]
    network_digest: Mapped[str]
    at: Mapped[datetime]
