"""Making sure that nobody works with a database that is about to be replaced or left."""

from sqlalchemy import text
from sqlalchemy.engine import Engine

from tsalert.config import sqlite_path
from tsalert.core.errors import Conflict
from tsalert.safekeeping.sqlite import is_used_by_others

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
    engine.dispose()
    path = sqlite_path(str(engine.url))
    is_busy = _has_company(engine) if path is None else path.exists() and is_used_by_others(path)
    engine.dispose()
    if is_busy:
        raise Conflict("Others are connected to the database. Stop web and worker first. Nothing was changed.")


def _has_company(engine: Engine) -> bool:
    with engine.connect() as connection:
        return bool(connection.scalar(text(_OTHERS)))
