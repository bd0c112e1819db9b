"""Being the one worker of several that runs the timetable; another takes over when that one dies."""

import fcntl
import os
from contextlib import suppress
from pathlib import Path
from typing import Protocol

from sqlalchemy import text
from sqlalchemy.engine import Connection, Engine
from sqlalchemy.exc import SQLAlchemyError

from tsalert.config import sqlite_path

# Any number will do that no other program on the same database uses.
_LOCK_NUMBER = 7_253_784


class Leadership(Protocol):
    """A lock that at most one worker holds, and that its death frees."""

    def holds(self) -> bool:
        """Try to take the lock, or check that it is still held."""
        ...

    def give_up(self) -> None:
        """Let another worker have it."""
        ...


def make_leadership(engine: Engine) -> Leadership:
    """Return the lock that fits the database."""
    path = sqlite_path(str(engine.url))
    return AdvisoryLock(engine) if path is None else FileLock(path.with_name(path.name + ".timetable"))


class AdvisoryLock:
    """A lock of PostgreSQL, held by a connection of its own."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine
        self._connection: Connection | None = None

    def holds(self) -> bool:
        """Try to take the lock, or check that its connection still lives."""
        try:
            if self._connection is not None:
                self._connection.execute(text("SELECT 1"))
                return True
            return self._take()
        except SQLAlchemyError:
            self.give_up()
            return False

    def give_up(self) -> None:
        """Free the lock at once, and close its connection, which frees it in any case."""
        connection, self._connection = self._connection, None
        if connection is None:
            return
        with suppress(SQLAlchemyError):
            # A server notices a closed connection only after a while; told, it knows before we go on.
            connection.execute(text("SELECT pg_advisory_unlock(:number)"), {"number": _LOCK_NUMBER})
        with suppress(SQLAlchemyError):
            connection.invalidate()
            connection.close()

    def _take(self) -> bool:
        connection = self._engine.connect().execution_options(isolation_level="AUTOCOMMIT")
        if connection.scalar(text("SELECT pg_try_advisory_lock(:number)"), {"number": _LOCK_NUMBER}):
            self._connection = connection
            return True
        connection.close()
        return False


class FileLock:
    """A lock on a file beside the SQLite database."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._file: int | None = None

    def holds(self) -> bool:
        """Try to take the lock; once taken it stays taken while the process lives."""
        if self._file is not None:
            return True
        file = os.open(self._path, os.O_CREAT | os.O_RDWR, 0o600)
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            os.close(file)
            return False
        self._file = file
        return True

    def give_up(self) -> None:
        """Close the file, which frees the lock."""
        file, self._file = self._file, None
        if file is not None:
            os.close(file)
