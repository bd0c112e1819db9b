"""Taking turns to write into SQLite, which asks for its one write lock ever more seldom the longer somebody waits."""

import sqlite3
from time import monotonic, sleep

_PAUSE = 0.001


def take_turn(connection: sqlite3.Connection) -> None:
    """Begin to write as soon as others let it.

    Left alone SQLite comes to sleep for a tenth of a second between two tries, while whoever wrote last writes again.

    :raises sqlite3.OperationalError: they did not for as long as this connection waits for locks; or the file is gone.
    """
    (patience,) = connection.execute("PRAGMA busy_timeout").fetchone()
    connection.execute("PRAGMA busy_timeout = 0")
    try:
        _begin(connection, monotonic() + patience / 1000)
    finally:
        connection.execute(f"PRAGMA busy_timeout = {patience}")


def _begin(connection: sqlite3.Connection, end: float) -> None:
    while True:
        try:
            connection.execute("BEGIN IMMEDIATE")
        except sqlite3.OperationalError as error:
            if error.sqlite_errorcode & 0xFF != sqlite3.SQLITE_BUSY or monotonic() >= end:
                raise
            sleep(_PAUSE)
        else:
            return
