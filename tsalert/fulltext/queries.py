"""Finding records by their words, newest first; the only place that knows how each database does it."""

from collections.abc import Sequence

from sqlalchemy import ColumnElement, Select, Text, bindparam, column, literal_column, select, table
from sqlalchemy.orm import InstrumentedAttribute, Session

from tsalert.fulltext.models import Document
from tsalert.fulltext.rules import Term
from tsalert.fulltext.vocabulary import Found

# A list narrowed by words looks at so many of the newest records that hold them.
MOST_NARROWED = 2000
_FTS = table("fts_words", column("rowid"))


def documents(session: Session, subject: Found, terms: Sequence[Term]) -> Select[Document]:
    """Select the records that hold every term and lead to one kind of thing, newest first; the caller limits it."""
    if session.get_bind().dialect.name == "postgresql":
        holds = literal_column("search_document.fts_vector").op("@@")(_tsquery(terms))
        return select(Document).where(Document.subject == subject, holds).order_by(Document.id.desc())
    return (
        select(Document)
        .join(_FTS, _FTS.c.rowid == Document.id)
        .where(literal_column("fts_words").op("MATCH")(_fts5(subject, terms)))
        .order_by(_FTS.c.rowid.desc())
    )


def narrowed(
    session: Session, subject: Found, terms: Sequence[Term], key: InstrumentedAttribute[int]
) -> ColumnElement[bool]:
    """Return the condition that a record is among the newest that hold every term."""
    found = documents(session, subject, terms).with_only_columns(Document.subject_id).limit(MOST_NARROWED)
    return key.in_(select(found.subquery().c.subject_id))


def _tsquery(terms: Sequence[Term]) -> ColumnElement[str]:
    """Return the terms as PostgreSQL reads them; they hold letters and digits alone, so nothing of them is syntax."""
    written = " & ".join(f"'{term.word}'{':*' if term.is_beginning else ''}" for term in terms)
    return bindparam(None, written, type_=Text()).op("::")(literal_column("tsquery"))


def _fts5(subject: Found, terms: Sequence[Term]) -> str:
    written = " AND ".join(f'"{term.word}"{" *" if term.is_beginning else ""}' for term in terms)
    return f"{{subject}} : {subject.value} AND {{words}} : ({written})"
