"""Filling a PostgreSQL database: COPY into bare tables, everything else made afterwards."""

from collections.abc import Iterable, Iterator
from typing import Any

from sqlalchemy import text
from sqlalchemy.engine import Connection

from tsalert.safekeeping.rules import Outline

_TABLES = "SELECT format('%I', tablename) FROM pg_tables WHERE schemaname = current_schema()"
# What an extension brought along is not ours to drop.
_FUNCTIONS = """
    SELECT p.oid::regprocedure FROM pg_proc p
    WHERE p.pronamespace = current_schema()::regnamespace
      AND NOT EXISTS (SELECT 1 FROM pg_depend d WHERE d.objid = p.oid AND d.deptype = 'e')
"""
_TRIGGERS = """
    SELECT format('DROP TRIGGER %I ON %s', t.tgname, t.tgrelid::regclass), pg_get_triggerdef(t.oid)
    FROM pg_trigger t JOIN pg_class c ON c.oid = t.tgrelid
    WHERE NOT t.tgisinternal AND c.relnamespace = current_schema()::regnamespace
"""
_CONSTRAINTS = """
    SELECT format('ALTER TABLE %s DROP CONSTRAINT %I', conrelid::regclass, conname),
           format('ALTER TABLE %s ADD CONSTRAINT %I %s', conrelid::regclass, conname, pg_get_constraintdef(oid))
    FROM pg_constraint WHERE connamespace = current_schema()::regnamespace AND contype = :kind
"""
_INDEXES = """
    SELECT format('DROP INDEX %s', i.indexrelid::regclass), pg_get_indexdef(i.indexrelid)
    FROM pg_index i JOIN pg_class c ON c.oid = i.indexrelid
    WHERE c.relnamespace = current_schema()::regnamespace AND NOT i.indisprimary
"""
_NUMBERED = """
    SELECT c.table_name, pg_get_serial_sequence(quote_ident(c.table_name), c.column_name)
    FROM information_schema.columns c
    WHERE c.table_schema = current_schema() AND c.column_name = 'id'
      AND pg_get_serial_sequence(quote_ident(c.table_name), c.column_name) IS NOT NULL
"""
# What is loaded is read by everybody: made visible at once, so that nobody has to tidy up after it.
_LOAD = 'COPY "{}" ({}) FROM STDIN WITH (FREEZE)'


class PostgresqlFilling:
    """One filling; remembers what it put aside."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection
        self._aside: list[str] = []

    def clear(self) -> None:
        """Drop every table and every function of ours."""
        if tables := self._told(_TABLES):
            self._run([f"DROP TABLE {', '.join(each for (each,) in tables)} CASCADE"])
        self._run([f"DROP FUNCTION {each}" for (each,) in self._told(_FUNCTIONS)])

    def undress(self) -> None:
        """Empty every table, and put aside guards, links and indexes, but those by which rows are numbered."""
        guards = self._put_aside(_TRIGGERS)
        links = self._put_aside(_CONSTRAINTS, kind="f")
        single = self._put_aside(_CONSTRAINTS, kind="u")
        indexes = self._put_aside(_INDEXES)
        self._aside = [*single, *indexes, *links, *guards]
        self._run([f"TRUNCATE {', '.join(each for (each,) in self._told(_TABLES) if each != 'alembic_version')}"])
        self._run(["SET LOCAL maintenance_work_mem TO '256MB'"])

    def load(self, table: Outline, pieces: Iterator[bytes]) -> None:
        """Hand the lines over as they are."""
        columns = ", ".join(f'"{column.name}"' for column in table.columns)
        with self._connection.connection.cursor().copy(_LOAD.format(table.name, columns)) as copy:
            for piece in pieces:
                copy.write(piece)

    def dress(self, tables: tuple[Outline, ...]) -> None:
        """Bring back what was put aside, set the numbers, and let the planner know what it has."""
        self._run(self._aside)
        last = {table.name: table.last_number or 0 for table in tables}
        for name, sequence in self._told(_NUMBERED):
            highest = f'greatest((SELECT max(id) FROM "{name}"), {last.get(name, 0)})'  # noqa: S608 - our own names
            self._run([f"SELECT setval('{sequence}', {highest}) WHERE {highest} > 0"])
        self._run(["ANALYZE"])

    def _put_aside(self, query: str, **values: str) -> list[str]:
        found = self._told(query, **values)
        self._run([drop for drop, _ in found])
        return [make for _, make in found]

    def _told(self, query: str, **values: str) -> list[Any]:
        return list(self._connection.execute(text(query), values))

    def _run(self, statements: Iterable[str]) -> None:
        cursor = self._connection.connection.cursor()
        for statement in statements:
            cursor.execute(statement)  # past SQLAlchemy, for which a percent sign stands for a value
