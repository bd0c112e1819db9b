"""Reports to the board, who signed them, and the text that is written for a quarter."""

from datetime import date, datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from tsalert.db import Base

_UNPUBLISHED = text("status <> 'published'")


class BoardReport(Base):
    """One revision of a quarter's report; the first publication is revision 1.

    ``reason`` is why it is revised in the writer's words, for the board, ``public_reason`` what everybody reads of it.
    ``figures`` is what the lock froze: the board edition's sections of figures as canonical JSON, with what the
    disclosure control must know. ``frozen`` is what was published: both editions as canonical JSON, and ``digest``
    its SHA-256. A published report never changes, which the database itself refuses.
    """

    __tablename__ = "board_report"
    __table_args__ = (
        CheckConstraint("status IN ('draft', 'locked', 'signed', 'published')", name="status_known"),
        CheckConstraint("revision >= 1", name="revision_counted"),
        CheckConstraint("(revision = 1) = (reason IS NULL)", name="revised_with_reason"),
        CheckConstraint("(reason IS NULL) = (public_reason IS NULL)", name="revised_with_public_reason"),
        CheckConstraint("(status = 'draft') = (figures IS NULL)", name="locked_with_figures"),
        CheckConstraint("(figures IS NULL) = (locked_at IS NULL)", name="locked_has_time"),
        CheckConstraint("(status = 'published') = (published_at IS NOT NULL)", name="published_has_time"),
        CheckConstraint(
            "(status = 'published') = (frozen IS NOT NULL AND digest IS NOT NULL)", name="published_is_frozen"
        ),
        UniqueConstraint("first_day", "revision"),
        Index(
            "uq_board_report_open", "first_day", unique=True, sqlite_where=_UNPUBLISHED, postgresql_where=_UNPUBLISHED
        ),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    quarter: Mapped[str]
    first_day: Mapped[date]
    last_day: Mapped[date]
    revision: Mapped[int]
    reason: Mapped[str | None]
    public_reason: Mapped[str | None]
    status: Mapped[str]
    board: Mapped[str]
    meeting_on: Mapped[date | None]
    author_id: Mapped[int | None] = mapped_column(ForeignKey("officer.id"))
    opened_by: Mapped[int | None] = mapped_column(ForeignKey("officer.id"))
    opened_at: Mapped[datetime]
    figures: Mapped[str | None]
    locked_by: Mapped[int | None] = mapped_column(ForeignKey("officer.id"))
    locked_at: Mapped[datetime | None]
    frozen: Mapped[str | None]
    digest: Mapped[str | None]
    published_by: Mapped[int | None] = mapped_column(ForeignKey("officer.id"))
    published_at: Mapped[datetime | None]


class BoardSignature(Base):
    """What somebody put their name to: the digest of a report as it stood. Append-only.

    A signature under another digest than the report's holds no longer, and stays.
    """

    __tablename__ = "board_signature"
    __table_args__ = (CheckConstraint("role IN ('author', 'second')", name="role_known"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    report_id: Mapped[int] = mapped_column(ForeignKey("board_report.id"), index=True)
    role: Mapped[str]
    digest: Mapped[str]
    signed_by: Mapped[int] = mapped_column(ForeignKey("officer.id"))
    signed_at: Mapped[datetime]


class BoardUnlocking(Base):
    """Why the figures of a report were let go again, so that newer ones could be taken. Append-only."""

    __tablename__ = "board_unlocking"

    id: Mapped[int] = mapped_column(primary_key=True)
    report_id: Mapped[int] = mapped_column(ForeignKey("board_report.id"), index=True)
    reason: Mapped[str]
    unlocked_by: Mapped[int] = mapped_column(ForeignKey("officer.id"))
    unlocked_at: Mapped[datetime]


class BoardWithdrawal(Base):
    """That a published report was taken off the public pages, and why; what was published stays kept. Append-only."""

    __tablename__ = "board_withdrawal"

    id: Mapped[int] = mapped_column(primary_key=True)
    report_id: Mapped[int] = mapped_column(ForeignKey("board_report.id"), unique=True)
    reason: Mapped[str]
    withdrawn_by: Mapped[int] = mapped_column(ForeignKey("officer.id"))
    withdrawn_at: Mapped[datetime]


class BoardText(Base):
    """What is written for a section of a quarter's report, in Markdown; the published words stand in the report.

    ``version`` counts up with each saving, so that two writers notice each other.
    """

    __tablename__ = "board_text"
    __table_args__ = (UniqueConstraint("first_day", "section"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    first_day: Mapped[date]
    section: Mapped[str]
    body: Mapped[str]
    version: Mapped[int]
    saved_by: Mapped[int | None] = mapped_column(ForeignKey("officer.id"))
    saved_at: Mapped[datetime]
