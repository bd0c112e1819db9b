"""How fast savings are added up, explained and proved again, with a nation's interventions of ten years.

``python -m tests.benchmarks.savings [INTERVENTIONS]`` prints JSON lines and a table; exit 1 where a promise is broken.
The yardstick is the same rows read by a bare SELECT through the database's own driver in the same run.
"""

import gc
import json
import subprocess
import sys
from collections.abc import Callable, Iterator
from datetime import date
from pathlib import Path
from time import perf_counter, process_time
from typing import Any

from flask_migrate import upgrade
from msgspec import Struct
from msgspec.structs import asdict

from tests.benchmarks.databases import both_databases, most_memory
from tests.benchmarks.savings_load import FIRST_DAY, LAST_DAY, load
from tests.conftest import command_environment, settings
from tests.whole import create_app
from tsalert.core.actors import Actor, Permission, Via
from tsalert.core.clock import utc_now
from tsalert.core.periods import Period, parse_period, span_of_days
from tsalert.db import db
from tsalert.runs.rules import Question
from tsalert.runs.working import work_out
from tsalert.savings.figures.explaining import Figure, explain
from tsalert.savings.queries import savings_table
from tsalert.savings.rates import approving

TIMES, WARM = 40, 3
RUN_SECONDS, RUN_MEGABYTES = 60, 300
_YARDSTICK = "SELECT * FROM intervention WHERE on_date BETWEEN '2016-04-01' AND '2026-03-31' ORDER BY reference"
_DESK = Actor(None, "desk", frozenset(Permission), Via.COMMAND)


class Result(Struct, frozen=True):
    """One measurement; ``most`` is what was promised of it, None for a yardstick."""

    name: str
    unit: str
    measured: float
    most: float | None = None

    def keeps_its_promise(self) -> bool:
        """Tell whether it was quick or small enough; yardsticks promise nothing."""
        return self.most is None or self.measured <= self.most


def main(interventions: int) -> int:
    """Measure, print, and say whether every promise was kept."""
    with both_databases() as (folder, urls):
        results = []
        for name, url in urls.items():
            for result in _measure(name, url, folder, interventions):
                print(json.dumps(asdict(result)), flush=True)
                results.append(result)
    print(f"\n{'':58} {'measured':>10} {'promised':>10}")
    for result in results:
        print(f"{result.name:58} {result.measured:10,.1f} {result.most or '':>10} {result.unit}")
    return 0 if all(result.keeps_its_promise() for result in results) else 1


def _measure(name: str, url: str, folder: Path, interventions: int) -> Iterator[Result]:
    app = create_app(settings(url, folder))
    with app.app_context():
        upgrade()
        approve_rates()
        started = perf_counter()
        load(db.engine, interventions)
        gc.collect()
        gc.freeze()  # what the loading left behind is no part of a server's memory, and must not be swept meanwhile
        print(f"{name}: loaded in {perf_counter() - started:.0f} s", file=sys.stderr)
        quarter, year = parse_period("2024/25 Q3"), parse_period("2024/25")
        yield _timed(f"{name}: a quarter's figures", 300, lambda: savings_table(db.session(), quarter))
        yield _timed(f"{name}: a year's figures", 1000, lambda: savings_table(db.session(), year))
        yield _timed(f"{name}: one cell of a quarter explained", 200, _explaining(quarter))
        yield _timed(f"{name}: one cell of a year explained", 200, _explaining(year))
        db.session.remove()
        yield Result(f"{name}: every row by a bare SELECT", "s", _bare())
        db.engine.dispose()
    for basis, recognition in (("published", "whole_term"), ("prudent-central", "yearly")):
        told = _in_a_process_of_its_own(command_environment(app), basis, recognition)
        run = f"{name}: ten years worked out again, {basis}, {recognition}"
        yield Result(run, "s", told["seconds"], RUN_SECONDS)
        yield Result(f"{run}, of it this processor", "s", told["processor"])
        yield Result(f"{run}, peak", "MB", told["megabytes"], RUN_MEGABYTES)


def approve_rates() -> None:
    """Let the rates of both bases stand on every day of the ten years."""
    known = "nts-observed-2021-22"
    approving.continue_rate_set(known, FIRST_DAY, date(2021, 3, 31), actor=_DESK, now=utc_now())
    approving.continue_rate_set(known, date(2023, 4, 1), None, actor=_DESK, now=utc_now())
    approving.approve_rate_set("prudent-2026", actor=_DESK, now=utc_now())


def _timed(name: str, most: float, act: Callable[[], object]) -> Result:
    """Return the milliseconds in which 95 of a hundred times were done, the first few left out."""
    taken = []
    for _ in range(WARM + TIMES):
        started = perf_counter()
        act()
        taken.append((perf_counter() - started) * 1000)
        db.session.remove()
    return Result(name, "ms", round(sorted(taken[WARM:])[TIMES * 95 // 100], 1), most)


def _explaining(period: Period) -> Callable[[], object]:
    figure = Figure(period, row="call_blockers", column="financial")
    return lambda: explain(db.session(), figure)


def _bare() -> float:
    started = perf_counter()
    connection = db.engine.raw_connection()
    try:
        cursor = connection.cursor()
        cursor.execute(_YARDSTICK)
        while cursor.fetchmany(1000):
            pass
    finally:
        connection.close()
    return round(perf_counter() - started, 2)


def _in_a_process_of_its_own(environment: dict[str, str], basis: str, recognition: str) -> dict[str, Any]:
    command = [sys.executable, "-m", "tests.benchmarks.savings", "run", basis, recognition]
    done = subprocess.run(command, env=environment, capture_output=True, text=True, check=True)
    answer: dict[str, Any] = json.loads(done.stdout.splitlines()[-1])
    return answer


def _run(basis: str, recognition: str) -> None:
    """Work the ten years out, and print how long it took and how much memory it ever held."""
    with create_app().app_context():
        period = span_of_days(FIRST_DAY, LAST_DAY)
        started, busy = perf_counter(), process_time()
        outcome = work_out(db.session(), Question(period, "sbp-2021", basis, recognition), utc_now())
        seconds, busy = perf_counter() - started, process_time() - busy
        db.session.remove()
        db.engine.dispose()
    told = {"seconds": round(seconds, 1), "processor": round(busy, 1), "megabytes": most_memory()}
    print(json.dumps(asdict(outcome) | told))


if __name__ == "__main__":
    if sys.argv[1:2] == ["run"]:
        _run(*sys.argv[2:4])
    else:
        raise SystemExit(main(int(sys.argv[1]) if len(sys.argv) > 1 else 500_000))
