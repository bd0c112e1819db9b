"""A database that really is locked, and one that really is gone: another connection does it, on either kind."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from flask import Flask
from sqlalchemy import Engine, create_engine, event, text

from tsalert.config import Settings
from tsalert.db import db

PATIENCE_MS = 200


@contextmanager
def locked(app: Flask) -> Iterator[None]:
    """Hold what every writer needs on a connection of its own, for longer than a request waits."""
    with _impatient(app) as engine:
        other = create_engine(engine.url)
        with other.connect() as holder:
            for statement in _LOCKS[engine.dialect.name]:
                holder.exec_driver_sql(statement)
            yield
            holder.rollback()
        other.dispose()


@contextmanager
def gone(app: Flask) -> Iterator[None]:
    """Take the database away, cutting those who are connected, and give it back afterwards."""
    url = _url(app)
    with app.app_context():
        db.session.remove()
        db.engine.dispose()
    if url.startswith("sqlite"):
        with _moved(Path(url.removeprefix("sqlite:///"))):
            yield
        return
    with _closed(url):
        yield


_LOCKS = {
    "sqlite": ["COMMIT", "BEGIN IMMEDIATE"],
    "postgresql": ["LOCK TABLE submission, audit_event, call, incident, officer IN EXCLUSIVE MODE"],
}


def _url(app: Flask) -> str:
    chosen: Settings = app.extensions["tsalert_settings"]
    return chosen.database_url


@contextmanager
def _impatient(app: Flask) -> Iterator[Engine]:
    """Let the program wait a fifth of a second for a lock, where it waits ten seconds in earnest."""
    with app.app_context():
        engine = db.engine
        db.session.remove()
        engine.dispose()

    def hurry(connection: Any, _record: object) -> None:
        cursor = connection.cursor()
        sqlite = engine.dialect.name == "sqlite"
        cursor.execute(f"PRAGMA busy_timeout = {PATIENCE_MS}" if sqlite else f"SET lock_timeout = {PATIENCE_MS}")
        if not sqlite:
            connection.commit()
        cursor.close()

    event.listen(engine, "connect", hurry)
    yield engine
    event.remove(engine, "connect", hurry)
    engine.dispose()


@contextmanager
def _moved(path: Path) -> Iterator[None]:
    """Put a folder where the file was, which no connection can open."""
    away = path.with_suffix(".away")
    for ending in ("-wal", "-shm"):
        path.with_name(path.name + ending).unlink(missing_ok=True)
    path.rename(away)
    path.mkdir()
    yield
    path.rmdir()
    away.rename(path)


@contextmanager
def _closed(url: str) -> Iterator[None]:
    """Let PostgreSQL refuse the database to everybody, and end the connections that it has."""
    base = create_engine(url)
    name = base.url.database
    server = create_engine(base.url.set(database="template1"), isolation_level="AUTOCOMMIT")
    with server.connect() as connection:
        connection.execute(text(f"ALTER DATABASE {name} ALLOW_CONNECTIONS false"))
        ending = text("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = :name")
        connection.execute(ending, {"name": name})
    yield
    with server.connect() as connection:
        connection.execute(text(f"ALTER DATABASE {name} ALLOW_CONNECTIONS true"))
    server.dispose()
    base.dispose()
