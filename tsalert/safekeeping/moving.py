"""Moving to another database: every row, compared on both sides, or nothing."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path

from sqlalchemy import create_engine, make_url
from sqlalchemy.engine import Connection, Engine
from sqlalchemy.exc import ArgumentError, OperationalError
from sqlalchemy.orm import Session

from tsalert.config import connecting_to, read_database_url, sqlite_path
from tsalert.core.errors import Conflict, RuleViolation, Unavailable
from tsalert.installation import marks, storage
from tsalert.safekeeping import filling, reading
from tsalert.safekeeping.filling import Filling
from tsalert.safekeeping.outlines import outlines
from tsalert.safekeeping.progress import Advance, Progress
from tsalert.safekeeping.rules import Count, Outline, Tally
from tsalert.safekeeping.stillness import require_still
from tsalert.safekeeping.using import told_in_words
from tsalert.settings_reader import Reader


def move(url: str, engine: Engine, progress: Progress, *, now: datetime) -> int:
    """Copy everything to an empty database, and mark this one as left; returns how many rows there were.

    Killed at any moment before the end, it has changed nothing on either side, and is started again.

    :raises RuleViolation: the URL is none, or the other database refuses a row.
    :raises Conflict: others are connected here, this database was left before, its tables are not those of this
        program, or the other is not empty or cannot hold every letter.
    :raises Unavailable: the other database cannot be reached.
    """
    target = _engine_of(url, engine)
    try:
        require_still(engine)
        with _held(engine) as here:
            with _rebuilding(target) as there:
                counts = _move(here, there, progress)
                filling.compare(there, outlines(), counts, progress)
            # Only now that the other is whole: a database that was left starts no more.
            with Session(here, join_transaction_mode="create_savepoint") as session, session.begin():
                marks.mark_moved(session, now)
    finally:
        target.dispose()
    return sum(count.number for count in counts.values())


@contextmanager
def _held(engine: Engine) -> Iterator[Connection]:
    """Hold one moment of a database, and SQLite's write lock with it."""
    options = {"isolation_level": "REPEATABLE READ"} if engine.name == "postgresql" else {"tsalert_writes": True}
    with engine.connect().execution_options(**options) as connection, connection.begin():
        reading.agree(connection)
        yield connection


@contextmanager
def _rebuilding(target: Engine) -> Iterator[Connection]:
    try:
        with target.connect():
            pass
    except OperationalError as error:
        raise Unavailable("The other database cannot be reached. Nothing was changed.") from error
    with filling.rebuilding(target) as there:
        filling.refuse_unfit(there)
        used = told_in_words(there)
        if used:
            raise Conflict(f"The other database is not empty: {used}. Nothing was changed.")
        yield there


def _move(here: Connection, there: Connection, progress: Progress) -> dict[str, Count]:
    schema = storage.schema_of(here)
    if schema != storage.newest_schema():
        raise Conflict("The tables are not those of this version. Run flask --app wsgi db upgrade first.")
    with Session(here, join_transaction_mode="create_savepoint") as session:
        left = marks.moved_fault(session)
    if left:  # the copy would say of itself that it was left, and would never start
        raise Conflict(f"{left}. Nothing was changed.")
    tables = tuple(reading.with_last_number(here, table) for table in outlines())
    with progress.stage("Moving", reading.count_rows(here, tables), "rows") as advance:
        laid = filling.lay(there, schema)
        counts = {table.name: _move_table(here, table, laid, advance) for table in tables}
        laid.dress(tables)
    return counts


def _move_table(here: Connection, table: Outline, laid: Filling, advance: Advance) -> Count:
    tally = Tally()

    def seen() -> Iterator[bytes]:
        for piece in reading.pieces(here, table):
            advance(tally.add(piece))
            yield piece

    laid.load(table, seen())
    return tally.count


def _engine_of(url: str, here: Engine) -> Engine:
    reader = Reader({"TSALERT_DATABASE_URL": url})
    full = read_database_url(reader)
    try:
        known = make_url(full)
    except ArgumentError as error:
        raise RuleViolation("The URL must begin with postgresql:// or sqlite:///.") from error
    if known == here.url:
        raise Conflict("That is the database that is in use already.")
    path = sqlite_path(full)
    if path is not None:
        _make_file(path)
    # An error would name the values of a statement: names, addresses and what happened to people.
    return create_engine(known, hide_parameters=True, connect_args=connecting_to(full))


def _make_file(path: Path) -> None:
    """Make the file of a database that is not there yet, for nobody else to read."""
    if path.exists():
        return
    try:
        path.touch(mode=0o600)
    except OSError as error:
        raise RuleViolation(f"{path} cannot be written: {error.strerror}. Nothing was changed.") from error
