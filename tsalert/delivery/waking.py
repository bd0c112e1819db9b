"""Waiting for new work without asking the queue all the time."""

import logging
from threading import Event
from time import monotonic
from typing import Any, Protocol

from sqlalchemy.engine import Engine
from sqlalchemy.exc import SQLAlchemyError

from tsalert.delivery.mailings import WAKE_CHANNEL

_POLL_SECONDS = 0.1
_log = logging.getLogger(__name__)


class Waiter(Protocol):
    """Something that knows when the database may hold new work."""

    def wait(self, seconds: float) -> None:
        """Wait for new work, or for some seconds at most; not at all once told to stop."""
        ...

    def close(self) -> None:
        """Let the connection go."""
        ...


def make_waiter(engine: Engine, stop: Event) -> Waiter:
    """Return the way of waiting that fits the database."""
    if engine.dialect.name == "postgresql":
        return _Listener(engine, stop)
    return _Poller(engine, stop)


class _Poller:
    """Asks SQLite for its data version, which changes when anybody else commits; it reads no table."""

    def __init__(self, engine: Engine, stop: Event) -> None:
        self._connection = engine.raw_connection()
        self._stop = stop
        self._version = self._read()

    def wait(self, seconds: float) -> None:
        """Wait until somebody else has committed."""
        deadline = monotonic() + seconds
        while not self._stop.wait(_POLL_SECONDS) and monotonic() < deadline:
            version = self._read()
            if version != self._version:
                self._version = version
                return

    def close(self) -> None:
        """Give the connection back."""
        self._connection.close()

    def _read(self) -> int:
        version: int = self._connection.cursor().execute("PRAGMA data_version").fetchone()[0]
        return version


class _Listener:
    """Listens for PostgreSQL's NOTIFY on a connection of its own, which is made anew when it breaks."""

    def __init__(self, engine: Engine, stop: Event) -> None:
        self._engine = engine
        self._stop = stop
        self._connection: Any = None
        # Of the driver that the engine loaded: imported here, it would stand in memory where SQLite is used too.
        self._refusal: type[Exception] = engine.dialect.loaded_dbapi.Error

    def wait(self, seconds: float) -> None:
        """Wait until a mailing was enqueued or resumed."""
        try:
            self._connection = self._connection or self._listen()
            # The driver waits deaf to signals' events, so a long wait is taken in short pieces.
            deadline = monotonic() + seconds
            while not self._stop.is_set() and monotonic() < deadline:
                if list(self._connection.notifies(timeout=0.25, stop_after=1)):
                    return
        except (self._refusal, SQLAlchemyError) as error:
            _log.warning("not listening for new work: %s", error)
            self.close()
            self._stop.wait(min(seconds, 1.0))

    def close(self) -> None:
        """Close the connection."""
        connection, self._connection = self._connection, None
        if connection is not None:
            connection.close()

    def _listen(self) -> Any:
        pooled = self._engine.raw_connection()
        connection: Any = pooled.driver_connection
        pooled.detach()
        try:
            connection.autocommit = True
            connection.execute(f"LISTEN {WAKE_CHANNEL}")
        except self._refusal:
            connection.close()
            raise
        return connection
