"""Making sure that nobody works with a database that is about to be replaced or left."""

from pathlib import Path
from time import monotonic, sleep

from sqlalchemy import text
from sqlalchemy.engine import Engine

from tsalert.config import sqlite_path
from tsalert.core.errors import Conflict
from tsalert.safekeeping.sqlite import is_used_by_others

# Whoever was stopped a moment ago may still be closing, and a server takes a while to let a connection go: also ours.
_SECONDS_TO_GO, _LOOK_SECONDS = 1.0, 0.1
# Those who only watch a server come with a name of their own.
_OTHERS = """
    SELECT count(*) FROM pg_stat_activity
    WHERE datname = current_database() AND usename = current_user AND pid <> pg_backend_pid()
      AND backend_type = 'client backend'
"""


def require_still(engine: Engine) -> None:
    """Refuse while any other process is connected; our own connections are closed first.

    :raises Conflict: web or worker run, or somebody looks at the database.
    """
    path, until = sqlite_path(str(engine.url)), monotonic() + _SECONDS_TO_GO
    while _is_busy(engine, path):
        if monotonic() > until:
            raise Conflict("Others are connected to the database. Stop web and worker first. Nothing was changed.")
        sleep(_LOOK_SECONDS)


def _is_busy(engine: Engine, path: Path | None) -> bool:
    engine.dispose()
    try:
        return _has_company(engine) if path is None else path.exists() and is_used_by_others(path)
    finally:
        engine.dispose()


def _has_company(engine: Engine) -> bool:
    with engine.connect() as connection:
        return bool(connection.scalar(text(_OTHERS)))
