"""How long a backup and its restore take with a million calls in PostgreSQL, and how much memory they need.

``python -m tests.benchmarks.safekeeping [CALLS]`` prints JSON lines and a table; exit 1 where a promise is broken.
"""

import json
import sys
from collections.abc import Callable, Mapping
from pathlib import Path
from time import perf_counter

from msgspec import Struct
from msgspec.structs import asdict

from tests.benchmarks.databases import both_databases, in_own_process, most_memory
from tests.benchmarks.response_load import filled_app
from tests.conftest import settings
from tests.safekeeping.unwatched import Unwatched
from tests.whole import create_app
from tsalert.core.clock import utc_now
from tsalert.db import db
from tsalert.safekeeping import checking, making, restoring
from tsalert.safekeeping.progress import Surroundings

SECONDS, GROWTH_MB = 180.0, 150


class Result(Struct, frozen=True):
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
        url = urls["PostgreSQL"]
        in_own_process(_fill, url, folder, calls)
        results = [in_own_process(_measure, name, url, folder) for name in _PIECES]
        print(f"\nThe backup has {(folder / 'backup').stat().st_size / 1e6:,.0f} MB.")
    for result in results:
        print(json.dumps(asdict(result)))
    print(f"\n{'':24} {'rows':>12} {'seconds':>9} {'grown MB':>9}")
    for result in results:
        print(f"{result.name:24} {result.rows:12,} {result.seconds:9.1f} {result.grown_mb:9}")
    return 0 if all(result.keeps_its_promise() for result in results) else 1


def _fill(url: str, folder: Path, calls: int) -> None:
    filled_app(url, folder, calls=calls)


def _measure(name: str, url: str, folder: Path) -> Result:
    app, (piece, promised) = create_app(settings(url, folder)), _PIECES[name]
    work = Surroundings(app.extensions["tsalert_settings"], utc_now(), Unwatched())
    with app.app_context():
        before, started = most_memory(), perf_counter()
        rows = piece(folder / "backup", work)
        seconds, grown = perf_counter() - started, most_memory() - before
    return Result(name, rows, round(seconds, 1), grown, promised)


def _make(path: Path, work: Surroundings) -> int:
    return making.make(path, db.engine, work).rows


def _check(path: Path, work: Surroundings) -> int:
    return checking.check(path, work.settings.address_key, Unwatched()).manifest.rows


def _restore(path: Path, work: Surroundings) -> int:
    return restoring.restore(path, db.engine, work, replaces=True).backup.manifest.rows


# What is measured, and the seconds that it may take.
_PIECES: Mapping[str, tuple[Callable[[Path, Surroundings], int], float | None]] = {
    "make": (_make, SECONDS),
    "check": (_check, None),
    "restore": (_restore, SECONDS),
}


if __name__ == "__main__":
    raise SystemExit(main(int(sys.argv[1]) if len(sys.argv) > 1 else 1_000_000))
