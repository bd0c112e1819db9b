"""Exhibits, their files, who held them, and what was decided on disclosing them."""

from datetime import datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from tsalert.db import Base, BigId
from tsalert.evidence.vocabulary import Care

_UNSEEN = text("cares IS NULL")


class Exhibit(Base):
    """One item of evidence, with or without files; what was made of another names its original."""

    __tablename__ = "exhibit"
    __table_args__ = (
        UniqueConstraint("case_id", "initials", "number", name="uq_exhibit_case_id_initials_number"),
        CheckConstraint("original_id <> id", name="not_its_own_original"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    case_id: Mapped[int] = mapped_column(ForeignKey("case_file.id"))
    initials: Mapped[str]
    number: Mapped[int]
    description: Mapped[str]
    found_at: Mapped[datetime | None]
    found_where: Mapped[str | None]
    found_by: Mapped[str]
    original_id: Mapped[int | None] = mapped_column(ForeignKey("exhibit.id"))
    recorded_by: Mapped[int | None] = mapped_column(ForeignKey("officer.id"))
    recorded_at: Mapped[datetime]

    @property
    def reference(self) -> str:
        """What its label says, such as RT/1."""
        return f"{self.initials}/{self.number}"


class EvidenceFile(Base):
    """A file of a case as it came in; what it holds, and its hash, never change.

    ``cares`` says what to mind before it is opened (``Care``, one after the other); None where nobody has looked yet.
    """

    __tablename__ = "evidence_file"
    __table_args__ = (
        CheckConstraint("size > 0", name="not_empty"),
        Index("ix_evidence_file_unseen", "id", sqlite_where=_UNSEEN, postgresql_where=_UNSEEN),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    case_id: Mapped[int] = mapped_column(ForeignKey("case_file.id"), index=True)
    exhibit_id: Mapped[int | None] = mapped_column(ForeignKey("exhibit.id"), index=True)
    name: Mapped[str]
    note: Mapped[str | None]
    kind: Mapped[str]
    size: Mapped[int] = mapped_column(BigId)
    sha256: Mapped[str]
    storage_key: Mapped[str] = mapped_column(unique=True)
    uploaded_by: Mapped[int | None] = mapped_column(ForeignKey("officer.id"))
    uploaded_at: Mapped[datetime]
    cares: Mapped[str | None]

    @property
    def care(self) -> list[Care]:
        """What to mind before it is opened."""
        return [Care.of(word) for word in (self.cares or "").split()]


class RemovedFile(Base):
    """That a file was taken off the disk when its time was over, and by which run of retention; its row stays."""

    __tablename__ = "evidence_removed"

    file_id: Mapped[int] = mapped_column(ForeignKey("evidence_file.id"), primary_key=True, autoincrement=False)
    run_id: Mapped[int]
    removed_at: Mapped[datetime]


class CustodyEvent(Base):
    """One link in the chain of who held an exhibit; a wrong one is superseded by a later entry, and both stay."""

    __tablename__ = "custody_event"
    __table_args__ = (
        CheckConstraint("kind <> 'sealed' OR seal_number IS NOT NULL", name="sealed_with_number"),
        CheckConstraint("supersedes_id <> id", name="not_its_own_correction"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    exhibit_id: Mapped[int] = mapped_column(ForeignKey("exhibit.id"), index=True)
    kind: Mapped[str]
    occurred_at: Mapped[datetime]
    person: Mapped[str | None]
    place: Mapped[str | None]
    seal_number: Mapped[str | None]
    note: Mapped[str | None]
    supersedes_id: Mapped[int | None] = mapped_column(ForeignKey("custody_event.id"), unique=True)
    recorded_by: Mapped[int | None] = mapped_column(ForeignKey("officer.id"))
    recorded_at: Mapped[datetime]


class DisclosureItem(Base):
    """One numbered line of a case's schedule: an exhibit or an entry of the log. Numbers never move."""

    __tablename__ = "disclosure_item"
    __table_args__ = (
        UniqueConstraint("case_id", "number", name="uq_disclosure_item_case_id_number"),
        CheckConstraint("(exhibit_id IS NULL) <> (note_id IS NULL)", name="exhibit_or_note"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    case_id: Mapped[int] = mapped_column(ForeignKey("case_file.id"))
    number: Mapped[int]
    exhibit_id: Mapped[int | None] = mapped_column(ForeignKey("exhibit.id"), unique=True)
    note_id: Mapped[int | None] = mapped_column(ForeignKey("case_note.id"), unique=True)


class DisclosureDecision(Base):
    """What was decided on one line, and by whom; the latest stands, the earlier ones stay."""

    __tablename__ = "disclosure_decision"
    __table_args__ = (CheckConstraint("NOT is_sensitive OR reason IS NOT NULL", name="sensitive_with_reason"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    item_id: Mapped[int] = mapped_column(ForeignKey("disclosure_item.id"), index=True)
    is_sensitive: Mapped[bool]
    is_disclosed: Mapped[bool]
    reason: Mapped[str | None]
    description: Mapped[str | None]
    decided_by: Mapped[int | None] = mapped_column(ForeignKey("officer.id"))
    decided_at: Mapped[datetime]
