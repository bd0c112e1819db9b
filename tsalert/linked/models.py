"""Linked authorities, the keys by which they are known, and our own keys without their private halves."""

from datetime import datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from tsalert.db import Base

_STANDS = text("ended_at IS NULL")


class SigningKey(Base):
    """One of our own keys; ``salt`` makes its private half, which is not kept.

    The newest that has not ended signs. A revoked one has ended too, and ``reason`` says why it is not to be trusted.
    """

    __tablename__ = "signing_key"
    __table_args__ = (
        CheckConstraint("revoked_at IS NULL OR ended_at IS NOT NULL", name="revoked_has_ended"),
        CheckConstraint("(revoked_at IS NULL) = (reason IS NULL)", name="revoked_with_reason"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str] = mapped_column(unique=True)
    public: Mapped[str]
    salt: Mapped[str]
    made_at: Mapped[datetime]
    made_by: Mapped[int | None] = mapped_column(ForeignKey("officer.id"))
    ended_at: Mapped[datetime | None]
    revoked_at: Mapped[datetime | None]
    revoked_by: Mapped[int | None] = mapped_column(ForeignKey("officer.id"))
    reason: Mapped[str | None]


class LinkedAuthority(Base):
    """Another authority's service; ``fault`` says why it could not be read when it was last looked at."""

    __tablename__ = "linked_authority"
    __table_args__ = (
        Index("uq_linked_authority_url", "url", unique=True, sqlite_where=_STANDS, postgresql_where=_STANDS),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str]
    url: Mapped[str]
    made_at: Mapped[datetime]
    made_by: Mapped[int | None] = mapped_column(ForeignKey("officer.id"))
    looked_at: Mapped[datetime | None]
    fault: Mapped[str | None]
    ended_at: Mapped[datetime | None]
    end_reason: Mapped[str | None]


class LinkedKey(Base):
    """A key of another authority that somebody compared by telephone; ``revoked_by`` is None where they revoked it."""

    __tablename__ = "linked_key"
    __table_args__ = (
        UniqueConstraint("authority_id", "name"),
        CheckConstraint("(revoked_at IS NULL) = (reason IS NULL)", name="revoked_with_reason"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    authority_id: Mapped[int] = mapped_column(ForeignKey("linked_authority.id"))
    name: Mapped[str] = mapped_column(index=True)
    public: Mapped[str]
    trusted_at: Mapped[datetime]
    trusted_by: Mapped[int | None] = mapped_column(ForeignKey("officer.id"))
    revoked_at: Mapped[datetime | None]
    revoked_by: Mapped[int | None] = mapped_column(ForeignKey("officer.id"))
    reason: Mapped[str | None]
