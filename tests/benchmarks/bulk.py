"""Rows by the million: straight into either database, past what a service would check row by row.

Every value is a string, a whole number or None, which is what SQLite keeps and what PostgreSQL's COPY reads: times are
written as ``2026-06-10 12:00:00.000000``, in UTC.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import Any

from sqlalchemy.engine import Engine

Row = tuple[str | int | None, ...]
_AT_A_TIME = 20_000


class Bulk:
    """Collects rows and hands them over thousands at a time; rows of one table keep their order.

    :param columns: the columns of each table, in the order in which its rows give them.
    """

    def __init__(self, connection: Any, columns: Mapping[str, Sequence[str]], *, is_postgresql: bool) -> None:
        self._cursor = connection.cursor()
        self._columns = columns
        self._waiting: dict[str, list[Row]] = {table: [] for table in columns}
        self._write = self._copy if is_postgresql else self._insert

    def add(self, table: str, row: Row) -> None:
        """Take one row."""
        waiting = self._waiting[table]
        waiting.append(row)
        if len(waiting) >= _AT_A_TIME:
            self._flush(table)

    def finish(self) -> None:
        """Hand over what is left."""
        for table in self._columns:
            self._flush(table)

    def _flush(self, table: str) -> None:
        rows, self._waiting[table] = self._waiting[table], []
        if rows:
            self._write(table, ", ".join(self._columns[table]), rows)

    def _insert(self, table: str, names: str, rows: list[Row]) -> None:
        places = ", ".join("?" * len(rows[0]))
        self._cursor.executemany(f'INSERT INTO "{table}" ({names}) VALUES ({places})', rows)

    def _copy(self, table: str, names: str, rows: list[Row]) -> None:
        with self._cursor.copy(f'COPY "{table}" ({names}) FROM STDIN') as copy:
            copy.write("\n".join(map(_copy_line, rows)) + "\n")


@contextmanager
def bulk(engine: Engine, columns: Mapping[str, Sequence[str]]) -> Iterator[Bulk]:
    """Open one transaction for rows that are known to fit together; foreign keys are not checked one by one."""
    is_postgresql = engine.dialect.name == "postgresql"
    connection = engine.raw_connection()
    cursor = connection.cursor()
    before, after = _POSTGRESQL if is_postgresql else _SQLITE
    try:
        _run(cursor, before)
        writer = Bulk(connection.driver_connection, columns, is_postgresql=is_postgresql)
        yield writer
        writer.finish()
        if is_postgresql:
            _run(cursor, [_next_id(table) for table, names in columns.items() if "id" in names])
        _run(cursor, after)
        if is_postgresql:
            connection.driver_connection.autocommit = True  # type: ignore[union-attr]
            # Ten years of rows came one by one in truth, and the database's own housekeeping after them.
            _run(cursor, [f'VACUUM (ANALYZE) "{table}"' for table in columns])
    finally:
        connection.invalidate()  # what was switched off for speed must not reach anybody else


_SQLITE = (
    ["PRAGMA foreign_keys = OFF", "PRAGMA synchronous = OFF", "PRAGMA cache_size = -200000", "BEGIN IMMEDIATE"],
    ["COMMIT", "PRAGMA wal_checkpoint(TRUNCATE)"],
)
_POSTGRESQL = (["SET LOCAL TIME ZONE 'UTC'", "SET LOCAL session_replication_role = replica"], ["COMMIT"])


def _run(cursor: Any, statements: Iterable[str]) -> None:
    for statement in statements:
        cursor.execute(statement)


def _next_id(table: str) -> str:
    last = f'(SELECT max(id) FROM "{table}")'
    return f"SELECT setval(pg_get_serial_sequence('\"{table}\"', 'id'), {last}) WHERE {last} IS NOT NULL"


def _copy_line(row: Row) -> str:
    return "\t".join(["\\N" if value is None else str(value) for value in row])
