"""Versions of templates, letters as they were issued, and how each was sent. Every row stays as it was written."""

from datetime import datetime

from sqlalchemy import CheckConstraint, ForeignKey, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from tsalert.db import Base


class LetterTemplate(Base):
    """One version of the words of a kind of letter; the latest of its kind is the one in use."""

    __tablename__ = "letter_template"
    __table_args__ = (
        UniqueConstraint("kind", "version"),
        CheckConstraint("version > 0", name="version_counts_from_one"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    kind: Mapped[str]
    version: Mapped[int]
    title: Mapped[str]
    body: Mapped[str]
    reason: Mapped[str]
    made_by: Mapped[int | None] = mapped_column(ForeignKey("officer.id"))
    made_at: Mapped[datetime]


class Letter(Base):
    """A letter as it was issued: ``content`` is the whole document as JSON, ``digest`` its SHA-256.

    ``template_version`` is 0 for the words that come with the program.
    """

    __tablename__ = "letter"

    id: Mapped[int] = mapped_column(primary_key=True)
    case_id: Mapped[int] = mapped_column(ForeignKey("case_file.id"), index=True)
    kind: Mapped[str]
    template_version: Mapped[int]
    title: Mapped[str]
    content: Mapped[str]
    digest: Mapped[str]
    issued_by: Mapped[int | None] = mapped_column(ForeignKey("officer.id"))
    issued_at: Mapped[datetime]


class LetterSending(Base):
    """That a letter was sent: how, to whom and when."""

    __tablename__ = "letter_sending"

    id: Mapped[int] = mapped_column(primary_key=True)
    letter_id: Mapped[int] = mapped_column(ForeignKey("letter.id"), index=True)
    means: Mapped[str]
    sent_to: Mapped[str]
    sent_at: Mapped[datetime]
    recorded_by: Mapped[int | None] = mapped_column(ForeignKey("officer.id"))
    recorded_at: Mapped[datetime]
