"""What was written down, as words; the database's own index of them stands beside this table (migration 0027)."""

from sqlalchemy import Index, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from tsalert.db import Base, BigId


class Document(Base):
    """The words of one record, and the call, incident or case to which it leads.

    On PostgreSQL a generated column ``fts_vector`` holds them a second time; on SQLite triggers keep ``fts_words``.
    """

    __tablename__ = "search_document"
    __table_args__ = (
        UniqueConstraint("source", "source_id"),
        Index("ix_search_document_recent", "subject", "source", "id"),
    )

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    source: Mapped[str]
    source_id: Mapped[int]
    subject: Mapped[str]
    subject_id: Mapped[int]
    words: Mapped[str]


class Rebuild(Base):
    """How far the index was built anew for one kind of record, so that a stopped run goes on where it was."""

    __tablename__ = "search_rebuild"

    source: Mapped[str] = mapped_column(primary_key=True)
    last_id: Mapped[int]
