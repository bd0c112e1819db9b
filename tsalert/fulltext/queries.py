"""Finding records by their words, newest first; the only place that knows how each database does it."""

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence

from sqlalchemy import (
    ColumnElement,
    Select,
    bindparam,
    column,
    literal_column,
    select,
    table,
    text,
    true,
    union_all,
)
from sqlalchemy.dialects.postgresql import TSQUERY
from sqlalchemy.orm import InstrumentedAttribute, Session

from tsalert.bulk import one_of
from tsalert.fulltext.models import Document
from tsalert.fulltext.rules import Term
from tsalert.fulltext.vocabulary import SOURCES, Found

# A list narrowed by words looks at so many of the newest records that hold them.
MOST_NARROWED = 1000
# Words may be rarer among the newest records than among all: so many times as many are looked through.
_MARGIN = 1.5
_FTS = table("fts_words", column("rowid"))
_VECTOR: ColumnElement[str] = literal_column("search_document.fts_vector").label("fts_vector")
_EXPLAIN = text("EXPLAIN (FORMAT JSON) SELECT 1 FROM search_document WHERE fts_vector @@ CAST(:terms AS tsquery)")
_HELD = text("SELECT reltuples FROM pg_class WHERE oid = CAST('search_document' AS regclass)")
Held = tuple[int, str]
# Turns a column that names records into the condition that they may be shown.
Seen = Callable[[ColumnElement[int] | InstrumentedAttribute[int]], ColumnElement[bool]]


def newest_of_each(
    session: Session, wanted: Mapping[Found, Seen], terms: Sequence[Term], *, limit: int
) -> dict[Found, list[Held]]:
    """Return, of each kind of thing that records lead to, the newest that hold every term, with their sources.

    :param wanted: the kinds, each with whether what a document leads to may be shown, as a condition on the column
        that names it.
    """
    if session.get_bind().dialect.name != "postgresql":
        return {
            subject: _hits(session, _by_fts5(subject, terms).where(seen(Document.subject_id)).limit(limit))
            for subject, seen in wanted.items()
        }
    depth, found = _depth(session, terms, limit), dict[Found, list[Held]]()
    for subject, seen in wanted.items() if depth else ():
        recent = _hits(session, _among_recent(subject, terms, seen, depth or 0).limit(limit))
        if len(recent) == limit:
            found[subject] = recent
    fewer = {subject: seen for subject, seen in wanted.items() if subject not in found}
    return found | (_by_gin(session, fewer, terms, limit) if fewer else {})


def narrowed(
    session: Session, subject: Found, terms: Sequence[Term], key: InstrumentedAttribute[int]
) -> ColumnElement[bool]:
    """Return the condition that a record is among the newest that hold every term."""
    found = newest_of_each(session, {subject: lambda _: true()}, terms, limit=MOST_NARROWED)
    return one_of(session, key, sorted({subject_id for subject_id, _ in found[subject]}))


def _hits(session: Session, query: Select[int, str]) -> list[Held]:
    return [(subject_id, source) for subject_id, source in session.execute(query)]


def _by_fts5(subject: Found, terms: Sequence[Term]) -> Select[int, str]:
    return (
        select(Document.subject_id, Document.source)
        .join(_FTS, _FTS.c.rowid == Document.id)
        .where(literal_column("fts_words").op("MATCH")(_fts5(subject, terms)))
        .order_by(_FTS.c.rowid.desc())
    )


def _depth(session: Session, terms: Sequence[Term], limit: int) -> int | None:
    """Return how many of the newest records of each kind to look through for so many that hold the terms.

    None where the index of words, which gathers every record that holds them, has no more to read than that. Both
    numbers are PostgreSQL's own estimates, from its last ANALYZE; where it had none, the index is asked.
    """
    planned = session.execute(_EXPLAIN, {"terms": _tsquery(terms)}).scalar_one()
    holding = planned[0]["Plan"]["Plan Rows"]
    held = session.execute(_HELD).scalar_one()
    depth = int(_MARGIN * limit * max(held, 0) / holding)
    return depth if 0 < depth < holding else None


def _among_recent(subject: Found, terms: Sequence[Term], seen: Seen, depth: int) -> Select[int, str]:
    """Select those of the newest records of each kind, each read once, however common the words are.

    Kind by kind, since a rebuilt index numbers one kind after the other: the newest of all would be of the last alone.
    """
    recent = union_all(*(_newest_of(subject, kind).limit(depth) for kind in SOURCES)).subquery("recent").c
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


def _by_gin(
    session: Session, wanted: Mapping[Found, Seen], terms: Sequence[Term], limit: int
) -> dict[Found, list[Held]]:
    """Find by the index of words, looked at once for all kinds."""
    columns = (Document.id, Document.subject, Document.subject_id, Document.source)
    held = select(*columns).where(_holds(_VECTOR, terms, wanted)).cte("held").c
    each = [
        # Ordered by a sum, which no other index could tempt the planner to walk along.
        select(held.id, held.subject, held.subject_id, held.source)
        .where(held.subject == subject, seen(held.subject_id))
        .order_by((held.id + 0).desc())
        .limit(limit)
        for subject, seen in wanted.items()
    ]
    newest = union_all(*(one.subquery().select() for one in each)).subquery("newest").c
    query = select(newest.subject, newest.subject_id, newest.source).order_by(newest.id.desc())
    found: dict[Found, list[Held]] = {subject: [] for subject in wanted}
    for subject, subject_id, source in session.execute(query):
        found[Found.of(subject)].append((subject_id, source))
    return found


def _holds(vector: ColumnElement[str], terms: Sequence[Term], subjects: Collection[Found] = ()) -> ColumnElement[bool]:
    """Say that a record holds the terms; what it leads to stands among its words, so that the index knows it too."""
    return vector.op("@@")(bindparam(None, _tsquery(terms, subjects), type_=TSQUERY()))


def _tsquery(terms: Sequence[Term], subjects: Collection[Found] = ()) -> str:
    """Return terms as PostgreSQL reads them: they hold letters and digits alone, so nothing is syntax, or a subject."""
    wanted = [
        _either(" | ", (f"'{word}'{':*' if term.is_beginning else ''}" for word in term.spellings)) for term in terms
    ]
    if 0 < len(subjects) < len(Found):
        wanted.append(_either(" | ", (f"'={subject}'" for subject in subjects)))
    return " & ".join(wanted)


def _fts5(subject: Found, terms: Sequence[Term]) -> str:
    words = [[f'"{word}"{" *" if term.is_beginning else ""}' for word in term.spellings] for term in terms]
    written = " AND ".join(_either(" OR ", each) for each in words)
    return f"{{subject}} : {subject.value} AND {{words}} : ({written})"


def _either(word: str, choices: Iterable[str]) -> str:
    return f"({word.join(choices)})"
