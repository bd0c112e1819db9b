"""Where the records and files lie: how large the database is, which version its tables have, and what room is left."""

import shutil
from functools import lru_cache
from pathlib import Path

from sqlalchemy import inspect, text
from sqlalchemy.engine import Connection
from sqlalchemy.orm import Session

from tsalert.config import Settings, sqlite_path

_VERSION = "alembic_version"
MIGRATIONS = Path(__file__).parent.parent.parent / "migrations"


def database_size(session: Session) -> int:
    """Return how many bytes the database takes."""
    if session.get_bind().dialect.name == "postgresql":
        return int(session.execute(text("SELECT pg_database_size(current_database())")).scalar_one())
    pages = session.execute(text("PRAGMA page_count")).scalar_one()
    return int(pages) * int(session.execute(text("PRAGMA page_size")).scalar_one())


def room(settings: Settings) -> list[tuple[str, int, int]]:
    """Return (what lies there, bytes free, bytes in all) of each disk of this machine that the service writes to."""
    database = sqlite_path(settings.database_url)
    places = {"files": settings.files} | ({"the database": database.parent} if database else {})
    found: dict[int, tuple[str, int, int]] = {}
    for what, folder in places.items():
        if not folder.exists():
            continue
        usage, device = shutil.disk_usage(folder), folder.stat().st_dev
        both = f"{found[device][0]} and {what}" if device in found else what
        found[device] = (both, usage.free, usage.total)
    return list(found.values())


def encoding_fault(connection: Connection) -> str | None:
    """Say that a database has no place for most of the world's letters; None where it has one for each."""
    if connection.dialect.name != "postgresql":
        return None
    encoding = connection.scalar(text("SHOW server_encoding"))
    return None if encoding == "UTF8" else f"The database keeps letters in {encoding}: make one with ENCODING 'UTF8'"


def knows_small_letters(connection: Connection) -> bool:
    """Tell whether a database writes letters beyond A to Z small; where names are compared, it does that."""
    return bool(connection.scalar(text("SELECT lower('Â') = 'â'")))


def schema_of(connection: Connection) -> str:
    """Return the version of the tables; "" before they were made."""
    if not inspect(connection).has_table(_VERSION):
        return ""
    return ", ".join(connection.scalars(text(f"SELECT version_num FROM {_VERSION} ORDER BY 1")))  # noqa: S608 - our own


@lru_cache
def newest_schema() -> str:
    """Return the version of the tables that this program needs: each migration's file begins with its own."""
    return max(path.name.partition("_")[0] for path in (MIGRATIONS / "versions").glob("[0-9]*.py"))


def schema_fault(connection: Connection) -> str | None:
    """Say that the tables are not those of this program, which would fail or write what others cannot read."""
    found, needed = schema_of(connection), newest_schema()
    if found == needed:
        return None
    if not found:
        return "The database has no tables yet: run flask --app wsgi db upgrade first"
    words = f"The database has tables of version {found}, and this program needs {needed}"
    if found > needed:
        return f"{words}: put the newer program back"
    return f"{words}: make a backup with the version before, then run flask --app wsgi db upgrade"
