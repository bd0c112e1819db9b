"""Where the records and files lie: how large the database is, which version its tables have, and what room is left."""

import shutil
from functools import lru_cache
from pathlib import Path

from sqlalchemy import text
from sqlalchemy.engine import Connection
from sqlalchemy.orm import Session

from tsalert.config import Settings, sqlite_path

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


def schema_of(connection: Connection) -> str:
    """Return the version of the tables; "" before they were made."""
    from alembic.runtime.migration import MigrationContext  # noqa: PLC0415 - large, and few requests ask for the version

    return ", ".join(sorted(MigrationContext.configure(connection).get_current_heads()))


@lru_cache
def newest_schema() -> str:
    """Return the version of the tables that this program needs."""
    from alembic.script import ScriptDirectory  # noqa: PLC0415 - as above

    return ", ".join(sorted(ScriptDirectory(str(MIGRATIONS)).get_heads()))
