"""Breaches as the real worker keeps them: soon, at its start, and by the database's clock alone."""

from collections.abc import Callable
from datetime import datetime, timedelta
from pathlib import Path
from threading import Event

import pytest
import time_machine
from flask import Flask
from sqlalchemy import select

from tests.conftest import command_environment
from tests.response.conftest import roof_call
from tests.standins.processes import eventually, worker
from tsalert.core.actors import Actor, Permission, Via
from tsalert.core.clock import utc_now
from tsalert.db import database_now, db
from tsalert.jobs import TIMETABLE
from tsalert.leadership import make_leadership
from tsalert.response import service
from tsalert.response.models import Breach
from tsalert.staff import service as staff
from tsalert.staff.rules import RoleName
from tsalert.timekeeping import Timetable

HOUR = timedelta(hours=1)
(NOTING,) = [job for job in TIMETABLE if job.name == "note missed targets"]


@pytest.fixture
def dee(fresh_app: Flask) -> Actor:
    with fresh_app.app_context():
        roles = [RoleName.DUTY_OFFICER]
        officer_id = staff.create_officer("dee@example.org", name="Dee", roles=roles, password=None, now=utc_now())
        db.session.remove()
    return Actor(officer_id, "Dee", frozenset(Permission), Via.PAGE)


@pytest.fixture
def wait_since(fresh_app: Flask, dee: Actor) -> Callable[[timedelta], datetime]:
    """Log a call that came so long ago; returns when it is due."""

    def log(ago: timedelta) -> datetime:
        with fresh_app.app_context():
            # Logged as if then, so that no step of ours has noticed yet that it is overdue.
            then = utc_now() - ago
            service.log_call(roof_call(), actor=dee, now=then)
            db.session.remove()
        return then.replace(microsecond=0) + 2 * HOUR

    return log


def breaches(app: Flask) -> list[tuple[datetime, datetime]]:
    with app.app_context():
        found = db.session.execute(select(Breach.due_at, Breach.recorded_at).order_by(Breach.due_at)).all()
        db.session.remove()
    return [(due_at, recorded_at) for due_at, recorded_at in found]


def test_a_worker_keeps_what_came_due_while_it_was_away_and_what_comes_due_now(
    fresh_app: Flask, wait_since: Callable[[timedelta], datetime], tmp_path: Path
) -> None:
    missed = [wait_since(3 * HOUR), wait_since(50 * HOUR)]
    with worker(command_environment(fresh_app), tmp_path / "worker.log"):
        eventually(lambda: len(breaches(fresh_app)) == 2)
        due = wait_since(2 * HOUR - timedelta(seconds=3))
        eventually(lambda: len(breaches(fresh_app)) == 3)
    kept = dict(breaches(fresh_app))
    assert set(kept) == {*missed, due}
    assert timedelta(0) < kept[due] - due <= timedelta(seconds=15)


def run_noting(app: Flask) -> None:
    """Run the job as the timetable does."""
    with app.app_context():
        leadership = make_leadership(db.engine)
    Timetable(app, leadership)._run(NOTING)
    with app.app_context():
        db.session.remove()


def test_a_worker_whose_clock_runs_fast_makes_nothing_overdue(
    fresh_app: Flask, wait_since: Callable[[timedelta], datetime]
) -> None:
    wait_since(HOUR)
    with time_machine.travel(utc_now() + 5 * HOUR):
        run_noting(fresh_app)
    assert breaches(fresh_app) == []


def test_a_worker_whose_clock_runs_slow_misses_nothing(
    fresh_app: Flask, wait_since: Callable[[timedelta], datetime]
) -> None:
    due = wait_since(3 * HOUR)
    with time_machine.travel(utc_now() - 5 * HOUR):
        run_noting(fresh_app)
    assert [when for when, _ in breaches(fresh_app)] == [due]
    assert abs(breaches(fresh_app)[0][1] - utc_now()) < HOUR, "told at the database's time"


def test_the_databases_clock_is_read_with_its_zone_and_goes_on_in_a_transaction(fresh_app: Flask) -> None:
    with fresh_app.app_context():
        first = database_now(db.session())
        Event().wait(0.05)
        second = database_now(db.session())
        db.session.remove()
    assert timedelta(milliseconds=40) < second - first < HOUR
    assert abs(first - utc_now()) < timedelta(minutes=1)
