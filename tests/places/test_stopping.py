"""Imports that are killed, and imports that meet."""

import os
import signal
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from tests.conftest import command_environment
from tests.places.directory_files import many, write
from tests.places.test_importing import count, take_in
from tests.standins.processes import eventually
from tsalert.core.errors import Conflict
from tsalert.db import db
from tsalert.places.importing import BATCH
from tsalert.places.models import PlaceImport, PostcodePlace

_ROWS = 12 * BATCH


def lines_done(app: Flask) -> int:
    with app.app_context():
        done = db.session.scalar(select(func.max(PlaceImport.lines_done))) or 0
        db.session.remove()
        return done


def test_a_command_that_is_killed_goes_on_where_it_was(
    fresh_app: Flask, run_command: Callable[..., subprocess.CompletedProcess[str]], tmp_path: Path
) -> None:
    path = write(tmp_path / "ONSPD_AUG_2026_UK.csv", many(_ROWS))
    command = [sys.executable, "-m", "flask", "--app", "wsgi", "places", "import", str(path)]
    with subprocess.Popen(command, env=command_environment(fresh_app), stderr=subprocess.DEVNULL) as process:
        eventually(lambda: lines_done(fresh_app) > BATCH)
        os.kill(process.pid, signal.SIGKILL)
    killed_at = lines_done(fresh_app)
    assert (killed_at - 1) % BATCH == 0
    again = run_command("places", "import", str(path))
    assert (again.returncode, again.stdout) == (0, f"{_ROWS:,} added, 0 moved, 0 put right, 0 bad.\n")
    with fresh_app.app_context():
        assert db.session.scalar(select(func.count()).select_from(PostcodePlace)) == _ROWS
        db.session.remove()


def test_two_who_import_one_file_do_nothing_twice(session: Session, tmp_path: Path) -> None:
    path, told = write(tmp_path / "a.csv", many(3 * BATCH)), list[int]()

    def meet(done: int) -> None:
        told.append(done)
        if len(told) == 2:
            assert take_in(path).added == 3 * BATCH

    with pytest.raises(Conflict, match="Somebody else is importing"):
        take_in(path, on_progress=meet)
    assert count(session) == 3 * BATCH
