"""Keeping to a provider's pace, over a minute, over a restart, and by several workers at once."""

from collections.abc import Callable, Iterator
from contextlib import nullcontext
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path
from threading import Event, Lock, Thread
from time import monotonic

import pytest
from flask import Flask
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy.orm import Session

from tests.conftest import NOW
from tests.delivery.conftest import WORDS, Provider
from tsalert.core.clock import utc_now
from tsalert.db import db, transaction
from tsalert.delivery import pace, pacing, queries, service
from tsalert.delivery.claiming import Work
from tsalert.delivery.models import ProviderPace
from tsalert.delivery.ports import Message
from tsalert.delivery.rules import Channel, EndpointStatus, Lane
from tsalert.delivery.sending import Sender, Surroundings
from tsalert.pace_settings import PaceSettings

RATES = st.sampled_from([0.5, 1.0, 3.0, 50.0, 150.0, 3000 / 60, 15_000.0])


def minute_of(rate: float, pauses: Iterator[float], size: int) -> list[datetime]:
    """Let a sender that always has something take its turns over two minutes; return when each message left."""
    now, spent_until, left = NOW, NOW, list[datetime]()
    while now < NOW + timedelta(minutes=2):
        allowed = pace.allow(spent_until, rate, size, now=now)
        spent_until = pace.spend(spent_until, rate, allowed, now=now)
        left.extend([now] * allowed)
        rest = pace.seconds_until_more(spent_until, rate, now=now)
        now += timedelta(seconds=max(rest, next(pauses)))
    return left


@pytest.mark.parametrize("rate", [1.0, 10.0, 150.0, 3000 / 60])
@pytest.mark.parametrize("pause", [0.001, 0.03, 0.4])
def test_over_any_minute_the_pace_is_kept_within_two_in_a_hundred(rate: float, pause: float) -> None:
    left = minute_of(rate, iter(lambda: pause, None), 100)
    for start in range(60):
        begins = NOW + timedelta(seconds=start)
        count = sum(begins <= at < begins + timedelta(minutes=1) for at in left)
        assert 0.98 * 60 * rate - 1 <= count <= 1.02 * 60 * rate + 1


@given(RATES, st.lists(st.tuples(st.floats(0, 5), st.integers(1, 500)), min_size=1, max_size=80))
def test_whatever_is_asked_for_no_more_leaves_than_its_time_and_one_moment_allow(
    rate: float, asked: list[tuple[float, int]]
) -> None:
    now, spent_until, count = NOW, NOW, 0
    for pause, size in asked:
        now += timedelta(seconds=pause)
        allowed = pace.allow(spent_until, rate, size, now=now)
        assert 0 <= allowed <= size
        spent_until = pace.spend(spent_until, rate, allowed, now=now)
        count += allowed
    seconds = (now - NOW).total_seconds()
    assert count <= rate * (seconds + 1) + 1


@given(RATES, st.floats(-7200, 7200))
def test_a_clock_that_jumps_neither_opens_the_gate_nor_shuts_it_for_long(rate: float, jump: float) -> None:
    spent_until, now = NOW, NOW + timedelta(seconds=jump)
    moment = max(1.0, 1 / rate)
    assert pace.allow(spent_until, rate, 10**9, now=now) <= rate * moment + 1
    spent_until = min(spent_until, pace.spend(spent_until, rate, 0, now=now))
    later = now + timedelta(seconds=2 * moment + 1 / rate)
    assert pace.allow(spent_until, rate, 1, now=later) == 1


@given(RATES)
def test_after_the_rest_that_is_told_more_may_leave(rate: float) -> None:
    rest = timedelta(seconds=pace.seconds_until_more(NOW, rate, now=NOW))
    assert pace.allow(NOW, rate, 1, now=NOW + rest) == 1


class Clock:
    """The database's clock, set by hand."""

    def __init__(self) -> None:
        self.now = NOW

    def __call__(self, session: Session) -> datetime:
        return self.now


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> Clock:
    clock = Clock()
    monkeypatch.setattr(pacing, "shared_now", clock)
    return clock


@pytest.fixture
def paced(app: Flask, monkeypatch: pytest.MonkeyPatch) -> Callable[..., None]:
    """Set the pace of mail."""

    def set_pace(rate: float | None) -> None:
        settings = app.extensions["tsalert_settings"]
        monkeypatch.setitem(app.extensions, "tsalert_settings", replace(settings, paces=PaceSettings(email=rate)))

    return set_pace


def test_a_sender_takes_no_more_than_its_time_allows_and_another_after_a_restart_goes_on_from_there(
    session: Session,
    paced: Callable[..., None],
    clock: Clock,
    people: Callable[..., list[int]],
    mailing: Callable[..., int],
    sender: Callable[[Provider], Sender],
) -> None:
    people(*(f"p{number}@example.org" for number in range(80)))
    mailing()
    paced(10.0)
    provider = Provider()
    first = sender(provider)
    assert not first.turn()
    for _ in range(100):  # five seconds
        clock.now += timedelta(seconds=0.05)
        first.turn()
    assert len(provider.sent) == 50
    first.settle()
    restarted = sender(provider)
    assert not restarted.turn()
    clock.now += timedelta(seconds=0.1)
    assert restarted.turn()
    restarted.settle()
    assert len(provider.sent) == 51
    clock.now += timedelta(hours=1)
    while restarted.turn():
        pass
    assert len(provider.sent) == 61, "an hour of rest saves up one second"


def test_a_sender_rests_until_more_may_leave(
    session: Session,
    paced: Callable[..., None],
    clock: Clock,
    people: Callable[..., list[int]],
    mailing: Callable[..., int],
    sender: Callable[[Provider], Sender],
) -> None:
    people("ann@example.org")
    mailing()
    paced(0.5)
    one = sender(Provider())
    assert not one.turn()
    assert one._gate.patience(30.0) == pytest.approx(2.0)
    clock.now += timedelta(seconds=2)
    assert one.turn()
    assert not one.turn()
    assert one._gate.patience(30.0) <= 2.0


def test_a_database_whose_clock_is_set_back_an_hour_holds_nothing_up_for_long(
    session: Session,
    paced: Callable[..., None],
    clock: Clock,
    people: Callable[..., list[int]],
    mailing: Callable[..., int],
    sender: Callable[[Provider], Sender],
) -> None:
    people("ann@example.org", "bob@example.org")
    mailing()
    paced(1.0)
    provider = Provider()
    one = sender(provider)
    one.turn()
    clock.now += timedelta(seconds=1)
    assert one.turn()
    clock.now -= timedelta(hours=1)
    assert not one.turn()
    clock.now += timedelta(seconds=2)
    assert one.turn()
    assert len(provider.sent) == 2


def test_where_nothing_waits_the_pace_is_saved_for_what_comes(
    session: Session, paced: Callable[..., None], clock: Clock, sender: Callable[[Provider], Sender]
) -> None:
    paced(10.0)
    idle = sender(Provider())
    for _ in range(5):
        clock.now += timedelta(seconds=1)
        assert not idle.turn()
    assert session.get_one(ProviderPace, "email").spent_until == NOW + timedelta(seconds=1)


def test_without_a_pace_nothing_is_asked_or_written(
    session: Session,
    people: Callable[..., list[int]],
    mailing: Callable[..., int],
    sender: Callable[[Provider], Sender],
) -> None:
    people("ann@example.org")
    mailing()
    one = sender(Provider())
    assert one.turn()
    one.settle()
    assert session.get(ProviderPace, "email") is None
    assert one._gate.patience(30.0) == 30.0


@pytest.fixture
def page(people: Callable[..., list[int]], mailing: Callable[..., int]) -> None:
    """Have one page to send."""
    people("officer@example.org")
    mailing(lane=Lane.PAGING)


def test_a_page_waits_for_no_pace_and_is_counted(
    app: Flask, session: Session, paced: Callable[..., None], clock: Clock, journals: Path, page: None
) -> None:
    paced(1.0)
    provider = Provider()
    pager = Sender(provider, Surroundings(app, journals, Event(), nullcontext()), Work.PAGES)
    assert pager.turn()
    pager.settle()
    assert provider.addresses == ["officer@example.org"]
    assert session.get_one(ProviderPace, "email").spent_until == NOW + timedelta(seconds=1)
    pager._journal.close()


def test_two_workers_share_one_pace(fresh_app: Flask, tmp_path: Path) -> None:
    """Real threads, a real clock and a real database, for three seconds."""
    rate, seconds, lines = 100.0, 3.0, 4
    settings = replace(fresh_app.extensions["tsalert_settings"], paces=PaceSettings(email=rate))
    fresh_app.extensions["tsalert_settings"] = settings
    with fresh_app.app_context(), transaction() as session:
        everybody = [
            service.NewEndpoint(Channel.EMAIL, f"p{number}@example.org", EndpointStatus.ACTIVE) for number in range(900)
        ]
        service.find_or_add_endpoints(session, everybody, now=utc_now())
        mailing_id = service.create_mailing(session, WORDS, lane=Lane.URGENT, now=utc_now())
        service.enqueue(session, mailing_id, queries.reachable_endpoints(), now=utc_now())
    with fresh_app.app_context():
        lock = Lock() if db.engine.dialect.name == "sqlite" else nullcontext()
    times: list[float] = []

    def note(message: Message) -> None:
        times.append(monotonic())

    stops = [Event() for _ in range(lines)]
    journals = [tmp_path / f"journals{number // 2}" for number in range(lines)]
    workers = [Surroundings(fresh_app, *each, lock) for each in zip(journals, stops, strict=True)]
    senders = [Sender(Provider(before=note), around) for around in workers]
    threads = [Thread(target=sender.run, daemon=True) for sender in senders]
    began = monotonic()
    for thread in threads:
        thread.start()
    Event().wait(seconds)
    for stop, sender in zip(stops, senders, strict=True):
        stop.set()
        sender.wake.set()
    for thread in threads:
        thread.join(10)
    ended = monotonic()
    assert len(times) <= rate * (ended - began + 1) + 1
    assert len(times) >= rate * seconds * 0.8
