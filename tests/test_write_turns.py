"""Writing into SQLite in turn: who waits goes on once others let it, and gives up when its patience ends."""

import sqlite3
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from threading import Thread

import pytest
from flask import Flask
from sqlalchemy import event

from tests.standins.processes import eventually
from tsalert.db import db, transaction
from tsalert.write_turns import take_turn

Connect = Callable[[], sqlite3.Connection]


@pytest.fixture
def connect(tmp_path: Path) -> Iterator[Connect]:
    """Open connections to one file, which wait for a fifth of a second for a lock."""
    opened: list[sqlite3.Connection] = []

    def open_one() -> sqlite3.Connection:
        connection = sqlite3.connect(tmp_path / "one.db", isolation_level=None, check_same_thread=False)
        opened.append(connection)
        connection.execute("PRAGMA journal_mode = WAL")
        connection.execute("PRAGMA busy_timeout = 200")
        return connection

    yield open_one
    for connection in opened:
        connection.close()


def test_who_waits_writes_once_the_other_is_done_and_waits_for_locks_as_before(connect: Connect) -> None:
    first, second = connect(), connect()
    second.execute("PRAGMA busy_timeout = 60000")
    take_turn(first)
    waiting = Thread(target=take_turn, args=[second])
    waiting.start()
    first.execute("CREATE TABLE written (word TEXT)")
    assert not second.in_transaction
    first.execute("COMMIT")
    waiting.join(60)
    assert second.in_transaction
    assert second.execute("SELECT count(*) FROM written").fetchone() == (0,)
    assert second.execute("PRAGMA busy_timeout").fetchone() == (60000,)


def test_who_waits_in_vain_is_told_that_the_database_is_locked(connect: Connect) -> None:
    first, second = connect(), connect()
    take_turn(first)
    with pytest.raises(sqlite3.OperationalError, match="locked"):
        take_turn(second)
    assert second.execute("PRAGMA busy_timeout").fetchone() == (200,)


@pytest.mark.any_database  # others write side by side
def test_a_crowd_that_waits_to_write_opens_few_connections_and_all_of_it_writes(fresh_app: Flask) -> None:
    opened: list[object] = []

    def write() -> str:
        with fresh_app.app_context(), transaction():
            return "written"

    with fresh_app.app_context(), ThreadPoolExecutor(12) as crowd:
        event.listen(db.engine, "connect", lambda connection, _: opened.append(connection))
        with transaction():
            waiting = [crowd.submit(write) for _ in range(12)]
            eventually(lambda: db.engine.pool.status().endswith("Current Checked out connections: 6"))
        assert [each.result() for each in waiting] == ["written"] * 12
        assert len(opened) <= 6  # each holds a megabyte and a half
