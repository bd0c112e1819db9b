"""Filling a SQLite database: rows into bare tables, everything else made afterwards."""

import sqlite3
from collections.abc import Iterable, Iterator
from contextlib import closing, contextmanager
from pathlib import Path

from sqlalchemy.engine import Connection

from tsalert.core.errors import RuleViolation
from tsalert.safekeeping.lines import read_lines
from tsalert.safekeeping.rules import Outline, damaged

_OURS = "SELECT {} FROM sqlite_master WHERE name NOT LIKE 'sqlite_%' AND {}"
_IS_GUARD, _IS_INDEX = "type = 'trigger'", "type = 'index' AND sql IS NOT NULL"
_IS_VIRTUAL, _IS_TABLE = "type = 'table' AND sql LIKE 'CREATE VIRTUAL%'", "type = 'table'"


@contextmanager
def set_for_rebuilding(connection: Connection) -> Iterator[None]:
    """Let SQLite drop tables that others point to, and end on the disk; it heeds both outside transactions alone."""
    if connection.dialect.name != "sqlite":
        yield
        return
    driver = connection.connection.cursor()
    driver.execute("PRAGMA foreign_keys = OFF")
    driver.execute("PRAGMA synchronous = FULL")
    try:
        yield
    finally:
        connection.invalidate()  # nobody else is to get it so


def is_used_by_others(path: Path) -> bool:
    """Tell whether any other process, or another connection of this one, has a database file open."""
    with closing(sqlite3.connect(path, timeout=0.5, isolation_level=None)) as plain:
        try:
            # Writing ahead ends only where nobody else is there; whoever comes next begins with it again.
            plain.execute("PRAGMA journal_mode = DELETE")
        except sqlite3.OperationalError:
            return True
    return False


class SqliteFilling:
    """One filling; remembers what it put aside."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection
        self._aside: list[str] = []

    def clear(self) -> None:
        """Drop every table; what hangs on it goes with it. An index of words takes its own tables along."""
        for condition in (_IS_VIRTUAL, _IS_TABLE):
            self._run([f'DROP TABLE "{name}"' for name in self._told("name", condition)])

    def undress(self) -> None:
        """Empty every table, and put aside guards and indexes."""
        indexes, guards = self._told("sql", _IS_INDEX), self._told("sql", _IS_GUARD)
        self._aside = [*indexes, *guards]
        self._run([f'DROP TRIGGER "{name}"' for name in self._told("name", _IS_GUARD)])
        self._run([f'DROP INDEX "{name}"' for name in self._told("name", _IS_INDEX)])
        words = tuple(self._told("name", _IS_VIRTUAL))
        ours = [name for name in self._told("name", _IS_TABLE) if name != "alembic_version"]
        self._run([f'DELETE FROM "{name}"' for name in ours if not name.startswith(words)])  # noqa: S608 - our own names

    def load(self, table: Outline, pieces: Iterator[bytes]) -> None:
        """Add the rows of the lines."""
        names = ", ".join(f'"{column.name}"' for column in table.columns)
        marks = ", ".join("?" * len(table.columns))
        adding = f'INSERT INTO "{table.name}" ({names}) VALUES ({marks})'  # noqa: S608 - our own names
        cursor = self._connection.connection.cursor()
        for piece in pieces:
            try:
                cursor.executemany(adding, list(read_lines(piece, table.kinds)))
            except ValueError as error:
                raise damaged(f"the table {table.name} cannot be read") from error

    def dress(self, _tables: tuple[Outline, ...]) -> None:
        """Bring back what was put aside, and gather the words that are found anew."""
        self._run([f'INSERT INTO "{name}" ("{name}") VALUES (\'rebuild\')' for name in self._told("name", _IS_VIRTUAL)])  # noqa: S608 - as above
        self._run(self._aside)
        lost = self._connection.exec_driver_sql("PRAGMA foreign_key_check").fetchone()
        if lost is not None:
            raise RuleViolation(f"Rows of the table {lost[0]} point nowhere. Nothing was changed.")

    def _told(self, what: str, condition: str) -> list[str]:
        return [value for (value,) in self._connection.exec_driver_sql(_OURS.format(what, condition))]

    def _run(self, statements: Iterable[str]) -> None:
        for statement in statements:
            self._connection.exec_driver_sql(statement)
