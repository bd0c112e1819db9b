"""What the telephone network told of each call, and the messages that callers left."""

from datetime import datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from tsalert.db import Base

_DUE = text("due_at IS NOT NULL")
_KEPT = text("storage_key IS NOT NULL AND deleted_at IS NULL")


class TelephoneCall(Base):
    """One call to the service's number; what became of it stands in its events."""

    __tablename__ = "telephone_call"

    id: Mapped[int] = mapped_column(primary_key=True)
    call_id: Mapped[int] = mapped_column(ForeignKey("call.id"), unique=True)
    provider_ref: Mapped[str] = mapped_column(unique=True)
    caller: Mapped[str]
    prefix: Mapped[str]
    called: Mapped[str]
    rang_at: Mapped[datetime]


class TelephoneEvent(Base):
    """One thing that happened in a call; the database refuses to change or delete it.

    ``place`` is the officer's place in the chain, 0 where there is none; ``word`` is the provider's word for the
    outcome, or our reason.
    """

    __tablename__ = "telephone_event"
    __table_args__ = (
        UniqueConstraint("telephone_call_id", "kind", "place"),
        Index("ix_telephone_event_kind_at", "kind", "at"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    telephone_call_id: Mapped[int] = mapped_column(ForeignKey("telephone_call.id"))
    kind: Mapped[str]
    place: Mapped[int]
    officer_id: Mapped[int | None] = mapped_column(ForeignKey("officer.id"))
    number: Mapped[str | None]
    word: Mapped[str | None]
    seconds: Mapped[int | None]
    at: Mapped[datetime]


class Recording(Base):
    """One message that a caller left: waiting at the provider, kept here, or deleted after its time.

    While something is still to be done about it, ``due_at`` says when to try (again), and ``fault`` why the last
    try failed.
    """

    __tablename__ = "telephone_recording"
    __table_args__ = (
        CheckConstraint(
            "(storage_key IS NULL) = (sha256 IS NULL) AND (storage_key IS NULL) = (fetched_at IS NULL)",
            name="kept_with_hash",
        ),
        CheckConstraint("(held_at IS NULL) = (held_reason IS NULL)", name="held_with_reason"),
        CheckConstraint("deleted_at IS NULL OR held_at IS NULL", name="held_is_kept"),
        Index("ix_telephone_recording_due", "due_at", sqlite_where=_DUE, postgresql_where=_DUE),
        Index("ix_telephone_recording_keep_until", "keep_until", sqlite_where=_KEPT, postgresql_where=_KEPT),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    telephone_call_id: Mapped[int] = mapped_column(ForeignKey("telephone_call.id"), index=True)
    provider_ref: Mapped[str] = mapped_column(unique=True)
    seconds: Mapped[int | None]
    left_at: Mapped[datetime]
    keep_until: Mapped[datetime]
    due_at: Mapped[datetime | None]
    claimed_by: Mapped[str | None]
    attempts: Mapped[int]
    fault: Mapped[str | None]
    storage_key: Mapped[str | None] = mapped_column(unique=True)
    sha256: Mapped[str | None]
    size: Mapped[int | None]
    fetched_at: Mapped[datetime | None]
    removed_at_provider: Mapped[datetime | None]
    held_at: Mapped[datetime | None]
    held_reason: Mapped[str | None]
    held_by: Mapped[int | None] = mapped_column(ForeignKey("officer.id"))
    deleted_at: Mapped[datetime | None]


class Notice(Base):
    """Something that officers were told of by text message, once however often it is noticed."""

    __tablename__ = "telephone_notice"

    key: Mapped[str] = mapped_column(primary_key=True)
    call_id: Mapped[int | None] = mapped_column(ForeignKey("call.id"), index=True)
    told: Mapped[int]
    at: Mapped[datetime]
