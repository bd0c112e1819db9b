"""How fast a list of subscribers is imported by the real command, on SQLite and on PostgreSQL.

``python -m tests.benchmarks.importing [COUNT]`` prints JSON lines and a table; exit 1 where the promise is broken. The
yardstick is the same number of rows inserted by the database alone.
"""

import csv
import json
import sys
from collections.abc import Iterator
from pathlib import Path
from time import perf_counter

from flask_migrate import upgrade
from msgspec import Struct
from msgspec.structs import asdict
from sqlalchemy import text

from tests.benchmarks.databases import both_databases, run_measured
from tests.conftest import command_environment, settings
from tests.whole import create_app
from tsalert.db import db, transaction
from tsalert.subscribers.rows import COLUMNS

MOST_SECONDS_FOR_100_000, MOST_MB = 30, 200


class Result(Struct, frozen=True):
    """One measurement; ``bare_seconds`` is the yardstick of the same run, ``mb`` the most memory that was in use."""

    name: str
    rows: int
    seconds: float
    bare_seconds: float
    mb: int

    def keeps_its_promise(self) -> bool:
        """Tell whether a million rows would take at most five minutes, in little memory."""
        return self.seconds * 100_000 / self.rows <= MOST_SECONDS_FOR_100_000 and self.mb <= MOST_MB


def main(count: int) -> int:
    """Measure, print, and say whether the promise was kept."""
    with both_databases() as (folder, urls):
        results = [_measure(f"import, {name}", url, folder, count) for name, url in urls.items()]
    for result in results:
        print(json.dumps(asdict(result)))
    print(f"\n{'':20} {'rows':>9} {'seconds':>8} {'bare':>6} {'MB':>5}")
    for result in results:
        print(f"{result.name:20} {result.rows:9,} {result.seconds:8.1f} {result.bare_seconds:6.1f} {result.mb:5}")
    return 0 if all(result.keeps_its_promise() for result in results) else 1


def _measure(name: str, url: str, folder: Path, count: int) -> Result:
    app = create_app(settings(url, folder))
    with app.app_context():
        upgrade()
        bare = _insert_bare(count)
        db.session.remove()
        db.engine.dispose()
    path = _write_list(folder / "list.csv", count)
    seconds, mb = run_measured(["subscribers", "import", str(path)], command_environment(app))
    return Result(name, count, round(seconds, 1), round(bare, 1), mb)


def _insert_bare(count: int) -> float:
    rows = [{"address": row["email"]} for row in _rows(count)]
    started = perf_counter()
    with transaction() as session:
        session.execute(text("CREATE TABLE bare (address TEXT UNIQUE)"))
        for start in range(0, count, 1000):
            session.execute(text("INSERT INTO bare VALUES (:address)"), rows[start : start + 1000])
    taken = perf_counter() - started
    with transaction() as session:
        session.execute(text("DROP TABLE bare"))
    return taken


def _write_list(path: Path, count: int) -> Path:
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, COLUMNS, restval="")
        writer.writeheader()
        writer.writerows(_rows(count))
    return path


def _rows(count: int) -> Iterator[dict[str, str]]:
    for number in range(count):
        yield {
            "name": f"Resident {number} (invented)",
            "email": f"resident.{number}@example.com",
            "kind": "resident",
            "consent_source": "paper form",
            "consent_at": "2026-01-05",
        }


if __name__ == "__main__":
    raise SystemExit(main(int(sys.argv[1]) if len(sys.argv) > 1 else 100_000))
