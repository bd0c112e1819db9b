"""How migrations run: on the application's own engine, each in its transaction, or all in one that is open already."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from alembic import context
from alembic.runtime.migration import MigrationContext
from flask import current_app
from sqlalchemy.engine import Connection
from sqlalchemy.types import TypeDecorator

from migrations.turns import turn_to_update
from tsalert.db import Base


def _render(kind: str, thing: Any, autogen_context: Any) -> str | bool:
    """Write our own column types as what they are in the database, so that migrations import no program code."""
    if kind != "type" or not isinstance(thing, TypeDecorator) or not type(thing).__module__.startswith("tsalert"):
        return False
    names = {"UTCDateTime": "sa.DateTime(timezone=True)", "Money": "sa.BigInteger()", "ExactDecimal": "exact_decimal()"}
    if type(thing).__name__ == "ExactDecimal":
        autogen_context.imports.add("from migrations.types import exact_decimal")
    return names[type(thing).__name__]


@contextmanager
def _tables_may_be_rebuilt(connection: Connection) -> Iterator[None]:
    """Let SQLite drop a table that others point to, as it must to change one."""
    if connection.dialect.name != "sqlite":
        yield
        return
    driver = connection.connection.cursor()  # SQLite heeds this outside transactions alone
    driver.execute("PRAGMA foreign_keys = OFF")
    yield
    driver.execute("PRAGMA foreign_keys = ON")


def _check_rows_fit(ctx: MigrationContext, **_: Any) -> None:
    """Undo a migration after which a row points nowhere, since nothing else looked."""
    connection = ctx.connection
    if connection is None or connection.dialect.name != "sqlite":
        return
    lost = connection.exec_driver_sql("PRAGMA foreign_key_check").fetchall()
    if lost:
        raise RuntimeError(f"after this migration rows point nowhere: {lost[:5]}")


def run() -> None:
    """Bring the database to the newest revision, or compare it with the models.

    Where a backup is restored, its tables are made in the transaction that also fills them.
    """
    given = context.config.attributes.get("connection")
    if given is not None:
        _run_on(given)
        return
    engine = current_app.extensions["migrate"].db.engine
    with turn_to_update(engine), engine.connect() as connection, _tables_may_be_rebuilt(connection):
        _run_on(connection)


def _run_on(connection: Connection) -> None:
    context.configure(
        connection=connection,
        target_metadata=Base.metadata,
        render_item=_render,
        transaction_per_migration=True,
        on_version_apply=_check_rows_fit,
    )
    with context.begin_transaction():
        context.run_migrations()


run()
