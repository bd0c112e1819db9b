"""One update of a database at a time: several machines, or web and worker of one, may begin it at the same moment."""

import fcntl
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from sqlalchemy import text
from sqlalchemy.engine import Engine

from tsalert.config import sqlite_path

# Any number will do that no other program on the same database uses.
_LOCK_NUMBER = 7_253_785


@contextmanager
def turn_to_update(engine: Engine) -> Iterator[None]:
    """Wait until nobody else updates the database; whoever held it up may die, which lets the next one go on."""
    path = sqlite_path(engine.url.render_as_string(hide_password=False))
    if engine.dialect.name == "postgresql":
        with _locked_in_database(engine):
            yield
    elif path is not None:
        with _locked_beside(path):
            yield
    else:
        yield


@contextmanager
def _locked_in_database(engine: Engine) -> Iterator[None]:
    """Hold a lock by a connection of its own, which no failure of the update touches; closed, it lets go."""
    with engine.connect().execution_options(isolation_level="AUTOCOMMIT") as guard:
        guard.execute(text("SELECT pg_advisory_lock(:number)"), {"number": _LOCK_NUMBER})
        try:
            yield
        finally:
            guard.invalidate()


@contextmanager
def _locked_beside(path: Path) -> Iterator[None]:
    file = os.open(path.with_name(path.name + ".update"), os.O_CREAT | os.O_RDWR, 0o600)
    try:
        fcntl.flock(file, fcntl.LOCK_EX)
        yield
    finally:
        os.close(file)
