"""Figures that are worked out before anybody asks: no reader waits, and none is told anything older than a minute."""

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, date, datetime, timedelta

import pytest
from flask import Flask
from sqlalchemy import event, text
from sqlalchemy.engine import Engine

from tests.standins.processes import eventually
from tsalert.cases import service as cases
from tsalert.cases.losses import PeriodLosses
from tsalert.cases.rules import NewCase
from tsalert.core.actors import Actor, Permission, Via
from tsalert.core.clock import london_date, utc_now
from tsalert.core.periods import Period, parse_span, recent_periods
from tsalert.db import db, transaction
from tsalert.reports.dashboard import read_dashboard
from tsalert.reports.memory import OLDEST, FiguresMemory
from tsalert.reports.reading_ahead import ReadingAhead, read_ahead, rest_left
from tsalert.response.vocabulary import Category

NOW = datetime(2022, 8, 10, 9, 0, tzinfo=UTC)
SECOND = timedelta(seconds=1)
MANAGER = Actor(None, "Manager", frozenset(Permission), Via.COMMAND)


@contextmanager
def statements() -> Iterator[list[str]]:
    """Keep what the database is asked for of cases, calls and interventions meanwhile."""
    asked: list[str] = []

    def keep(_connection: object, _cursor: object, statement: str, *_: object) -> None:
        if any(f"FROM {table}" in statement for table in ("case_file", "call", "intervention", "incident")):
            asked.append(statement)

    event.listen(Engine, "before_cursor_execute", keep)
    yield asked
    event.remove(Engine, "before_cursor_execute", keep)


Look = Callable[[FiguresMemory, Period, datetime], int]


@pytest.fixture
def look(fresh_app: Flask) -> Look:
    """Open a dashboard and return how many enquiries it tells of."""

    def read(memory: FiguresMemory, period: Period, now: datetime) -> int:
        with fresh_app.app_context():
            shown = read_dashboard(db.session(), memory, period, now=now)
            db.session.remove()
            return shown.glance.figures.cases.enquiries

    return read


def open_case(app: Flask, at: datetime) -> None:
    with app.app_context():
        cases.open_case(NewCase("An enquiry", Category.OTHER), actor=MANAGER, now=at)
        db.session.remove()


def few(today: date) -> list[Period]:
    """Return the first few of what is read ahead: the other periods are read alike."""
    return list(read_ahead(today))[:4]


def test_what_runs_is_read_ahead_first_and_then_every_period_that_the_page_offers() -> None:
    periods = list(read_ahead(date(2022, 8, 10)))
    assert [each.label for each in periods[:4]] == [
        "2022/23 Q2", "2022/23 Q1", "2022/23", "2021-07-01 to 2022-06-30",
    ]  # fmt: skip
    assert set(periods) == {*periods[:4], *recent_periods(date(2022, 8, 10))}
    assert len(set(periods)) == len(periods)
    assert few(date(2022, 4, 1))[3] == parse_span("2021/22")


@pytest.mark.parametrize(
    ("passed", "used", "left"),
    [(0, 0, 2), (2, 0, 0), (2, 2, 6), (4, 1, 1), (5, 1, 0), (17, 17, 1), (18, 18, 0), (17.5, 6, 0.5)],
)
def test_reading_rests_until_nobody_has_wanted_the_machine_for_as_long_as_was_read(
    passed: float, used: float, left: float
) -> None:
    assert rest_left(2, passed, used) == left


def test_who_opens_a_dashboard_first_waits_for_no_figure(fresh_app: Flask, look: Look) -> None:
    memory = FiguresMemory()
    ReadingAhead(fresh_app, memory, few).read(now=NOW)
    open_case(fresh_app, NOW)
    with statements() as asked:
        for period in few(london_date(NOW)):
            assert look(memory, period, NOW + OLDEST - SECOND) == 0
    assert asked == []


def test_what_has_changed_is_told_after_the_next_reading(fresh_app: Flask, look: Look) -> None:
    memory, running = FiguresMemory(), few(london_date(NOW))[0]
    ahead, later = ReadingAhead(fresh_app, memory, few), NOW + 35 * SECOND
    ahead.read(now=NOW)
    open_case(fresh_app, NOW)
    ahead.read(now=later)
    with statements() as asked:
        assert look(memory, running, later + OLDEST - SECOND) == 1
    assert asked == []
    assert memory.read_at("figures", running) == later


def test_a_period_that_is_over_is_read_anew_where_a_record_of_it_changed_and_no_other_is(fresh_app: Flask) -> None:
    memory, later = FiguresMemory(), NOW + 35 * SECOND
    earlier, other = parse_span("2021/22 Q1"), parse_span("2019/20 Q3")
    ahead = ReadingAhead(fresh_app, memory, lambda _: (earlier, other))

    def losses(period: Period, now: datetime) -> PeriodLosses:
        with fresh_app.app_context():
            return read_dashboard(db.session(), memory, period, now=now).losses

    ahead.read(now=NOW)
    before = losses(earlier, NOW), losses(other, NOW)
    open_case(fresh_app, datetime(2021, 5, 3, 9, 0, tzinfo=UTC))
    ahead.read(now=later)
    assert losses(earlier, later) is not before[0]
    assert losses(other, later) is before[1]


def test_a_database_that_is_gone_for_a_while_ends_no_reading_for_good(
    fresh_app: Flask,
    look: Look,
    caplog: pytest.LogCaptureFixture,
) -> None:
    memory, running = FiguresMemory(), few(london_date(NOW))[0]
    ahead = ReadingAhead(fresh_app, memory, few)
    with fresh_app.app_context(), transaction() as session:
        session.execute(text("ALTER TABLE money_line RENAME TO gone"))
    ahead.read(now=NOW)
    assert "figures could not be read ahead" in caplog.text
    with fresh_app.app_context(), transaction() as session:
        session.execute(text("ALTER TABLE gone RENAME TO money_line"))
    ahead.read(now=NOW + SECOND)
    with statements() as asked:
        assert look(memory, running, NOW + 2 * SECOND) == 0
    assert asked == []


def test_a_thread_reads_ahead_until_it_is_told_to_stop(fresh_app: Flask) -> None:
    memory = FiguresMemory()
    running, *_ = few(london_date(utc_now()))
    ahead = ReadingAhead(fresh_app, memory, few)
    ahead.start()
    eventually(lambda: memory.read_at("passed_on", running) is not None)
    ahead.stop()
    assert "figures" not in {thread.name for thread in threading.enumerate()}
