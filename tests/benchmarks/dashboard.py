"""How fast the dashboard is with ten years of calls, cases and interventions, on SQLite and PostgreSQL.

``python -m tests.benchmarks.dashboard [CALLS] [INTERVENTIONS]`` prints JSON lines; exit 1 where a promise is broken.
Every period that the page offers is read ahead, as web processes do, while cases are opened and amended; then each is
opened for the first time by a reader. What a reader waits for in a process that has read nothing yet is measured
beside it. The yardstick is a page without figures in the same process.
"""

import json
import sys
from collections.abc import Callable, Iterator, Sequence
from datetime import datetime, timedelta
from functools import partial
from time import perf_counter, sleep
from urllib.parse import quote_plus

from flask import Flask
from msgspec.structs import asdict
from sqlalchemy.engine import Engine

from tests.benchmarks import savings_load
from tests.benchmarks.bulk import bulk
from tests.benchmarks.databases import both_databases
from tests.benchmarks.response import sign_in
from tests.benchmarks.response_load import filled_app
from tests.benchmarks.savings import Result, approve_rates
from tsalert.cases import service as cases
from tsalert.cases.rules import NewCase
from tsalert.core.actors import Actor, Permission, Via
from tsalert.core.clock import london_date, utc_now
from tsalert.core.periods import Period, rolling_year
from tsalert.db import db
from tsalert.references.rules import write_reference
from tsalert.reports.dashboard_schemas import ROLLING
from tsalert.reports.memory import FiguresMemory
from tsalert.reports.reading_ahead import ReadingAhead, read_ahead
from tsalert.response.vocabulary import Category

TIMES = 40
PERIODS = {"a quarter": "2024/25+Q3", "a year": "2024/25", "the quarter that runs": ""}
MOST, MOST_WHOLE_REPORT = 300, 3000
_COLUMNS = {
    "case_file": (
        "id", "reference", "category", "channel", "kind", "opened_at", "status", "source", "summary",
        "chosen_for_vulnerability",
    ),
    "money_line": ("id", "case_id", "kind", "amount", "evidence", "certainty", "recorded_at"),
}  # fmt: skip
_OFFICER = Actor(None, "Officer", frozenset(Permission), Via.COMMAND)
_CATEGORIES = ("scam", "doorstep_crime", "financial_abuse", "other")
_CHANNELS = ("doorstep", "telephone", "postal", "online")


def main(calls: int, interventions: int) -> int:
    """Measure, print, and say whether every promise was kept."""
    with both_databases() as (folder, urls):
        results = []
        for name, url in urls.items():
            app = filled_app(url, folder, calls=calls)
            fill_further(app, calls // 10, interventions)
            for result in _measure(name, app):
                print(json.dumps(asdict(result)), flush=True)
                results.append(result)
    return 0 if all(result.keeps_its_promise() for result in results) else 1


def fill_further(app: Flask, cases: int, interventions: int) -> None:
    """Add interventions by approved rates, and cases with losses, to a filled site."""
    with app.app_context():
        approve_rates()
        savings_load.load(db.engine, interventions)
        _load_cases(db.engine, cases)
        db.session.remove()
        db.engine.dispose()


def _load_cases(engine: Engine, cases: int) -> None:
    """Invent cases over ten years up to now, each with what its victim paid."""
    now = utc_now()
    with bulk(engine, _COLUMNS) as writer:
        for number in range(1, cases + 1):
            opened = now - timedelta(days=3650) * (1 - number / (cases + 1))
            at, kinds = f"{opened:%Y-%m-%d %H:%M:%S}.000000", (number % 4, number // 4 % 4)
            what = (_CATEGORIES[kinds[0]], _CHANNELS[kinds[1]], "", at, "open", "resident", "Invented", 0)
            writer.add("case_file", (number, write_reference("D", opened.year, number), *what))
            writer.add("money_line", (number, number, "paid", number * 7919 % 900_000, "bank", "confirmed", at))


def _measure(name: str, app: Flask) -> Iterator[Result]:
    (cookie,) = sign_in(app, 1)
    browser = app.test_client(use_cookies=False)

    def open_page(path: str) -> None:
        answer = browser.get(path, headers={"Cookie": cookie})
        assert answer.status_code == 200, answer.text

    yield _timed(f"{name}: a page without figures", None, partial(open_page, "/grades"))
    for what, label in PERIODS.items():
        path = f"/dashboard?period={label}" if label else "/dashboard"
        yield _first(f"{name}: dashboard of {what}, first opened", app, partial(open_page, path))
        yield _timed(f"{name}: dashboard of {what}, opened again", MOST, partial(open_page, path))
    yield from _read_ahead(name, app, open_page)


def _read_ahead(name: str, app: Flask, open_page: Callable[[str], None]) -> Iterator[Result]:
    """Measure each period's first opening after a reading ahead, from nothing kept and after changes."""
    memory: FiguresMemory = app.extensions["tsalert_figures"]
    memory.forget()
    ahead, periods = ReadingAhead(app, memory), list(read_ahead(london_date(utc_now())))
    yield _until_read(f"{name}: until every period is read ahead by a process that begins", ahead, periods, memory)
    yield from _openings(f"{name}: first opening of each of {len(periods)} periods", periods, open_page)
    for what, change in (("a case of today", _open_case), ("a case of three years ago", _open_late_case)):
        _run(app, change)
        yield _until_read(f"{name}: until every period is right again after {what}", ahead, periods, memory)
        yield from _openings(f"{name}: opening of each period after {what}", periods, open_page)
    _run(app, _move_case)
    yield _until_read(f"{name}: until every period is read again after a case was moved", ahead, periods, memory)


def _until_read(name: str, ahead: ReadingAhead, periods: Sequence[Period], memory: FiguresMemory) -> Result:
    """Return the seconds in which a process has every period ready, with its rests."""
    sleep(6)  # what is younger than five seconds is not read ahead
    began, started = utc_now(), perf_counter()
    while not _all_read(memory, periods, began):
        ahead.read(now=utc_now())
    return Result(name, "s", round(perf_counter() - started, 1))


def _all_read(memory: FiguresMemory, periods: Sequence[Period], since: datetime) -> bool:
    read = (memory.read_at("passed_on", each) for each in periods)
    return all(at is not None and at >= since for at in read)


def _openings(name: str, periods: Sequence[Period], open_page: Callable[[str], None]) -> Iterator[Result]:
    """Open each period once; its figures may be a minute old, so that this takes less than one."""
    taken = []
    for period in periods:
        started = perf_counter()
        asked = ROLLING if period == rolling_year(london_date(utc_now())) else period.label
        open_page(f"/dashboard?period={quote_plus(asked)}")
        taken.append((perf_counter() - started) * 1000)
    ranked = sorted(taken)
    yield Result(f"{name}, 95 of 100", "ms", round(ranked[len(ranked) * 95 // 100], 1), MOST)
    yield Result(f"{name}, the slowest", "ms", round(ranked[-1], 1))


def _run(app: Flask, change: Callable[[], None]) -> None:
    with app.app_context():
        change()
        db.session.remove()


def _open_case() -> None:
    cases.open_case(NewCase("Invented", Category.SCAM), actor=_OFFICER, now=utc_now())


def _open_late_case() -> None:
    new = NewCase("Invented", Category.SCAM, opened_at=utc_now() - timedelta(days=3 * 365))
    cases.open_case(new, actor=_OFFICER, now=utc_now())


def _move_case() -> None:
    moved = NewCase("Invented", Category.SCAM, opened_at=utc_now() - timedelta(days=2 * 365))
    cases.amend_case(1, moved, actor=_OFFICER, now=utc_now())


def _first(name: str, app: Flask, act: Callable[[], object]) -> Result:
    """Return the slowest of three openings by a process that keeps nothing yet."""
    taken = []
    for _ in range(3):
        app.extensions["tsalert_figures"].forget()
        started = perf_counter()
        act()
        taken.append((perf_counter() - started) * 1000)
    return Result(name, "ms", round(max(taken), 1), MOST_WHOLE_REPORT)


def _timed(name: str, most: float | None, act: Callable[[], object]) -> Result:
    """Return the milliseconds in which 95 of a hundred openings were answered."""
    taken = []
    for _ in range(TIMES):
        started = perf_counter()
        act()
        taken.append((perf_counter() - started) * 1000)
    return Result(name, "ms", round(sorted(taken)[TIMES * 95 // 100], 1), most)


if __name__ == "__main__":
    sizes = [int(each) for each in sys.argv[1:3]]
    raise SystemExit(main(*sizes) if len(sizes) == 2 else main(1_000_000, 500_000))
