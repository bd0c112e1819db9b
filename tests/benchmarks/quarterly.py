"""How fast a whole report's figures are put together with ten years of records, on SQLite and PostgreSQL.

``python -m tests.benchmarks.quarterly [CALLS] [INTERVENTIONS]`` prints JSON lines; exit 1 where a promise is broken.
Measured from nothing kept, and once the dashboard of the same quarter has been opened; processor seconds beside it,
which say on a busy machine what a quiet one would take.
"""

import json
import sys
from collections.abc import Callable, Iterator
from time import perf_counter, process_time

from flask import Flask
from msgspec.structs import asdict

from tests.benchmarks.dashboard import MOST_WHOLE_REPORT, fill_further
from tests.benchmarks.databases import both_databases
from tests.benchmarks.response_load import filled_app
from tests.benchmarks.savings import Result
from tsalert.core.clock import utc_now
from tsalert.core.periods import Period, parse_period
from tsalert.db import db
from tsalert.quarterly.figures.assembling import assemble
from tsalert.reports.dashboard import read_dashboard
from tsalert.reports.memory import FiguresMemory

QUARTER = parse_period("2024/25 Q3")
TIMES = 3


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


def _measure(name: str, app: Flask) -> Iterator[Result]:
    yield from _slowest(f"{name}: a whole report's figures", app, FiguresMemory, MOST_WHOLE_REPORT)
    yield from _slowest(f"{name}: the same after its dashboard", app, lambda: _opened(app), MOST_WHOLE_REPORT)


def _opened(app: Flask) -> FiguresMemory:
    memory = FiguresMemory()
    with app.app_context():
        read_dashboard(db.session(), memory, QUARTER, now=utc_now())
    return memory


def _slowest(name: str, app: Flask, begin: Callable[[], FiguresMemory], most: float) -> Iterator[Result]:
    """Return the slowest of some times, and the processor's part of it."""
    taken = [_timed(app, begin(), QUARTER) for _ in range(TIMES)]
    yield Result(name, "ms", round(max(wall for wall, _ in taken), 1), most)
    yield Result(f"{name}, processor of our process", "ms", round(max(own for _, own in taken), 1))


def _timed(app: Flask, memory: FiguresMemory, quarter: Period) -> tuple[float, float]:
    with app.app_context():
        session, now = db.session(), utc_now()
        wall, own = perf_counter(), process_time()
        assemble(session, memory, quarter, now=now)
        return (perf_counter() - wall) * 1000, (process_time() - own) * 1000


if __name__ == "__main__":
    sizes = [int(each) for each in sys.argv[1:3]]
    raise SystemExit(main(*sizes) if len(sizes) == 2 else main(1_000_000, 500_000))
