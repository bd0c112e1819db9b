"""When the jobs run, whatever becomes of the machine's clock."""

from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from threading import Event
from time import monotonic

import pytest
from flask import Flask
from hypothesis import example, given
from hypothesis import strategies as st

from tests.conftest import NOW
from tests.standins.processes import eventually
from tsalert import timekeeping
from tsalert.core.clock import utc_now
from tsalert.core.one_by_one import one_by_one
from tsalert.db import db
from tsalert.installation.job_runs import RunLog
from tsalert.jobs import TIMETABLE, Job
from tsalert.timekeeping import ClockWatch, Regularly, Timetable, first_runs

SECONDS = st.integers(1, 86_400)
LATE = st.timedeltas(timedelta(0), timedelta(days=40_000))


class AlwaysLeading:
    """Leads without asking anybody."""

    def holds(self) -> bool:
        return True

    def give_up(self) -> None:
        """Nobody waits for it."""


def test_jobs_begin_one_after_the_other_and_officers_are_paged_among_the_first() -> None:
    now = utc_now()
    begins = dict(zip((job.name for job in TIMETABLE), first_runs(now), strict=True))
    assert len(set(begins.values())) == len(TIMETABLE)
    assert begins["page officers"] - now < timedelta(seconds=1)
    assert max(begins.values()) - now < timedelta(seconds=10)


@given(seconds=SECONDS, late=LATE)
def test_a_job_runs_next_within_its_time_and_in_step_however_late_it_is(seconds: int, late: timedelta) -> None:
    following = Regularly(seconds).get_next_fire_time(NOW, NOW + late)
    assert timedelta(0) < following - (NOW + late) <= timedelta(seconds=seconds)
    assert (following - NOW) % timedelta(seconds=seconds) == timedelta(0)


@given(seconds=SECONDS, early=LATE)
def test_a_job_that_ran_at_an_instant_to_come_runs_once_after_it(seconds: int, early: timedelta) -> None:
    assert Regularly(seconds).get_next_fire_time(NOW, NOW - early) == NOW + timedelta(seconds=seconds)


@given(passed=st.integers(0, 10**6), shown=st.integers(-(10**9), 10**9))
@example(passed=2, shown=0)
@example(passed=3, shown=0)
def test_only_a_clock_that_shows_less_than_has_passed_was_set_back(passed: int, shown: int) -> None:
    watch = ClockWatch(NOW, 5.0)
    now, steady = NOW + timedelta(seconds=shown), 5.0 + passed
    assert watch.was_set_back(now, steady) == (passed - shown > 2)
    assert not watch.was_set_back(now + timedelta(seconds=5), steady + 5)


def test_jobs_go_on_at_once_where_the_clock_was_set_back_by_hours(app: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    """Officers would be paged by nobody until it is as late again as it was."""
    ran: list[datetime] = []
    job = Job("note the time", 1, lambda _: ran.append(datetime.now(UTC)))
    monkeypatch.setattr(timekeeping, "TIMETABLE", (job,))
    ahead, moment = timedelta(hours=4), [monotonic()]
    monkeypatch.setattr(timekeeping, "utc_now", lambda: utc_now() + ahead)
    monkeypatch.setattr(timekeeping, "monotonic", lambda: moment[0])
    timetable = Timetable(app, AlwaysLeading())
    timetable.keep()
    try:
        assert not ran, "it waits for an instant that is four hours ahead"
        ahead, moment[0] = timedelta(0), moment[0] + 6
        timetable.keep()
        eventually(lambda: len(ran) >= 2)
    finally:
        timetable.stop()


@pytest.fixture
def keep(app: Flask, monkeypatch: pytest.MonkeyPatch) -> Iterator[Callable[..., None]]:
    """Run some jobs in place of the timetable, until the test ends."""
    timetables: list[Timetable] = []

    def go(*jobs: Job) -> None:
        monkeypatch.setattr(timekeeping, "TIMETABLE", jobs)
        timetables.append(Timetable(app, AlwaysLeading()))
        timetables[-1].keep()

    yield go
    for each in timetables:
        each.stop()


def test_officers_are_paged_however_many_jobs_wait_for_the_network(keep: Callable[..., None]) -> None:
    over, paged = Event(), Event()
    slow = [Job(f"ask neighbour {number}", 3600, lambda _: over.wait(60)) for number in range(20)]
    keep(*slow, Job("page officers", 1, lambda _: paged.set(), is_pressing=True))
    try:
        eventually(paged.is_set, seconds=20)
    finally:
        over.set()


def test_a_job_that_asks_a_provider_first_holds_no_transaction_meanwhile(keep: Callable[..., None]) -> None:
    found: list[bool] = []
    keep(Job("ask a provider", 3600, lambda _: found.append(db.session().in_transaction())))
    eventually(lambda: found != [])
    assert found == [False]


def test_of_a_job_that_fails_for_some_of_many_it_is_told_what_failed(
    keep: Callable[..., None], monkeypatch: pytest.MonkeyPatch
) -> None:
    told: dict[str, str] = {}
    monkeypatch.setattr(RunLog, "end", lambda _, name, *, fault, **__: told.update({name: fault}))
    known: dict[int, bool] = {}
    keep(Job("look two up", 3600, lambda _: one_by_one([1, 2], known.__getitem__)))
    eventually(lambda: "look two up" in told)
    assert told["look two up"] == "KeyError"


def test_all_that_officers_wait_for_has_threads_of_its_own() -> None:
    pressing = {job.name for job in TIMETABLE if job.is_pressing}
    assert {"page officers", "watch pages", "watch over officers on scene", "give a sign of life"} <= pressing
