"""A database laid anew and filled with lines, in one transaction: guards, indexes and links come back at the end.

What guards history would refuse the history that comes back, and links and indexes are made many times faster of what
is there than row by row. Nothing of this is seen by anybody else before the transaction ends well.
"""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Protocol

from alembic import command
from alembic.config import Config
from alembic.script import ScriptDirectory
from flask import current_app
from sqlalchemy import inspect
from sqlalchemy.engine import Connection, Engine
from sqlalchemy.exc import DBAPIError

from tsalert.core.errors import Conflict, RuleViolation
from tsalert.installation.storage import encoding_fault, schema_of
from tsalert.safekeeping.postgresql import PostgresqlFilling
from tsalert.safekeeping.progress import Progress
from tsalert.safekeeping.reading import agree, digest_of
from tsalert.safekeeping.rules import NOTHING, Count, Outline
from tsalert.safekeeping.sqlite import SqliteFilling, set_for_rebuilding


class Filling(Protocol):
    """What each database does in its own way."""

    def clear(self) -> None:
        """Drop every table with all that hangs on it."""
        ...

    def undress(self) -> None:
        """Empty every table, and put aside guards, indexes and links."""
        ...

    def load(self, table: Outline, pieces: Iterator[bytes]) -> None:
        """Add a table's lines."""
        ...

    def dress(self, tables: tuple[Outline, ...]) -> None:
        """Bring back what was put aside; numbers are given out from behind the last one on.

        :raises RuleViolation: rows point nowhere.
        """
        ...


@contextmanager
def rebuilding(engine: Engine) -> Iterator[Connection]:
    """Open the one transaction in which a database is made anew.

    :raises RuleViolation: the database refuses what is brought, which then changed nothing.
    """
    with engine.connect().execution_options(tsalert_writes=True) as connection, set_for_rebuilding(connection):
        # COPY goes past SQLAlchemy, and so do its errors.
        refusals = (connection.dialect.loaded_dbapi.Error, DBAPIError)
        try:
            with connection.begin():
                agree(connection)
                yield connection
        except refusals as error:
            raise RuleViolation(f"The database refuses it: {_reason(error)}. Nothing was changed.") from error


def lay(connection: Connection, revision: str) -> Filling:
    """Drop every table, make those of a revision, empty, and return what fills them."""
    filling: Filling = (
        PostgresqlFilling(connection) if connection.dialect.name == "postgresql" else SqliteFilling(connection)
    )
    filling.clear()
    migrate(connection, revision)
    filling.undress()
    return filling


def migrate(connection: Connection, revision: str) -> None:
    """Bring the tables to a revision, inside the transaction that is open."""
    config = _config()
    config.attributes["connection"] = connection
    command.upgrade(config, revision)


def is_known(revision: str) -> bool:
    """Tell whether this program knows how to make a revision."""
    return revision in {each.revision for each in ScriptDirectory.from_config(_config()).walk_revisions()}


def refuse_unfit(connection: Connection) -> None:
    """Refuse a database that cannot hold every letter, or in which something else lives: its tables would be dropped.

    :raises Conflict: it cannot, or there are tables, and none of tsalert.
    """
    fault = encoding_fault(connection)
    if fault:
        raise Conflict(f"{fault}. Nothing was changed.")
    if inspect(connection).get_table_names() and not schema_of(connection):
        raise Conflict("Other tables are in this database. Give tsalert one of its own.")


def compare(
    connection: Connection, tables: tuple[Outline, ...], counts: Mapping[str, Count], progress: Progress
) -> None:
    """Read every table back and compare it with what it must be.

    :raises RuleViolation: a table differs.
    """
    rows = sum(count.number for count in counts.values())
    with progress.stage("Comparing", rows, "rows") as advance:
        for table in tables:
            if digest_of(connection, table, advance) != counts.get(table.name, NOTHING):
                raise RuleViolation(f"The table {table.name} did not arrive as it left. Nothing was changed.")


def _config() -> Config:
    migrating = current_app.extensions["migrate"]
    config: Config = migrating.migrate.get_config(migrating.directory)
    return config


def _reason(error: Exception) -> str:
    """Say what a database refuses, without the values that it names: they are names and addresses."""
    told = error.orig if isinstance(error, DBAPIError) else error
    name = str(getattr(told, "sqlite_errorname", type(told).__name__))
    more = getattr(told, "diag", None)
    where = [more.table_name, more.constraint_name] if more is not None else []
    return " in ".join(filter(None, [name, ", ".join(filter(None, where))]))
