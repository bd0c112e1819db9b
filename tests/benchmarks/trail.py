"""How fast the trail is verified, and a week of it looked through for what is odd, with a million entries.

``python -m tests.benchmarks.trail [ENTRIES]`` prints JSON lines and a table; exit 1 where a promise is broken. The
yardstick of the walk along the chain is the hash alone, over as many entries that lie in memory.
"""

import json
import sys
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from random import Random
from time import perf_counter
from typing import Any

from flask import Flask
from msgspec import Struct
from msgspec.structs import asdict
from sqlalchemy import func, select

from tests.benchmarks.bulk import bulk
from tests.benchmarks.databases import both_databases
from tests.benchmarks.response_load import OFFICERS, filled_app
from tests.benchmarks.response_stories import stamp
from tests.rota.conftest import give_mobile, put_on_shift
from tsalert.audit.models import AuditHead
from tsalert.audit.queries import verify_chain
from tsalert.audit.rules import FIRST_SEAL, Entry, seal
from tsalert.config import Settings
from tsalert.core.clock import london_date, utc_now
from tsalert.db import db
from tsalert.foundation import keep_what_is_loaded
from tsalert.oversight import queries
from tsalert.oversight.rules import span_of, week_before
from tsalert.response.models import Call, Incident
from tsalert.rota.vocabulary import Duty

VERIFIED_SECONDS, WEEK_SECONDS = 60.0, 2.0
# A busy service: each of 120 officers opens 24 records a day, all week.
OPENED_IN_WEEK = 20_000
_KNOWN_CALLS = 50_000
_TABLES = {
    "audit_event": (
        "id", "at", "officer_id", "via", "action", "subject", "subject_id", "detail", "previous_seal", "seal",
    ),
    "party": ("id", "kind", "name", "created_at"),
    "party_name": ("id", "party_id", "name", "folded"),
    "call_party": ("call_id", "role", "party_id", "received_at"),
}  # fmt: skip


class Result(Struct, frozen=True):
    """Seconds of one piece of work, the best and the worst of its tries; a yardstick promises nothing."""

    name: str
    entries: int
    best: float
    worst: float
    promised: float | None

    def keeps_its_promise(self) -> bool:
        """Tell whether the worst try was quick enough."""
        return self.promised is None or self.worst <= self.promised


def main(entries: int) -> int:
    """Measure, print, and say whether every promise was kept."""
    with both_databases() as (folder, urls):
        results = [_timed("yardstick: the hash alone", entries, lambda: _hash_alone(entries), None, tries=1)]
        for name, url in urls.items():
            results += _measure(name, url, folder, entries)
    for result in results:
        print(json.dumps(asdict(result)))
    print(f"\n{'':44} {'entries':>10} {'best s':>8} {'worst s':>8}")
    for result in results:
        print(f"{result.name:44} {result.entries:10,} {result.best:8.2f} {result.worst:8.2f}")
    return 0 if all(result.keeps_its_promise() for result in results) else 1


def _measure(name: str, url: str, folder: Path, entries: int) -> Iterator[Result]:
    app = filled_app(url, folder, calls=entries // 5)
    week = week_before(london_date(utc_now()))
    with app.app_context():
        opened = _read(entries, week_begins=span_of(week)[0])
        _stand_guard(span_of(week)[0])
        keep_what_is_loaded()  # as the worker and the web do, who look
        kept: Settings = app.extensions["tsalert_settings"]
        yield _timed(f"{name}: the odd of a week", opened, lambda: _look(app, week, kept), WEEK_SECONDS, tries=5)
        yield _timed(f"{name}: every seal", entries, _verify, VERIFIED_SECONDS, tries=1)


def _timed(name: str, entries: int, work: Callable[[], Any], promised: float | None, *, tries: int) -> Result:
    times = []
    for _ in range(tries):
        started = perf_counter()
        work()
        times.append(perf_counter() - started)
    return Result(name, entries, round(min(times), 3), round(max(times), 3), promised)


def _look(app: Flask, week: Any, settings: Settings) -> None:
    assert queries.oddities(db.session(), week, settings)
    db.session.remove()


def _verify() -> None:
    assert verify_chain(db.session()).is_whole
    db.session.remove()


def _hash_alone(entries: int) -> None:
    entry = Entry(datetime(2026, 6, 10, tzinfo=UTC), 1, "page", "read", "call", 1, {})
    before = FIRST_SEAL
    for _ in range(entries):
        before = seal(before, entry)


def _read(entries: int, *, week_begins: datetime) -> int:
    """Lengthen the trail by readings: one busy week and the year before it; returns how many fell in the week."""
    head = db.session.get_one(AuditHead, 1)
    length, before, rng = head.length, head.seal, Random(1)
    calls, incidents = (db.session.scalar(select(func.max(each.id))) or 0 for each in (Call, Incident))
    in_week = min(OPENED_IN_WEEK, entries - length)
    with bulk(db.engine, _TABLES) as rows:
        for number in range(1, min(_KNOWN_CALLS, calls) + 1):
            rows.add("party", (number, "person", f"Pat Example{number % 997}", stamp(0)))
            rows.add("party_name", (number, number, f"Pat Example{number % 997}", f"pat example{number % 997}"))
            rows.add("call_party", (number, "caller", number, stamp(0)))
        for place in range(length + 1, entries + 1):
            days = rng.random() * 7 if place > entries - in_week else -rng.random() * 365
            at = datetime.fromtimestamp(int((week_begins + timedelta(days=days)).timestamp()), UTC)
            subject, most = ("call", min(_KNOWN_CALLS, calls)) if place % 2 else ("incident", incidents)
            entry = Entry(at, rng.randint(1, OFFICERS), "page", "read", subject, rng.randint(1, most), {})
            sealed = seal(before, entry)
            row = (place, stamp(int(at.timestamp())), entry.officer_id, "page", "read", subject, entry.subject_id)
            rows.add("audit_event", (*row, "{}", before, sealed))
            before = sealed
    db.session.rollback()
    head = db.session.get_one(AuditHead, 1)
    head.length, head.seal = max(length, entries), before
    db.session.commit()
    return in_week


def _stand_guard(since: datetime) -> None:
    """Put officers on duty all week, twelve hours each."""
    for officer_id in range(1, 15):
        give_mobile(db.session(), officer_id, since=since - timedelta(days=400))
        begins = since + timedelta(hours=12 * (officer_id - 1))
        put_on_shift(db.session(), officer_id, Duty.PRIMARY, begins, begins + timedelta(hours=12))
    db.session.remove()


if __name__ == "__main__":
    raise SystemExit(main(int(sys.argv[1]) if len(sys.argv) > 1 else 1_000_000))
