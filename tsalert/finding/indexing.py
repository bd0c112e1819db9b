"""Building the index anew, batch by batch, while officers go on working; a stopped run goes on where it was."""

from collections.abc import Callable
from datetime import datetime

from sqlalchemy import delete, exists, func, select, text
from sqlalchemy.orm import Session

from tsalert.audit import service as audit
from tsalert.core.actors import SERVICE, Actor
from tsalert.db import db, insert_ignoring_conflicts, transaction
from tsalert.finding.keeping import keep_rows
from tsalert.finding.sources import SOURCES, Source
from tsalert.fulltext.models import Document, Rebuild

# Few enough that an officer who saves a call meanwhile does not notice the wait.
BATCH = 200


def count_left(session: Session) -> int:
    """Return how many records are still to be read by a run that goes on now."""
    return sum(_left(session, source) for source in SOURCES)


def index_all(*, now: datetime, actor: Actor = SERVICE, on_progress: Callable[[int], object] = lambda _: None) -> int:
    """Keep the words of every record, and of nothing that is gone; returns how many records were read.

    Each batch is a transaction of its own that also notes how far the run has come.

    :param on_progress: told how many records each batch read.
    """
    read = 0
    for source in SOURCES:
        while done := _next_batch(source):
            read += done
            on_progress(done)
    with transaction() as session:
        for source in SOURCES:
            _forget_what_is_gone(session, source)
        session.execute(delete(Rebuild))
        if session.get_bind().dialect.name == "sqlite":
            session.execute(text("INSERT INTO fts_words (fts_words) VALUES ('optimize')"))
        audit.record(session, actor, "indexed", "search", None, now=now, count=read)
    return read


def _next_batch(source: Source) -> int:
    """Keep the words of the records that follow; returns how many there were."""
    key = source.model.id  # type: ignore[attr-defined]
    with transaction() as session:
        after = _read_so_far(session, source)
        rows = list(session.scalars(select(source.model).where(key > after).order_by(key).limit(BATCH)))
        keep_rows(session, source, rows)
        if rows:
            session.execute(insert_ignoring_conflicts(session, Rebuild).values(source=source.name, last_id=after))
            session.get_one(Rebuild, source.name).last_id = rows[-1].id  # type: ignore[attr-defined]
        number = len(rows)
    db.session.remove()
    return number


def _read_so_far(session: Session, source: Source) -> int:
    return session.scalar(select(Rebuild.last_id).where(Rebuild.source == source.name)) or 0


def _left(session: Session, source: Source) -> int:
    key = source.model.id  # type: ignore[attr-defined]
    return session.scalar(select(func.count()).where(key > _read_so_far(session, source))) or 0


def _forget_what_is_gone(session: Session, source: Source) -> None:
    # Asked row by row: PostgreSQL would hold a list of a million numbers against each of a million others.
    stands = exists().where(source.model.id == Document.source_id)  # type: ignore[attr-defined]
    session.execute(delete(Document).where(Document.source == source.name, ~stands))
