"""Keeping what can be found: steps of the transaction that changes the record itself."""

from collections import defaultdict
from collections.abc import Sequence

from msgspec import Struct
from sqlalchemy import and_, delete, insert, or_, select, update
from sqlalchemy.orm import Session

from tsalert.db import insert_into
from tsalert.fulltext.models import Document
from tsalert.fulltext.rules import words_of
from tsalert.fulltext.vocabulary import Found


class Entry(Struct, frozen=True):
    """One record with its texts, and what it leads to; without texts it is no longer found."""

    source: str
    source_id: int
    subject: Found
    subject_id: int
    texts: tuple[str | None, ...]


def add(session: Session, entries: Sequence[Entry]) -> None:
    """Keep the words of records that are new, without looking for what they said before."""
    rows = [_row(entry, words) for entry in entries if (words := words_of(entry.texts))]
    if not rows:
        return
    adding = insert_into(session, Document)
    # SQLite gives the number of a deleted record to the next one.
    told = {name: adding.excluded[name] for name in ("subject", "subject_id", "words")}
    again = adding.on_conflict_do_update(index_elements=[Document.source, Document.source_id], set_=told)
    session.connection().execute(again, rows)


def keep(session: Session, entries: Sequence[Entry]) -> None:
    """Bring the words of some records up to date; what says the same as before is left alone."""
    known = _known(session, entries) if entries else {}
    new = []
    for entry in entries:
        before, words = known.get((entry.source, entry.source_id)), words_of(entry.texts)
        if before is not None:
            _change(session, before, entry, words)
        elif words:
            new.append(_row(entry, words))
    if new:
        session.connection().execute(insert(Document), new)


def _known(session: Session, entries: Sequence[Entry]) -> dict[tuple[str, int], tuple[int, str, int, str]]:
    ids: defaultdict[str, list[int]] = defaultdict(list)
    for entry in entries:
        ids[entry.source].append(entry.source_id)
    columns = (Document.source, Document.source_id, Document.id, Document.subject, Document.subject_id, Document.words)
    these = (and_(Document.source == source, Document.source_id.in_(numbers)) for source, numbers in ids.items())
    query = select(*columns).where(or_(*these))
    return {
        (source, source_id): (key, subject, subject_id, words)
        for source, source_id, key, subject, subject_id, words in session.connection().execute(query)
    }


def _row(entry: Entry, words: str) -> dict[str, object]:
    return {
        "source": entry.source,
        "source_id": entry.source_id,
        "subject": entry.subject.value,
        "subject_id": entry.subject_id,
        "words": words,
    }


def _change(session: Session, before: tuple[int, str, int, str], entry: Entry, words: str) -> None:
    this = Document.id == before[0]
    if not words:
        session.connection().execute(delete(Document).where(this))
    elif before[1:] != (entry.subject, entry.subject_id, words):
        session.connection().execute(update(Document).where(this).values(_row(entry, words)))
