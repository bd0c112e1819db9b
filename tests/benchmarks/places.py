"""How fast and in how much memory the postcode directory is imported by the real command, and how fast it is asked.

``python -m tests.benchmarks.places [COUNT]`` writes a directory of 2,700,000 rows that are invented, imports it into
SQLite and PostgreSQL, prints JSON lines and a table; exit 1 where a promise is broken. The yardstick is the same number
of rows inserted by the database alone.
"""

import json
import os
import sys
from datetime import date
from itertools import islice
from pathlib import Path
from statistics import quantiles
from time import perf_counter

from flask import Flask
from flask_migrate import upgrade
from msgspec import Struct
from msgspec.structs import asdict
from sqlalchemy import text

from tests.benchmarks.databases import both_databases, run_measured
from tests.conftest import command_environment, settings
from tests.places.directory_files import OURS, many, write
from tests.whole import create_app
from tsalert.db import db, transaction
from tsalert.places.finding import stand

MOST_SECONDS_FOR_100_000 = 20
MOST_MEGABYTES = 200
_ASKED = 500


class Result(Struct, frozen=True):
    """One measurement; ``look_up_ms`` is what 95 of 100 look-ups of a place and its border stay under."""

    name: str
    rows: int
    seconds: float
    bare_seconds: float
    megabytes: int
    look_up_ms: float

    def keeps_its_promise(self) -> bool:
        """Tell whether 100,000 rows take at most 20 s, in under 200 MB."""
        is_fast = self.seconds * 100_000 / self.rows <= MOST_SECONDS_FOR_100_000
        return is_fast and self.megabytes < MOST_MEGABYTES


def main(count: int) -> int:
    """Measure, print, and say whether the promises were kept."""
    with both_databases() as (folder, urls):
        path = write(folder / "ONSPD_AUG_2026_UK.csv", many(count))
        results = [_measure(f"directory, {name}", url, path, count) for name, url in urls.items()]
    for result in results:
        print(json.dumps(asdict(result)))
    print(f"\n{'':22} {'rows':>9} {'seconds':>8} {'bare':>6} {'MB':>5} {'ms':>6}")
    for each in results:
        print(
            f"{each.name:22} {each.rows:9,} {each.seconds:8.1f} {each.bare_seconds:6.1f} {each.megabytes:5} "
            f"{each.look_up_ms:6.1f}"
        )
    return 0 if all(result.keeps_its_promise() for result in results) else 1


def _measure(name: str, url: str, path: Path, count: int) -> Result:
    app = create_app(settings(url, path.parent, authority_code=OURS))
    with app.app_context():
        upgrade()
        bare = _insert_bare(count)
        db.session.remove()
        db.engine.dispose()
    seconds, megabytes = _import(app, path)
    with app.app_context():
        slowest = _look_up(count)
        db.session.remove()
        db.engine.dispose()
    return Result(name, count, round(seconds, 1), round(bare, 1), megabytes, round(slowest, 1))


def _insert_bare(count: int) -> float:
    started, rows = perf_counter(), many(count)
    with transaction() as session:
        session.execute(text("CREATE TABLE bare (postcode TEXT PRIMARY KEY, lat TEXT, long TEXT)"))
    while batch := [{"p": row.postcode, "a": row.lat, "o": row.long} for row in islice(rows, 5000)]:
        with transaction() as session:
            session.execute(text("INSERT INTO bare VALUES (:p, :a, :o)"), batch)
    taken = perf_counter() - started
    with transaction() as session:
        session.execute(text("DROP TABLE bare"))
    return taken


def _import(app: Flask, path: Path) -> tuple[float, int]:
    """Run the command; returns its seconds and the most memory that it had, in MB."""
    environment = command_environment(app) | {"TSALERT_AUTHORITY_CODE": OURS, "TZ": os.environ.get("TZ", "UTC")}
    return run_measured(["places", "import", str(path)], environment)


def _look_up(count: int) -> float:
    took = []
    for line in islice(many(count), 0, count, max(1, count // _ASKED)):
        started = perf_counter()
        stand(db.session(), line.postcode, own=OURS, on=date(2026, 9, 1))
        took.append((perf_counter() - started) * 1000)
    return quantiles(took, n=20)[-1]


if __name__ == "__main__":
    raise SystemExit(main(int(sys.argv[1]) if len(sys.argv) > 1 else 2_700_000))
