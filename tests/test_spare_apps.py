"""An application that stands on one test's database after another's shows nothing of the one before."""

import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy import text

from tests.conftest import copied_app, make_app
from tsalert.config import Settings
from tsalert.db import db

KEEPING = ("tsalert_allowances", "tsalert_board", "tsalert_drawings", "tsalert_figures", "tsalert_published_files")


def make_spare(chosen: Settings) -> Flask:
    """Make an application that no other test is given."""
    return make_app(chosen)


@contextmanager
def lent(app: Flask, database_url: str, folder: Path) -> Iterator[Flask]:
    folder.mkdir()
    with copied_app(app, database_url, folder, make_spare) as spare, spare.app_context():
        yield spare
        db.session.remove()


def test_the_next_test_finds_nothing_that_was_read_drawn_or_changed(
    app: Flask, database_url: str, tmp_path: Path
) -> None:
    with lent(app, database_url, tmp_path / "one") as spare:
        first = spare
        mark = spare.test_client().get("/cookies").headers["ETag"].removeprefix("W/").strip('"')
        kept = [spare.extensions[name] for name in KEEPING]
        spare.config["TSALERT_DEMO"] = True
        address = db.engine.url
    with lent(app, database_url, tmp_path / "two") as spare:
        assert spare is first, "making one takes longer than most tests"
        drawings = spare.extensions["tsalert_drawings"]
        assert drawings.recall("/cookies", mark, lambda: "drawn anew") == "drawn anew"
        again = [name for name, before in zip(KEEPING, kept, strict=True) if spare.extensions[name] is before]
        assert again == []
        assert spare.config["TSALERT_DEMO"] is False
        assert db.engine.url != address


ALONE = "import sqlite3, sys; print(sqlite3.connect(sys.argv[1], timeout=0).execute('PRAGMA journal_mode = DELETE'))"


@pytest.mark.any_database
def test_a_database_that_is_copied_stays_closed_to_whoever_wants_it_alone(
    app: Flask, database_url: str, tmp_path: Path
) -> None:
    """Whoever opens and closes its file beside SQLite takes this process's locks away, and its journal with them."""
    with app.app_context(), db.engine.connect() as connection:
        connection.execute(text("SELECT 1 FROM installation_fact"))
        with copied_app(app, database_url, tmp_path):
            command = [sys.executable, "-c", ALONE, database_url.removeprefix("sqlite:///")]
            alone = subprocess.run(command, stderr=subprocess.PIPE, text=True, check=False)
    assert "database is locked" in alone.stderr
