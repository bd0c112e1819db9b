"""The worker as a real process: killed in mid-broadcast, doubled, stopped."""

import json
import signal
import subprocess
import sys
from collections import Counter
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from threading import Event

import pytest
from flask import Flask
from sqlalchemy import func, select, text

from tests.conftest import command_environment
from tests.standins.processes import eventually, mail_server, worker
from tsalert.core.actors import Actor, Permission, Via
from tsalert.core.clock import utc_now
from tsalert.db import db, transaction
from tsalert.delivery import queries, service, stopping
from tsalert.delivery.journal import machine_boot
from tsalert.delivery.models import Delivery
from tsalert.delivery.personal import Letter, page_one
from tsalert.delivery.progress import Progress
from tsalert.delivery.rules import Channel, Content, EndpointStatus, Lane
from tsalert.installation import job_runs, workers
from tsalert.jobs import TIMETABLE
from tsalert.worker import read_little

CONNECTIONS = 4
Add = Callable[[int], int]


@pytest.fixture
def broadcast(fresh_app: Flask) -> Add:
    """Enqueue a mailing to so many new people; returns its id."""

    def add(count: int) -> int:
        people = [
            service.NewEndpoint(Channel.EMAIL, f"p{number}@example.org", EndpointStatus.ACTIVE)
            for number in range(count)
        ]
        with fresh_app.app_context(), transaction() as session:
            now = utc_now()
            service.find_or_add_endpoints(session, people, now=now)
            content = Content("Doorstep crime", "Do not open the door.\n" * 20)
            mailing_id = service.create_mailing(session, content, lane=Lane.BULK, now=now)
            assert service.enqueue(session, mailing_id, queries.reachable_endpoints(), now=now) == count
            return mailing_id

    return add


def progress(app: Flask, mailing_id: int) -> Progress:
    with app.app_context():
        return queries.progress(db.session(), mailing_id)


def arrived(log: Path) -> list[dict[str, str]]:
    """Return what the mail server noted so far; a line that it is just writing does not count yet."""
    lines = log.read_text().splitlines(keepends=True) if log.exists() else []
    return [json.loads(line) for line in lines if line.endswith("\n")]


def nothing_claimed(app: Flask) -> bool:
    with app.app_context():
        return db.session().scalar(select(Delivery.id).where(Delivery.status == "claimed").limit(1)) is None


def environment(app: Flask, port: int) -> dict[str, str]:
    return command_environment(app, TSALERT_EMAIL=f"smtp://127.0.0.1:{port}?connections={CONNECTIONS}")


def test_a_worker_killed_in_mid_broadcast_misses_nobody_and_doubles_only_what_was_in_flight(
    fresh_app: Flask, broadcast: Add, tmp_path: Path
) -> None:
    log = tmp_path / "mail.log"
    mailing_id = broadcast(1500)
    with mail_server(log, delay=0.0005) as port:
        with worker(environment(fresh_app, port), tmp_path / "first.log") as first:
            eventually(lambda: len(arrived(log)) > 300)
            first.send_signal(signal.SIGKILL)
            first.wait()
        assert len(arrived(log)) < 1500
        with worker(environment(fresh_app, port), tmp_path / "second.log"):
            eventually(lambda: progress(fresh_app, mailing_id).is_finished)
    times = Counter(mail["to"] for mail in arrived(log))
    doubles = [name for name, count in times.items() if count > 1]
    assert set(times) == {f"p{number}@example.org" for number in range(1500)}
    assert max(times.values()) <= 2
    assert len(doubles) <= CONNECTIONS
    for name in doubles:
        assert len({mail["id"] for mail in arrived(log) if mail["to"] == name}) == 1
    with fresh_app.app_context():
        in_doubt = db.session().scalar(select(func.count()).where(Delivery.doubts > 0)) or 0
    assert len(doubles) <= in_doubt <= CONNECTIONS
    assert progress(fresh_app, mailing_id).sent == 1500


def test_two_workers_share_a_broadcast_and_nobody_gets_it_twice(
    fresh_app: Flask, broadcast: Add, tmp_path: Path
) -> None:
    log = tmp_path / "mail.log"
    with mail_server(log, delay=0.0005) as port:
        settings = environment(fresh_app, port)
        with worker(settings, tmp_path / "first.log"), worker(settings, tmp_path / "second.log"):
            mailing_id = broadcast(1500)
            eventually(lambda: progress(fresh_app, mailing_id).is_finished)
    times = Counter(mail["to"] for mail in arrived(log))
    assert (len(times), max(times.values())) == (1500, 1)
    with fresh_app.app_context():
        senders = db.session().scalar(select(func.count(Delivery.claimed_by.distinct()))) or 0
    assert senders == 2, "only one of the workers did anything"


@pytest.mark.any_database
def test_a_page_by_mail_that_the_server_is_slow_to_take_holds_up_no_other(fresh_app: Flask, tmp_path: Path) -> None:
    log = tmp_path / "mail.log"
    with fresh_app.app_context(), transaction() as session:
        for name in ("silent", "ann"):
            now, said = utc_now(), Content("Nobody took the incident", "Open the board.")
            letter = Letter(Channel.EMAIL, f"{name}@example.org", said, now + timedelta(hours=1))
            page_one(session, letter, now=now)
    with mail_server(log) as port, worker(environment(fresh_app, port), tmp_path / "worker.log") as only:
        eventually(lambda: [mail["to"] for mail in arrived(log)] == ["ann@example.org"], seconds=20)
        only.kill()  # else it would wait for the silent one


def test_two_workers_stop_and_start_by_the_one_switch_and_nobody_is_missed_or_doubled(
    fresh_app: Flask, broadcast: Add, tmp_path: Path
) -> None:
    log, actor = tmp_path / "mail.log", Actor(None, "Dana Duty", frozenset({Permission.STOP_SENDING}), Via.PAGE)
    with mail_server(log, delay=0.002) as port:
        settings = environment(fresh_app, port)
        with worker(settings, tmp_path / "first.log"), worker(settings, tmp_path / "second.log"):
            mailing_id = broadcast(1500)
            eventually(lambda: len(arrived(log)) > 100)
            with fresh_app.app_context():
                stopping.stop_sending("The wrong ward gets it.", actor=actor, now=utc_now())
            eventually(lambda: nothing_claimed(fresh_app))
            held = progress(fresh_app, mailing_id)
            assert held.pending == 1500 - held.sent > 0
            Event().wait(1)  # in which both workers look for work several times
            assert progress(fresh_app, mailing_id).pending == held.pending
            assert len(arrived(log)) == held.sent
            with fresh_app.app_context():
                stopping.start_sending("It was the right ward.", actor=actor, now=utc_now())
            eventually(lambda: progress(fresh_app, mailing_id).is_finished)
    times = Counter(mail["to"] for mail in arrived(log))
    assert (len(times), max(times.values())) == (1500, 1)


def test_a_worker_told_to_stop_finishes_what_it_holds_and_leaves_nothing_claimed(
    fresh_app: Flask, broadcast: Add, tmp_path: Path
) -> None:
    log = tmp_path / "mail.log"
    mailing_id = broadcast(1500)
    running = tmp_path / "worker.log"
    with mail_server(log, delay=0.0005) as port, worker(environment(fresh_app, port), running) as process:
        eventually(lambda: len(arrived(log)) > 100)
        process.send_signal(signal.SIGTERM)
        assert process.wait(20) == 0
    settled = progress(fresh_app, mailing_id)
    assert settled.sent == len(arrived(log)) < 1500
    assert settled.pending == 1500 - settled.sent
    with fresh_app.app_context():
        claimed = db.session().scalar(select(func.count()).where(Delivery.status == "claimed"))
        assert claimed == 0
        assert list((fresh_app.extensions["tsalert_settings"].files / "journals").iterdir()) == []


# While it waits, a thread holds for instants the very lock that telling it to stop needs.
AT_THE_WORST_MOMENT = """
import os, signal
from tsalert.worker import stop_when_told
stop = stop_when_told()
with stop._cond:
    os.kill(os.getpid(), signal.SIGTERM)
assert stop.wait(20)
"""


def test_a_worker_told_to_stop_at_the_worst_moment_hears_it() -> None:
    subprocess.run([sys.executable, "-c", AT_THE_WORST_MOMENT], check=True, timeout=60)


def leading(app: Flask) -> list[bool]:
    """Return of each worker that is seen whether it keeps the timetable."""
    with app.app_context():
        return [each.is_leading for each in workers.known_workers(db.session())]


def test_a_worker_is_seen_while_it_runs_and_leaves_behind_how_its_jobs_went(fresh_app: Flask, tmp_path: Path) -> None:
    with worker(command_environment(fresh_app), tmp_path / "worker.log"):
        eventually(lambda: leading(fresh_app) == [True])
    assert leading(fresh_app) == []
    with fresh_app.app_context():
        runs = {each.name: each.runs for each in job_runs.known_jobs(db.session())}
    assert set(runs) == {job.name for job in TIMETABLE}
    assert runs["give a sign of life"] > 0


@pytest.mark.any_database
def test_a_journal_that_cannot_be_read_keeps_a_worker_from_nothing_else(fresh_app: Flask, tmp_path: Path) -> None:
    journals = fresh_app.extensions["tsalert_settings"].files / "journals"
    (journals / f"{machine_boot()}.unreadable.journal").mkdir(parents=True)
    running = tmp_path / "worker.log"
    with worker(command_environment(fresh_app), running):
        eventually(lambda: leading(fresh_app) == [True])
    assert "unreadable.journal cannot be read" in running.read_text()


@pytest.mark.any_database
def test_a_worker_refuses_to_start_with_another_installations_address_key(
    fresh_app: Flask, run_command: Callable[..., object], tmp_path: Path
) -> None:
    settings = command_environment(fresh_app)
    with worker(settings, tmp_path / "right.log"):
        pass
    wrong = settings | {"TSALERT_ADDRESS_KEY": "b" * 40}
    with pytest.raises(AssertionError, match="TSALERT_ADDRESS_KEY"), worker(wrong, tmp_path / "wrong.log"):
        pass


@pytest.mark.any_database
def test_a_connection_of_the_worker_to_sqlite_keeps_little_of_what_it_reads(fresh_app: Flask) -> None:
    with fresh_app.app_context():
        if db.engine.dialect.name != "sqlite":
            pytest.skip("PostgreSQL keeps pages in its own processes")
        usual = db.session.execute(text("PRAGMA cache_size")).scalar_one()
        db.session.remove()
        read_little(db.engine)
        assert db.session.execute(text("PRAGMA cache_size")).scalar_one() == -500
        assert usual == -2000
