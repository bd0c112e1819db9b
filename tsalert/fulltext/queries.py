"""Finding records by their words, newest first; the only place that knows how each database does it."""

from collections.abc import Callable, Sequence

from sqlalchemy import ColumnElement, Select, bindparam, column, literal_column, select, table, true, union_all
from sqlalchemy.dialects.postgresql import TSQUERY
from sqlalchemy.orm import InstrumentedAttribute, Session

from tsalert.fulltext.models import Document
from tsalert.fulltext.rules import Term
from tsalert.fulltext.vocabulary import SOURCES, Found

# A list narrowed by words looks at so many of the newest records that hold them.
MOST_NARROWED = 1000
# PostgreSQL looks through so many of the newest records of a kind; then its index of words is asked, which gathers all.
_RECENT = 10_000
_FTS = table("fts_words", column("rowid"))
_VECTOR: ColumnElement[str] = literal_column("search_document.fts_vector").label("fts_vector")
Hit = tuple[int, str]
# Turns a column that names records into the condition that they may be shown.
Seen = Callable[[ColumnElement[int] | InstrumentedAttribute[int]], ColumnElement[bool]]


def newest(
    session: Session, subject: Found, terms: Sequence[Term], seen: Seen = lambda _: true(), *, limit: int
) -> list[Hit]:
    """Return the newest records that hold every term, as what each leads to and its source.

    :param seen: whether what a document leads to may be shown, as a condition on the column that names it.
    """
    if session.get_bind().dialect.name != "postgresql":
        return _hits(session, _by_fts5(subject, terms).where(seen(Document.subject_id)).limit(limit))
    recent = _hits(session, _among_recent(subject, terms, seen).limit(limit))
    if len(recent) == limit:
        return recent
    # Few among the newest are few among all, so that the index of words has little to gather.
    return _hits(session, _by_gin(subject, terms).where(seen(Document.subject_id)).limit(limit))


def narrowed(
    session: Session, subject: Found, terms: Sequence[Term], key: InstrumentedAttribute[int]
) -> ColumnElement[bool]:
    """Return the condition that a record is among the newest that hold every term."""
    return key.in_({subject_id for subject_id, _ in newest(session, subject, terms, limit=MOST_NARROWED)})


def _hits(session: Session, query: Select[int, str]) -> list[Hit]:
    return [(subject_id, source) for subject_id, source in session.execute(query)]


def _by_fts5(subject: Found, terms: Sequence[Term]) -> Select[int, str]:
    return (
        select(Document.subject_id, Document.source)
        .join(_FTS, _FTS.c.rowid == Document.id)
        .where(literal_column("fts_words").op("MATCH")(_fts5(subject, terms)))
        .order_by(_FTS.c.rowid.desc())
    )


def _among_recent(subject: Found, terms: Sequence[Term], seen: Seen) -> Select[int, str]:
    """Select those of the newest records of each kind, each read once, however common the words are.

    Kind by kind, since a rebuilt index numbers one kind after the other: the newest of all would be of the last alone.
    """
    recent = union_all(*(_newest_of(subject, kind).limit(_RECENT) for kind in SOURCES)).subquery("recent").c
    held = select(recent.subject_id, recent.source).where(_holds(recent.fts_vector, terms), seen(recent.subject_id))
    return held.order_by(recent.id.desc())


def _newest_of(subject: Found, kind: str) -> Select[int, int, str, str]:
    """Select the records of one kind from the newest on.

    Said as stretches of subjects and kinds in order, they can only be walked along the index of both: walking along
    the numbers would pass every record of others.
    """
    these = (Document.subject.between(subject, subject), Document.source.between(kind, kind))
    newest_first = (Document.subject.desc(), Document.source.desc(), Document.id.desc())
    return select(Document.id, Document.subject_id, Document.source, _VECTOR).where(*these).order_by(*newest_first)


def _by_gin(subject: Found, terms: Sequence[Term]) -> Select[int, str]:
    """Select by the index of words; ordered by a sum, which no other index could tempt the planner to walk along."""
    mine = (Document.subject == subject, _holds(_VECTOR, terms, subject))
    return select(Document.subject_id, Document.source).where(*mine).order_by((Document.id + 0).desc())


def _holds(vector: ColumnElement[str], terms: Sequence[Term], subject: Found | None = None) -> ColumnElement[bool]:
    """Say that a record holds the terms; what it leads to stands among its words, so that the index knows it too.

    The terms hold letters and digits alone, so nothing of them is syntax to PostgreSQL, or a subject.
    """
    wanted = [f"'{term.word}'{':*' if term.is_beginning else ''}" for term in terms]
    wanted += [f"'={subject}'"] if subject else []
    return vector.op("@@")(bindparam(None, " & ".join(wanted), type_=TSQUERY()))


def _fts5(subject: Found, terms: Sequence[Term]) -> str:
    written = " AND ".join(f'"{term.word}"{" *" if term.is_beginning else ""}' for term in terms)
    return f"{{subject}} : {subject.value} AND {{words}} : ({written})"
