"""Finding records by their words, newest first; the only place that knows how each database does it."""

from collections.abc import Sequence

from sqlalchemy import ColumnElement, Select, bindparam, column, literal_column, select, table
from sqlalchemy.dialects.postgresql import TSQUERY
from sqlalchemy.orm import InstrumentedAttribute, Session

from tsalert.fulltext.models import Document
from tsalert.fulltext.rules import Term
from tsalert.fulltext.vocabulary import Found

# A list narrowed by words looks at so many of the newest records that hold them.
MOST_NARROWED = 1000
# PostgreSQL looks through so many of the newest records for each that is wanted, before its index of words is asked.
_RECENT_FOR_EACH = 30
_FTS = table("fts_words", column("rowid"))
Hit = tuple[int, str]


def newest(
    session: Session, subject: Found, terms: Sequence[Term], *conditions: ColumnElement[bool], limit: int
) -> list[Hit]:
    """Return the newest records that hold every term, as what each leads to and its source.

    :param conditions: what must hold of a document besides, such as that its subject may be seen.
    """
    if session.get_bind().dialect.name != "postgresql":
        return _hits(session, _by_fts5(subject, terms).where(*conditions).limit(limit))
    recent = _hits(session, _among_recent(subject, terms, limit).where(*conditions).limit(limit))
    # Few among the newest are few among all, so that the index of words has little to gather.
    return recent if len(recent) == limit else _hits(session, _by_gin(subject, terms).where(*conditions).limit(limit))


def narrowed(
    session: Session, subject: Found, terms: Sequence[Term], key: InstrumentedAttribute[int]
) -> ColumnElement[bool]:
    """Return the condition that a record is among the newest that hold every term."""
    return key.in_({subject_id for subject_id, _ in newest(session, subject, terms, limit=MOST_NARROWED)})


def _hits(session: Session, query: Select[Document]) -> list[Hit]:
    found = session.execute(query.with_only_columns(Document.subject_id, Document.source))
    return [(subject_id, source) for subject_id, source in found]


def _by_fts5(subject: Found, terms: Sequence[Term]) -> Select[Document]:
    return (
        select(Document)
        .join(_FTS, _FTS.c.rowid == Document.id)
        .where(literal_column("fts_words").op("MATCH")(_fts5(subject, terms)))
        .order_by(_FTS.c.rowid.desc())
    )


def _among_recent(subject: Found, terms: Sequence[Term], wanted: int) -> Select[Document]:
    """Select those of the newest records; walked by subject and number, however common the words are."""
    of_subject = select(Document.id).where(Document.subject == subject).order_by(Document.id.desc())
    recent = of_subject.limit(wanted * _RECENT_FOR_EACH).subquery()
    return select(Document).join(recent, recent.c.id == Document.id).where(_holds(terms)).order_by(Document.id.desc())


def _by_gin(subject: Found, terms: Sequence[Term]) -> Select[Document]:
    """Select by the index of words; ordered by a sum, which no other index could tempt the planner to walk along."""
    return select(Document).where(Document.subject == subject, _holds(terms)).order_by((Document.id + 0).desc())


def _holds(terms: Sequence[Term]) -> ColumnElement[bool]:
    return literal_column("search_document.fts_vector").op("@@")(_tsquery(terms))


def _tsquery(terms: Sequence[Term]) -> ColumnElement[str]:
    """Return the terms as PostgreSQL reads them; they hold letters and digits alone, so nothing of them is syntax."""
    written = " & ".join(f"'{term.word}'{':*' if term.is_beginning else ''}" for term in terms)
    return bindparam(None, written, type_=TSQUERY())


def _fts5(subject: Found, terms: Sequence[Term]) -> str:
    written = " AND ".join(f'"{term.word}"{" *" if term.is_beginning else ""}' for term in terms)
    return f"{{subject}} : {subject.value} AND {{words}} : ({written})"
