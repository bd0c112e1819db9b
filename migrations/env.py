"""How migrations run: on the application's own engine, each in its transaction."""

from typing import Any

from alembic import context
from flask import current_app
from sqlalchemy.types import TypeDecorator

from tsalert.db import Base


def _render(kind: str, thing: Any, autogen_context: Any) -> str | bool:
    """Write our own column types as what they are in the database, so that migrations import no program code."""
    if kind != "type" or not isinstance(thing, TypeDecorator) or not type(thing).__module__.startswith("tsalert"):
        return False
    names = {"UTCDateTime": "sa.DateTime(timezone=True)", "Money": "sa.BigInteger()", "ExactDecimal": "exact_decimal()"}
    if type(thing).__name__ == "ExactDecimal":
        autogen_context.imports.add("from migrations.types import exact_decimal")
    return names[type(thing).__name__]


def run() -> None:
    """Bring the database to the newest revision, or compare it with the models."""
    engine = current_app.extensions["migrate"].db.engine
    with engine.connect() as connection:
        context.configure(
            connection=connection,
            target_metadata=Base.metadata,
            render_item=_render,
            transaction_per_migration=True,
        )
        with context.begin_transaction():
            context.run_migrations()


run()
