"""The one place through which every record becomes findable: whatever a session writes of it, in its transaction.

A statement that changes rows past the session (UPDATE, DELETE, COPY) must call ``renew``, or be followed by
``flask --app wsgi search index``.
"""

from collections.abc import Collection, Iterable
from functools import cache

from sqlalchemy import event, select
from sqlalchemy.orm import Session
from sqlalchemy.orm.unitofwork import UOWTransaction

from tsalert.finding.sources import BY_MODEL, SOURCES, Source
from tsalert.fulltext import service as fulltext
from tsalert.fulltext.service import Entry


def renew(session: Session, source: str, ids: Collection[int]) -> None:
    """Read some records again and keep their words; a step for whoever changed them past the session."""
    found = next(each for each in SOURCES if each.name == source)
    keep_rows(session, found, session.scalars(select(found.model).where(found.model.id.in_(ids))))  # type: ignore[attr-defined]


def keep_rows(session: Session, source: Source, rows: Iterable[object]) -> None:
    """Keep the words of some records of one kind; a step."""
    fulltext.keep(session, [source.entry(row) for row in rows])


@cache  # a listener that is added twice listens twice
def watch_sessions() -> None:
    """Keep from now on the words of whatever a session of this process writes; called by every program there is."""
    event.listen(Session, "after_flush", _keep_flushed)


def _keep_flushed(session: Session, _: UOWTransaction) -> None:
    """Keep the words of what was just written; what did not change, or has none, costs nothing."""
    changed = [row for row in session.dirty if type(row) in BY_MODEL and BY_MODEL[type(row)].says_otherwise(row)]
    fulltext.add(session, [_entry(row) for row in session.new if type(row) in BY_MODEL])
    entries = [_entry(row) for row in changed]
    entries += [_entry(row, is_gone=True) for row in session.deleted if type(row) in BY_MODEL]
    fulltext.keep(session, entries)


def _entry(row: object, *, is_gone: bool = False) -> Entry:
    return BY_MODEL[type(row)].entry(row, is_gone=is_gone)  # type: ignore[index]
