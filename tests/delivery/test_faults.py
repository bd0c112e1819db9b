"""What goes wrong in the middle of a broadcast, done to the real thing: relays, databases, disks, clocks, workers."""

import json
import shutil
import signal
import sys
from collections import Counter
from collections.abc import Callable
from contextlib import nullcontext, suppress
from datetime import timedelta
from pathlib import Path
from threading import Event, Thread

import pytest
from flask import Flask
from flask_migrate import upgrade
from sqlalchemy import event, func, select, update
from sqlalchemy.orm import Session

from tests.conftest import command_environment, settings
from tests.database import cut_off, postgresql_server
from tests.delivery.conftest import WORDS, Provider
from tests.delivery.test_worker import CONNECTIONS, environment, progress
from tests.standins.mail_server import MailServer, running
from tests.standins.processes import eventually, full_disk, mail_server, worker
from tests.whole import create_app
from tsalert.core.clock import utc_now
from tsalert.db import db, transaction
from tsalert.delivery import queries, recovery, service
from tsalert.delivery.models import Delivery, Endpoint, Mailing
from tsalert.delivery.ports import Unavailable
from tsalert.delivery.rules import Channel, EndpointStatus, Lane
from tsalert.delivery.sending import Sender, Surroundings
from tsalert.leadership import make_leadership
from tsalert.mail_settings import SmtpSettings
from tsalert.providers.smtp import SmtpEmail

MANY = 600


def broadcast(app: Flask, count: int, *, lane: Lane = Lane.BULK) -> int:
    """Enqueue a mailing to so many new people; returns its id."""
    people = [service.NewEndpoint(Channel.EMAIL, f"p{n}@example.org", EndpointStatus.ACTIVE) for n in range(count)]
    with app.app_context(), transaction() as session:
        service.find_or_add_endpoints(session, people, now=utc_now())
        mailing_id = service.create_mailing(session, WORDS, lane=lane, now=utc_now())
        service.enqueue(session, mailing_id, queries.reachable_endpoints(), now=utc_now())
        return mailing_id


def count_where(app: Flask, *conditions: object) -> int:
    with app.app_context():
        return db.session().scalar(select(func.count()).select_from(Delivery).where(*conditions)) or 0  # type: ignore[arg-type]


def arrivals(log: Path) -> Counter[str]:
    lines = log.read_text().splitlines(keepends=True) if log.exists() else []
    return Counter(json.loads(line)["to"] for line in lines if line.endswith("\n"))


# --- relays ---


@pytest.mark.any_database
def test_a_relay_that_allows_two_connections_gets_everything_over_two_and_blames_nobody(
    fresh_app: Flask, tmp_path: Path
) -> None:
    mailing_id = broadcast(fresh_app, MANY)
    with running(MailServer(most_connections=2)) as relay:
        wanted = command_environment(fresh_app, TSALERT_EMAIL=f"smtp://127.0.0.1:{relay.port}?connections=6")
        with worker(wanted, tmp_path / "worker.log"):
            eventually(lambda: progress(fresh_app, mailing_id).is_finished)
        times = Counter(address for address, _ in relay.taken)
    assert (len(times), max(times.values())) == (MANY, 1)
    assert progress(fresh_app, mailing_id).sent == MANY
    assert count_where(fresh_app, Delivery.doubts > 0) == 0


def make_all_due() -> None:
    with transaction() as session:
        session.execute(update(Delivery).values(due_at=utc_now() - timedelta(seconds=1)))


def send_all_that_is_due(sender: Sender) -> None:
    is_anything_due = True
    while is_anything_due:
        with suppress(Unavailable):
            is_anything_due = sender.turn()
        sender.settle()


def test_a_server_that_lies_after_the_content_gets_each_mail_again_under_one_message_id_and_no_more_than_that(
    session: Session, people: Callable[..., list[int]], mailing: Callable[..., int], journals: Path, app: Flask
) -> None:
    liars = ("taken-then-dropped", "taken-then-closing", "taken-then-later", "taken-then-refused", "dropped", "honest")
    people(*(f"{name}@example.org" for name in liars))
    mailing()
    with running(MailServer()) as server:
        gateway = SmtpEmail(SmtpSettings("127.0.0.1", server.port, "none"), sender="alerts@example.org", timeout=5)
        sender = Sender(gateway, Surroundings(app, journals, Event(), nullcontext()))
        for _ in range(3):
            send_all_that_is_due(sender)
            make_all_due()
        sender.leave()
        taken = server.taken
    copies = Counter(address.partition("@")[0] for address, _ in taken)
    # Where nothing was said, one more try; where it was refused, none; where it was put off, as often as that is said.
    assert (copies["honest"], copies["taken-then-refused"]) == (1, 1)
    assert copies["taken-then-dropped"] == 2
    assert copies["taken-then-closing"] >= 1
    for name in copies:
        assert len({_message_id(mail) for address, mail in taken if address.startswith(f"{name}@")}) == 1
    rows = session.execute(
        select(Endpoint.address, Delivery.status).join(Endpoint, Endpoint.id == Delivery.endpoint_id)
    )
    ends = {address.partition("@")[0]: status for address, status in rows}
    assert (ends["honest"], ends["taken-then-dropped"], ends["dropped"]) == ("accepted", "unknown", "unknown")
    assert ends["taken-then-refused"] in {"failed", "hard_bounced"}


def _message_id(mail: bytes) -> bytes:
    return mail.partition(b"Message-ID: ")[2].partition(b"\r\n")[0]


# --- pause and cancel in mid-flight ---


def stands_still(log: Path) -> int:
    """Wait until nothing arrives any more; return how much did."""
    seen = [-1]

    def is_still() -> bool:
        before, seen[0] = seen[0], sum(arrivals(log).values())
        return before == seen[0]

    eventually(is_still, every=1.0)
    return seen[0]


def test_pause_resume_and_cancel_in_mid_flight_take_effect_between_batches_and_nobody_gets_it_twice(
    fresh_app: Flask, tmp_path: Path
) -> None:
    log, mailing_id = tmp_path / "mail.log", broadcast(fresh_app, 6000)
    with mail_server(log, delay=0.002) as port, worker(environment(fresh_app, port), tmp_path / "worker.log"):
        eventually(lambda: sum(arrivals(log).values()) > 100)
        with fresh_app.app_context(), transaction() as session:
            service.pause(session, mailing_id)
        held = stands_still(log)
        assert 100 < held < 6000
        assert progress(fresh_app, mailing_id).sent == held
        assert count_where(fresh_app, Delivery.status == "claimed") == 0
        with fresh_app.app_context(), transaction() as session:
            service.resume(session, mailing_id)
        eventually(lambda: sum(arrivals(log).values()) > held + 50)
        with fresh_app.app_context(), transaction() as session:
            service.call_off(session, [mailing_id], now=utc_now())
        over = stands_still(log)
    assert max(arrivals(log).values()) == 1
    assert over < 6000
    assert count_where(fresh_app, Delivery.status == "accepted") == over
    assert count_where(fresh_app, Delivery.status == "cancelled") == 6000 - over


# --- the database ---


def test_a_postgresql_that_is_cut_off_in_mid_send_and_started_again_misses_nobody_and_doubles_nobody(
    tmp_path: Path,
) -> None:
    folder, log = tmp_path / "server", tmp_path / "mail.log"
    folder.mkdir()
    with postgresql_server(folder) as url:
        app = create_app(settings(url, tmp_path))
        with app.app_context():
            upgrade()
        mailing_id = broadcast(app, 4 * MANY)
        with mail_server(log, delay=0.002) as port, worker(environment(app, port), tmp_path / "worker.log") as process:
            eventually(lambda: sum(arrivals(log).values()) > 200)
            with cut_off(folder):
                begun = stands_still(log)
                assert begun < 4 * MANY
                assert process.poll() is None, "the worker outlives the database"
            with app.app_context():
                db.engine.dispose()
            eventually(lambda: progress(app, mailing_id).is_finished, seconds=120, every=0.2)
        times = arrivals(log)
        assert (len(times), max(times.values())) == (4 * MANY, 1)
        assert count_where(app, Delivery.doubts > 0) == 0
        with app.app_context():
            db.engine.dispose()


def test_a_full_disk_beneath_the_database_loses_no_answer_and_sends_nothing_twice(
    fresh_app: Flask, tmp_path: Path
) -> None:
    """SQLite's own limit of pages stands for the disk."""
    if not fresh_app.extensions["tsalert_settings"].database_url.startswith("sqlite"):
        pytest.skip("PostgreSQL's disk cannot be filled from here")
    mailing_id, pages = broadcast(fresh_app, MANY), [10**6]
    provider = Provider()
    with fresh_app.app_context():
        engine = db.engine
        engine.dispose()

    @event.listens_for(engine, "checkout")
    def limit(connection: object, *_: object) -> None:
        connection.execute(f"PRAGMA max_page_count = {pages[0]}")  # type: ignore[attr-defined]

    sender = Sender(provider, Surroundings(fresh_app, tmp_path / "journals", Event(), nullcontext()))
    assert sender.turn()
    pages[0] = 1  # SQLite takes it as the size that the file has
    full = [sender._turn_safely() for _ in range(2)]
    assert all(full)
    pages[0] = 10**6
    while sender.turn():
        pass
    sender.leave()
    event.remove(engine, "checkout", limit)
    assert Counter(provider.addresses) == Counter(f"p{number}@example.org" for number in range(MANY))
    assert progress(fresh_app, mailing_id).sent == MANY


def test_a_worker_on_a_full_disk_sends_nothing_that_it_cannot_write_down_and_goes_on_by_itself(
    fresh_app: Flask, tmp_path: Path
) -> None:
    """It may write no file larger than a byte: neither its journal nor its log, nor SQLite's."""
    log, mailing_id = tmp_path / "mail.log", broadcast(fresh_app, 2 * MANY)
    with (
        mail_server(log, delay=0.002) as port,
        worker(environment(fresh_app, port), tmp_path / "worker.log") as process,
    ):
        eventually(lambda: sum(arrivals(log).values()) > 100)
        with full_disk(process.pid):
            begun = stands_still(log)
            assert (begun < 2 * MANY, process.poll()) == (True, None)
        eventually(lambda: progress(fresh_app, mailing_id).is_finished, seconds=120, every=0.2)
    times = arrivals(log)
    assert (len(times), max(times.values())) == (2 * MANY, 1)
    assert progress(fresh_app, mailing_id).sent == 2 * MANY


# --- clocks and machines ---


def set_clock(monkeypatch: pytest.MonkeyPatch, by: timedelta) -> None:
    """Set the clock of the machine by which the program tells the time, and not that of the database."""
    if db.engine.dialect.name == "sqlite":
        pytest.skip("SQLite has one machine and its clock")
    for name, module in [*sys.modules.items()]:
        if name.startswith("tsalert.") and hasattr(module, "utc_now"):
            monkeypatch.setattr(module, "utc_now", lambda: utc_now() + by)


def test_a_machine_whose_clock_is_set_back_in_mid_send_is_not_taken_for_lost(
    session: Session,
    app: Flask,
    people: Callable[..., list[int]],
    mailing: Callable[..., int],
    sender: Callable[[Provider], Sender],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Another machine, whose clock is right, repairs while this one sends."""
    people("ann@example.org", "bob@example.org")
    mailing()
    provider = Provider(before=lambda _: recovery.repair(utc_now()))
    set_clock(monkeypatch, -timedelta(hours=1))
    one = sender(provider)
    while one.turn():
        pass
    assert sorted(provider.addresses) == ["ann@example.org", "bob@example.org"]
    assert session.scalars(select(Delivery.doubts)).all() == [0, 0]


def test_a_machine_whose_clock_is_set_forward_lets_nothing_expire_before_its_time(
    session: Session,
    people: Callable[..., list[int]],
    mailing: Callable[..., int],
    sender: Callable[[Provider], Sender],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    people("ann@example.org")
    mailing(not_after=utc_now() + timedelta(minutes=30))
    set_clock(monkeypatch, timedelta(hours=1))
    provider = Provider()
    one = sender(provider)
    while one.turn():
        pass
    assert provider.addresses == ["ann@example.org"]


def test_a_machine_that_is_lost_with_its_journal_leaves_no_more_in_doubt_than_it_had_claimed(
    fresh_app: Flask, tmp_path: Path
) -> None:
    log, mailing_id = tmp_path / "mail.log", broadcast(fresh_app, 2 * MANY)
    with mail_server(log, delay=0.002) as port:
        with worker(environment(fresh_app, port), tmp_path / "lost.log") as lost:
            eventually(lambda: sum(arrivals(log).values()) > MANY // 2)
            lost.send_signal(signal.SIGKILL)
            lost.wait()
        claimed = count_where(fresh_app, Delivery.status == "claimed")
        shutil.rmtree(fresh_app.extensions["tsalert_settings"].files / "journals")
        with fresh_app.app_context(), transaction() as session:
            held = update(Delivery).where(Delivery.status == "claimed")
            session.execute(held.values(lease_until=utc_now() - timedelta(minutes=21)))
        with worker(environment(fresh_app, port), tmp_path / "other.log"):
            eventually(lambda: progress(fresh_app, mailing_id).is_finished)
    times = arrivals(log)
    assert set(times) == {f"p{number}@example.org" for number in range(2 * MANY)}
    doubles = sum(count > 1 for count in times.values())
    assert doubles <= count_where(fresh_app, Delivery.doubts > 0) == claimed <= 100 * CONNECTIONS
    assert max(times.values()) <= 2


def test_when_the_worker_that_keeps_the_timetable_is_killed_another_takes_it_over_within_seconds(
    fresh_app: Flask, tmp_path: Path
) -> None:
    wanted = command_environment(fresh_app)
    with worker(wanted, tmp_path / "first.log") as first, worker(wanted, tmp_path / "second.log"):
        mailing_id = broadcast(fresh_app, 1)
        eventually(lambda: count_where(fresh_app, Delivery.status == "accepted") == 1)
        with fresh_app.app_context(), transaction() as session:
            # Only the repair of the timetable ends what came back to a mailing that is cancelled: once a minute, and
            # at once where a worker begins to keep it.
            session.execute(update(Mailing).where(Mailing.id == mailing_id).values(state="cancelled"))
            session.execute(update(Delivery).values(status="pending", settled_at=None))
        first.send_signal(signal.SIGKILL)
        first.wait()
        eventually(lambda: count_where(fresh_app, Delivery.status == "cancelled") == 1, seconds=30)


def test_of_workers_that_start_at_once_one_runs_the_timetable(fresh_app: Flask) -> None:
    with fresh_app.app_context():
        leaders = [make_leadership(db.engine) for _ in range(6)]
    start, held = Event(), list[int]()

    def ask(number: int) -> None:
        start.wait()
        held.extend(number for _ in range(20) if leaders[number].holds())

    threads = [Thread(target=ask, args=(number,)) for number in range(len(leaders))]
    for thread in threads:
        thread.start()
    start.set()
    for thread in threads:
        thread.join()
    assert (len(set(held)), len(held)) == (1, 20)
    for leader in leaders:
        leader.give_up()
