"""Officers, roles, how access changed, sign-ins, tokens, and the failures that lock an account."""

from datetime import date, datetime

from sqlalchemy import (
    JSON,
    CheckConstraint,
    Column,
    ForeignKey,
    Index,
    Table,
    UniqueConstraint,
    and_,
    bindparam,
    or_,
    text,
)
from sqlalchemy.orm import Mapped, mapped_column, relationship

from tsalert.core.clock import utc_now
from tsalert.db import Base, UTCDateTime

officer_role = Table(
    "officer_role",
    Base.metadata,
    Column("officer_id", ForeignKey("officer.id"), primary_key=True),
    Column("role_id", ForeignKey("role.id"), primary_key=True),
    Column("until", UTCDateTime()),
)
# The roles that have not run out.
RUNNING = or_(
    officer_role.c.until.is_(None),
    officer_role.c.until > bindparam("roles_at", callable_=utc_now, type_=UTCDateTime()),
)


class Role(Base):
    """A named set of permissions; what it allows stands in rules.py."""

    __tablename__ = "role"

    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str] = mapped_column(unique=True)
    description: Mapped[str | None]


class Officer(Base):
    """Somebody who signs in. Officers are never deleted, only made inactive: suspended, or ended since ``left_at``.

    ``fs_uniquifier`` is the mark by which their sign-ins know them; a fresh one ends all of these.
    ``shortcut`` is the key that opens the form for a call; empty where the officer switched it off.
    ``second_step_since`` is when they first had an authenticator app or a passkey; empty where they have neither.
    ``roles`` are those that have not run out.
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
    left_at: Mapped[datetime | None]
    # The database leaves out what has run out, so that no reader of roles can forget to: a role may end at any second.
    roles: Mapped[list[Role]] = relationship(
        secondary=officer_role, secondaryjoin=lambda: and_(Role.id == officer_role.c.role_id, RUNNING), lazy="selectin"
    )


class AccessChange(Base):
    """One change of what an officer may do, with its reason; ``role`` and ``until`` where it was of a role."""

    __tablename__ = "access_change"
    __table_args__ = (Index("ix_access_change_officer", "officer_id", "at"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    officer_id: Mapped[int] = mapped_column(ForeignKey("officer.id"))
    what: Mapped[str]
    role: Mapped[str | None]
    until: Mapped[datetime | None]
    reason: Mapped[str | None]
    at: Mapped[datetime]
    by_officer_id: Mapped[int | None] = mapped_column(ForeignKey("officer.id"))
    via: Mapped[str]


class OfficerIdentity(Base):
    """Whom a provider of single sign-on means by an officer; an address may change hands, its subject never does."""

    __tablename__ = "officer_identity"
    __table_args__ = (UniqueConstraint("issuer", "subject"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    officer_id: Mapped[int] = mapped_column(ForeignKey("officer.id"), unique=True)
    issuer: Mapped[str]
    subject: Mapped[str]
    linked_at: Mapped[datetime]


class ApiToken(Base):
    """A bearer token of one officer or program; only its SHA-256 is kept.

    ``scopes`` name for what it is good; none of them, for everything that its owner may do.
    """

    __tablename__ = "api_token"

    id: Mapped[int] = mapped_column(primary_key=True)
    officer_id: Mapped[int] = mapped_column(ForeignKey("officer.id"), index=True)
    token_digest: Mapped[str] = mapped_column(unique=True)
    created_at: Mapped[datetime]
    expires_at: Mapped[datetime]
    revoked_at: Mapped[datetime | None]
    name: Mapped[str] = mapped_column(default="Made by command", server_default="Made by command")
    scopes: Mapped[list[str] | None] = mapped_column(JSON(none_as_null=True))
    last_used_on: Mapped[date | None]


class SignIn(Base):
    """One browser in which an officer signed in, until it expires or is ended.

    It is good as long as its ``mark`` is its officer's, who gets a fresh one where all that they began is to end.
    Of the token that the browser carries, the SHA-256 alone is kept; of its address, the network; of what it says of
    itself, a few words. ``provider_session`` is what the provider of single sign-on calls the same, where it tells.
    """

    __tablename__ = "sign_in"
    __table_args__ = (
        CheckConstraint("expires_at > started_at", name="expires_after_start"),
        CheckConstraint("(ended_at IS NULL) = (ending IS NULL)", name="ended_for_a_reason"),
        Index(
            "ix_sign_in_provider_session",
            "provider_session",
            sqlite_where=text("provider_session IS NOT NULL"),
            postgresql_where=text("provider_session IS NOT NULL"),
        ),
        Index("ix_sign_in_officer", "officer_id", "expires_at"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    officer_id: Mapped[int] = mapped_column(ForeignKey("officer.id"))
    token_digest: Mapped[str] = mapped_column(unique=True)
    mark: Mapped[str]
    way: Mapped[str]
    second_step: Mapped[str | None]
    network: Mapped[str]
    browser: Mapped[str]
    provider_session: Mapped[str | None]
    started_at: Mapped[datetime]
    expires_at: Mapped[datetime]
    last_seen_at: Mapped[datetime]
    ended_at: Mapped[datetime | None]
    ended_by: Mapped[int | None] = mapped_column(ForeignKey("officer.id"))
    ending: Mapped[str | None]


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
