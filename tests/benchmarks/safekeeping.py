"""How long a backup and its restore take with a million calls in PostgreSQL, and how much memory they need.

``python -m tests.benchmarks.safekeeping [CALLS]`` prints JSON lines and a table; exit 1 where a promise is broken.
"""

import json
import sys
from collections.abc import Callable, Iterator
from dataclasses import asdict, dataclass
from pathlib import Path
from time import perf_counter

from flask import Flask

from tests.benchmarks.databases import both_databases, most_memory
from tests.benchmarks.response_load import filled_app
from tsalert.core.clock import utc_now
from tsalert.db import db
from tsalert.safekeeping import checking, making, restoring
from tsalert.safekeeping.progress import Surroundings, Unwatched

SECONDS, GROWTH_MB = 180.0, 150


@dataclass(frozen=True, slots=True)
class Result:
    """Seconds of one piece of work, and by how many megabytes the most memory that was ever in use grew meanwhile."""

    name: str
    rows: int
    seconds: float
    grown_mb: int
    promised: float | None = None

    def keeps_its_promise(self) -> bool:
        """Tell whether it was quick enough, and needed no more memory for more rows."""
        return self.promised is None or (self.seconds <= self.promised and self.grown_mb <= GROWTH_MB)


def main(calls: int) -> int:
    """Measure, print, and say whether every promise was kept."""
    with both_databases() as (folder, urls):
        app = filled_app(urls["PostgreSQL"], folder, calls=calls)
        with app.app_context():
            results = list(_measure(app, folder / "backup"))
        print(f"\nThe backup has {(folder / 'backup').stat().st_size / 1e6:,.0f} MB.")
    for result in results:
        print(json.dumps(asdict(result)))
    print(f"\n{'':24} {'rows':>12} {'seconds':>9} {'grown MB':>9}")
    for result in results:
        print(f"{result.name:24} {result.rows:12,} {result.seconds:9.1f} {result.grown_mb:9}")
    return 0 if all(result.keeps_its_promise() for result in results) else 1


def _measure(app: Flask, path: Path) -> Iterator[Result]:
    work = Surroundings(app.extensions["tsalert_settings"], utc_now(), Unwatched())
    key = work.settings.address_key
    yield _timed("make", lambda: making.make(path, db.engine, work).rows, SECONDS)
    yield _timed("check", lambda: checking.check(path, key, Unwatched()).manifest.rows)
    yield _timed(
        "restore", lambda: restoring.restore(path, db.engine, work, replaces=True).backup.manifest.rows, SECONDS
    )


def _timed(name: str, work: Callable[[], int], promised: float | None = None) -> Result:
    before, started = most_memory(), perf_counter()
    rows = work()
    return Result(name, rows, round(perf_counter() - started, 1), most_memory() - before, promised)


if __name__ == "__main__":
    raise SystemExit(main(int(sys.argv[1]) if len(sys.argv) > 1 else 1_000_000))
