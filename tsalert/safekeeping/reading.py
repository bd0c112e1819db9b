"""Tables read as lines, in the order of their keys, from one moment of a database that others go on writing to."""

from collections.abc import Iterator
from contextlib import contextmanager

from msgspec.structs import replace
from sqlalchemy import inspect, text
from sqlalchemy.engine import Connection, Engine

from tsalert.core.errors import RuleViolation
from tsalert.safekeeping.lines import Kind, write_lines
from tsalert.safekeeping.progress import Advance
from tsalert.safekeeping.rules import Count, Outline, Tally

_PIECE = 2**22
_ROWS_AT_ONCE = 2_000
# What the lines look like must not depend on how a server was set up; sorting a million keys wants some memory.
_AS_AGREED = (
    "SET LOCAL TIME ZONE 'UTC'",
    "SET LOCAL DateStyle TO 'ISO, MDY'",
    "SET LOCAL extra_float_digits TO 1",
    "SET LOCAL bytea_output TO hex",
    "SET LOCAL work_mem TO '64MB'",
    "SET LOCAL statement_timeout TO 0",
)


@contextmanager
def moment(engine: Engine) -> Iterator[Connection]:
    """Hold one moment of a database: whatever others write meanwhile is not seen, and waits for nothing."""
    level = {"isolation_level": "REPEATABLE READ", "postgresql_readonly": True}
    options = level if engine.dialect.name == "postgresql" else {}
    with engine.connect().execution_options(**options) as connection, connection.begin():
        # SQLite's moment is that of the first reading, PostgreSQL's that of the first statement.
        inspect(connection).get_table_names()
        agree(connection)
        yield connection


def agree(connection: Connection) -> None:
    """Have PostgreSQL write values in this transaction as the lines have them."""
    if connection.dialect.name == "postgresql":
        for statement in _AS_AGREED:
            connection.execute(text(statement))


def count_rows(connection: Connection, tables: tuple[Outline, ...]) -> int:
    """Return how many rows some tables have together."""
    return sum(connection.scalar(text(f'SELECT count(*) FROM "{table.name}"')) or 0 for table in tables)  # noqa: S608 - our own names


def digest_of(connection: Connection, table: Outline, advance: Advance) -> Count:
    """Return how many rows a table has, and the digest of all of them."""
    tally = Tally()
    for piece in pieces(connection, table):
        advance(tally.add(piece))
    return tally.count


def pieces(connection: Connection, table: Outline) -> Iterator[bytes]:
    """Yield a table as lines, some thousands of whole lines at a time.

    :raises RuleViolation: SQLite holds a value that its column should not hold.
    """
    return _copied(connection, table) if connection.dialect.name == "postgresql" else _selected(connection, table)


def with_last_number(connection: Connection, table: Outline) -> Outline:
    """Return a table's outline with the last number that PostgreSQL gave out for it."""
    if connection.dialect.name != "postgresql" or table.key != ("id",):
        return table
    sequence = connection.scalar(text("SELECT pg_get_serial_sequence(:name, 'id')"), {"name": f'"{table.name}"'})
    if sequence is None:
        return table
    last = connection.scalar(text(f"SELECT CASE WHEN is_called THEN last_value END FROM {sequence}"))  # noqa: S608 - as above
    return replace(table, last_number=last)


def _copied(connection: Connection, table: Outline) -> Iterator[bytes]:
    lines: list[bytes] = []
    size = 0
    query = _query(table, 'COLLATE "C"')
    with connection.connection.cursor().copy(f"COPY ({query}) TO STDOUT") as copy:
        for line in copy:
            lines.append(line)
            size += len(line)
            if size >= _PIECE:
                yield b"".join(lines)
                lines.clear()
                size = 0
    if lines:
        yield b"".join(lines)


def _selected(connection: Connection, table: Outline) -> Iterator[bytes]:
    cursor = connection.connection.cursor()
    cursor.execute(_query(table, ""))
    waiting = b""
    while rows := cursor.fetchmany(_ROWS_AT_ONCE):
        try:
            waiting += write_lines(rows, table.kinds)
        except (ValueError, ArithmeticError) as error:
            raise RuleViolation(f"The table {table.name} holds a value that its column should not hold.") from error
        if len(waiting) >= _PIECE:
            yield waiting
            waiting = b""
    if waiting:
        yield waiting


def _query(table: Outline, text_order: str) -> str:
    """Select a table in an order that both databases share: text by its bytes, whatever the language."""
    names = ", ".join(f'"{column.name}"' for column in table.columns)
    kinds = {column.name: column.kind for column in table.columns}
    order = ", ".join(f'"{name}" {text_order if kinds[name] is Kind.TEXT else ""}' for name in table.key)
    return f'SELECT {names} FROM "{table.name}" ORDER BY {order}'  # noqa: S608 - our own names
