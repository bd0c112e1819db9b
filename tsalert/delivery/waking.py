"""Waiting for new work without asking the queue all the time."""

from collections.abc import Callable
from threading import Event
from time import monotonic
from typing import Any

from sqlalchemy.engine import Engine

from tsalert.delivery.mailings import WAKE_CHANNEL

_POLL_SECONDS = 0.1


def make_waiter(engine: Engine, stop: Event) -> Callable[[float], None]:
    """Return a function that waits until the database may hold new work, or for some seconds at most."""
    if engine.dialect.name == "postgresql":
        return _Listener(engine, stop)
    return _Poller(engine, stop)


class _Poller:
    """Asks SQLite for its data version, which changes when anybody else commits; it reads no table."""

    def __init__(self, engine: Engine, stop: Event) -> None:
        self._connection = engine.raw_connection()
        self._stop = stop
        self._version = self._read()

    def __call__(self, seconds: float) -> None:
        deadline = monotonic() + seconds
        while not self._stop.wait(_POLL_SECONDS) and monotonic() < deadline:
            version = self._read()
            if version != self._version:
                self._version = version
                return

    def _read(self) -> int:
        version: int = self._connection.cursor().execute("PRAGMA data_version").fetchone()[0]
        return version


class _Listener:
    """Listens for PostgreSQL's NOTIFY on a connection of its own, which is made anew when it breaks."""

    def __init__(self, engine: Engine, stop: Event) -> None:
        self._engine = engine
        self._stop = stop
        self._connection: Any = None

    def __call__(self, seconds: float) -> None:
        try:
            self._connection = self._connection or self._listen()
            # The driver waits deaf to signals' events, so a long wait is taken in short pieces.
            deadline = monotonic() + seconds
            while not self._stop.is_set() and monotonic() < deadline:
                if list(self._connection.notifies(timeout=0.25, stop_after=1)):
                    return
        except Exception:  # noqa: BLE001 - the driver's errors; the tick goes on by time alone
            self._connection = None
            self._stop.wait(min(seconds, 1.0))

    def _listen(self) -> Any:
        pooled = self._engine.raw_connection()
        pooled.detach()
        connection: Any = pooled.driver_connection
        connection.autocommit = True
        connection.execute(f"LISTEN {WAKE_CHANNEL}")
        return connection
