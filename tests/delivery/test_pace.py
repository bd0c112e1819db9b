"""Keeping to a provider's pace, over a minute, over a restart, and by several workers at once."""

from bisect import bisect_left
from collections import Counter
from collections.abc import Callable
from contextlib import nullcontext
from datetime import datetime, timedelta
from pathlib import Path
from threading import Event, Lock, Thread
from time import monotonic

import pytest
from flask import Flask
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace
from sqlalchemy.orm import Session

from tests.conftest import NOW
from tests.delivery.conftest import WORDS, Provider
from tsalert.core.clock import utc_now
from tsalert.db import db, transaction
from tsalert.delivery import pace, pacing, queries, service
from tsalert.delivery.claiming import Work
from tsalert.delivery.models import ProviderPace
from tsalert.delivery.pace import Spent
from tsalert.delivery.ports import Message
from tsalert.delivery.rules import Channel, EndpointStatus, Lane
from tsalert.delivery.sending import Sender, Surroundings
from tsalert.pace_settings import PaceSettings

RATES = st.sampled_from([0.5, 1.0, 3.0, 50.0, 150.0, 3000 / 60, 15_000.0])
MOMENT = 1.0
Waits = Callable[[int, float], None]


def leavings(rate: float, pause: float, *, gap: float) -> list[datetime]:
    """Let a sender that always has something take its turns for 200 seconds; return when each message left.

    :param gap: seconds in which nobody sends, since the sender is started anew.
    """
    now, spent, left = NOW, Spent(NOW), list[datetime]()
    restarts_at = [NOW + timedelta(seconds=30)]
    while now < NOW + timedelta(seconds=200):
        if restarts_at and now >= restarts_at[0]:
            now = restarts_at.pop() + timedelta(seconds=gap)
        allowed = pace.allow(spent, rate, 100, now=now)
        spent = pace.spend(spent, rate, allowed, now=now, more_wait=True)
        left.extend([now] * allowed)
        now += timedelta(seconds=max(pace.seconds_until_more(spent, rate, now=now), pause))
    return left


def by_minute(left: list[datetime], tenths: range) -> list[int]:
    """Return how many left in the minutes that begin so many tenths of a second after the first turn."""
    starts = [NOW + timedelta(seconds=tenth / 10) for tenth in tenths]
    minutes = [(start, start + timedelta(seconds=60)) for start in starts]
    return [bisect_left(left, ends) - bisect_left(left, begins) for begins, ends in minutes]


@pytest.mark.parametrize("rate", [1.0, 10.0, 150.0, 3000 / 60])
@pytest.mark.parametrize("pause", [0.001, 0.03, 0.4])
@pytest.mark.parametrize("gap", [0.0, 2.5, 5.0])
def test_over_any_minute_the_pace_is_kept_within_two_in_a_hundred_though_the_sender_was_started_anew(
    rate: float, pause: float, gap: float
) -> None:
    left = leavings(rate, pause, gap=gap)
    for count in by_minute(left, range(1400)):
        most = 1.012 * 60 * rate + 1  # the rest of two in a hundred is for what the way to the provider draws together
        assert 0.98 * 60 * rate - 1 <= count <= most
    by_second = Counter(int((at - NOW).total_seconds()) for at in left)
    assert max(by_second.values()) <= 1.2 * rate + 1


@given(RATES, st.lists(st.tuples(st.floats(0, 5), st.integers(1, 500)), min_size=1, max_size=80))
def test_whatever_is_asked_for_no_more_leaves_than_its_time_and_one_moment_allow(
    rate: float, asked: list[tuple[float, int]]
) -> None:
    now, spent, count = NOW, Spent(NOW), 0
    for pause, size in asked:
        now += timedelta(seconds=pause)
        allowed = pace.allow(spent, rate, size, now=now)
        assert 0 <= allowed <= size
        spent = pace.spend(spent, rate, allowed, now=now)
        count += allowed
    seconds = (now - NOW).total_seconds()
    assert count <= rate * (seconds + 1) + 1


@given(RATES, st.floats(0, 30), st.booleans())
def test_what_never_left_is_given_back_and_counts_for_nothing(rate: float, later: float, more_waited: bool) -> None:  # noqa: FBT001 - drawn
    now = NOW + timedelta(seconds=MOMENT)
    before = Spent(NOW, more_waited=more_waited)
    allowed = pace.allow(before, rate, 100, now=now)
    taken = pace.spend(before, rate, allowed, now=now)
    given_back = pace.spend(taken, rate, -allowed, now=now)
    then = now + timedelta(seconds=later)
    assert pace.allow(given_back, rate, 100, now=then) == pace.allow(before, rate, 100, now=then)


@given(RATES, st.floats(-7200, 7200))
def test_a_clock_that_jumps_neither_opens_the_gate_nor_shuts_it_for_long(rate: float, jump: float) -> None:
    spent, now = pace.spend(Spent(NOW), rate, 1, now=NOW), NOW + timedelta(seconds=jump)
    moment = max(1.0, 1 / rate)
    assert pace.allow(spent, rate, 10**9, now=now) <= rate * moment + 1
    spent = pace.spend(spent, rate, 0, now=now)
    later = now + timedelta(seconds=2 * moment + 1 / rate)
    assert pace.allow(spent, rate, 1, now=later) == 1


@given(RATES)
def test_after_the_rest_that_is_told_more_may_leave(rate: float) -> None:
    rest = timedelta(seconds=pace.seconds_until_more(Spent(NOW), rate, now=NOW))
    assert pace.allow(Spent(NOW), rate, 1, now=NOW + rest) == 1


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


@pytest.fixture
def waits(people: Callable[..., list[int]], mailing: Callable[..., int], paced: Callable[..., None]) -> Waits:
    """Let a mail wait for each of so many people, at a pace."""

    def let_wait(count: int, rate: float) -> None:
        people(*(f"p{number}@example.org" for number in range(count)))
        mailing()
        paced(rate)

    return let_wait


def test_a_sender_takes_no_more_than_its_time_allows_and_another_after_a_restart_goes_on_from_there(
    clock: Clock, waits: Waits, mailing: Callable[..., int], sender: Callable[[Provider], Sender]
) -> None:
    waits(130, 10.0)
    provider = Provider()
    first = sender(provider)
    assert not first.turn()

    def go_on(one: Sender, seconds: int) -> int:
        """Let time pass, a turn every twentieth of a second; return how many left."""
        before = len(provider.sent)
        for _ in range(20 * seconds):
            clock.now += timedelta(seconds=0.05)
            one.turn()
        return len(provider.sent) - before

    assert go_on(first, 5) == 50
    first.settle()
    clock.now += timedelta(seconds=2)
    restarted = sender(provider)
    assert 60 <= go_on(restarted, 5) <= 72, "what waited meanwhile is caught up by a fifth more a second"
    go_on(restarted, 5)
    restarted.settle()
    assert len(provider.sent) == 130
    clock.now += timedelta(hours=1)
    mailing()
    while restarted.turn():
        pass
    restarted.settle()
    assert len(provider.sent) == 140, "an hour of rest saves up one second"


def test_what_a_sender_that_stops_has_not_begun_is_given_back_to_the_pace(
    session: Session, clock: Clock, waits: Waits, sender: Callable[[Provider], Sender]
) -> None:
    waits(30, 10.0)
    provider = Provider()
    one = sender(provider)
    provider.before = lambda _: one._around.stop.set()
    assert not one.turn()
    clock.now += timedelta(seconds=1)
    one.turn()
    one.settle()
    assert len(provider.sent) == 1
    row = session.get_one(ProviderPace, "email", populate_existing=True)
    assert sum(count for _, count in row.recent) == 1
    assert row.spent_until == NOW + timedelta(seconds=0.1)


def test_a_sender_rests_until_more_may_leave(clock: Clock, waits: Waits, sender: Callable[[Provider], Sender]) -> None:
    waits(1, 0.5)
    one = sender(Provider())
    assert not one.turn()
    assert one._gate.patience(30.0) == pytest.approx(2.0)
    clock.now += timedelta(seconds=2)
    assert one.turn()
    assert not one.turn()
    assert one._gate.patience(30.0) <= 2.0


def test_a_database_whose_clock_is_set_back_an_hour_holds_nothing_up_for_long(
    clock: Clock, waits: Waits, sender: Callable[[Provider], Sender]
) -> None:
    waits(2, 1.0)
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
    assert len(times) > rate, "they go on at its pace; how closely, make bench measures"
