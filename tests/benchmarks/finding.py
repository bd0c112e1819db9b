"""How fast anything is found, and lists of cases are drawn, with a million calls, 200,000 parties and 150,000 cases.

``python -m tests.benchmarks.finding [CALLS PARTIES CASES]`` prints JSON lines and a table; exit 1 where a promise is
broken. Times are the server's for a whole page, signed in, with the trail written. Beside them stands the processor
time of this process, which a busy machine spoils less; it holds SQLite's work, and not PostgreSQL's. The yardstick is
one indexed equality query through the same session in the same run.
"""

import json
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from time import perf_counter, process_time

from flask import Flask
from flask.testing import FlaskClient
from flask_migrate import upgrade
from msgspec import Struct
from msgspec.structs import asdict
from sqlalchemy import select

from tests.benchmarks import finding_load as invented
from tests.benchmarks import parties_load
from tests.benchmarks.databases import both_databases
from tests.benchmarks.invented import WARDS
from tests.conftest import PASSWORD, IsolatedClient, hash_passwords_quickly, settings
from tests.whole import create_app
from tsalert.cases.models import CaseFile
from tsalert.core import cursors
from tsalert.core.clock import utc_now
from tsalert.db import db
from tsalert.finding import indexing
from tsalert.places import service as places
from tsalert.places.rules import NamedWard
from tsalert.staff import service as staff
from tsalert.staff.rules import RoleName

LONGEST_MS, TIMES, WARM, AT_A_TIME = 100, 60, 5, 2000
Act = Callable[[int], object]


class Result(Struct, frozen=True):
    """One measurement in milliseconds."""

    name: str
    median: float
    p95: float
    processor_p95: float
    is_promised: bool = True

    def keeps_its_promise(self) -> bool:
        """Tell whether 95 of a hundred answers were quick enough; yardsticks promise nothing."""
        return not self.is_promised or self.p95 <= LONGEST_MS


def main(calls: int, parties: int, cases: int) -> int:
    """Measure, print, and say whether every promise was kept."""
    with both_databases() as (folder, urls):
        sizes = {"calls": calls, "parties": parties, "cases": cases}
        results = []
        for name, url in urls.items():
            for result in _measure(name, url, folder, sizes):
                print(json.dumps(asdict(result)), flush=True)
                results.append(result)
    print(f"\n{'':58} {'median ms':>10} {'p95 ms':>8} {'processor p95 ms':>17}")
    for result in results:
        print(f"{result.name:58} {result.median:10.1f} {result.p95:8.1f} {result.processor_p95:17.1f}")
    return 0 if all(result.keeps_its_promise() for result in results) else 1


def _measure(name: str, url: str, folder: Path, sizes: dict[str, int]) -> Iterator[Result]:
    app = create_app(settings(url, folder))
    hash_passwords_quickly(app)
    with app.app_context():
        upgrade()
        desk = _people(app)
        _fill(name, sizes)
        yield _timed(f"{name}: bare query by reference", _bare(sizes["cases"]), is_promised=False)
        for kind, act in (_searches(desk, **sizes) | _lists(desk, sizes["cases"])).items():
            yield _timed(f"{name}: {kind}", act)
        db.session.remove()
        db.engine.dispose()


def _fill(name: str, sizes: dict[str, int]) -> None:
    started = perf_counter()
    invented.load(db.engine, **sizes)
    loaded = perf_counter()
    indexing.BATCH = AT_A_TIME  # nobody works beside it
    read = indexing.index_all(now=utc_now())
    with db.engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        connection.exec_driver_sql("ANALYZE")
    spent = perf_counter() - loaded
    print(f"{name}: loaded in {loaded - started:.0f} s, {read:,} records indexed in {spent:.0f} s", file=sys.stderr)


def _people(app: Flask) -> FlaskClient:
    """Add wards and officers, and return the browser of one of them."""
    places.add_wards([NamedWard(code, name) for code, name in WARDS], now=parties_load.NOW)
    for number in range(invented.OFFICERS):
        email, roles = f"bench{number}@example.org", [RoleName.CASE_OFFICER]
        staff.create_officer(email, name=f"Bench {number}", roles=roles, password=PASSWORD, now=utc_now())
    db.session.remove()
    app.config["WTF_CSRF_ENABLED"] = False
    app.test_client_class = IsolatedClient
    desk = app.test_client()
    desk.post("/sign-in", data={"email": "bench0@example.org", "password": PASSWORD})
    return desk


def _searches(desk: FlaskClient, *, calls: int, parties: int, cases: int) -> dict[str, Act]:
    """Return what an officer looks for, by kind; each a different one every time where there are many."""
    people = parties * 9 // 10

    def look(said: Callable[[int], str]) -> Act:
        def act(n: int) -> object:
            answer = desk.post("/search", data={"q": said(n)})
            assert answer.status_code == 200, answer.status_code
            return answer

        return act

    return {
        "search: a word of every eighth record": look(lambda n: ("roofer", "cash", "tile", "savings")[n % 4]),
        "search: two common words": look(lambda n: ("roofer cash", "van tile", "computer infected")[n % 3]),
        "search: common words that never meet": look(lambda _: "paving computer"),
        "search: a word of one record": look(lambda n: invented.rare_word(_spread(n, cases))),
        "search: the beginning of a word": look(lambda n: ("roof*", "infec*", "clipb*")[n % 3]),
        "search: a common name": look(lambda n: ("John Smith", "Mary Jones", "Smith")[n % 3]),
        "search: a rare name": look(lambda n: f"Ada {parties_load.rare_name(n)}"),
        "search: a number": look(lambda n: parties_load.phone(_spread(n, people))),
        "search: an address": look(lambda n: ", ".join(parties_load.home(_spread(n, calls)))),
        "search: words that nothing holds": look(lambda n: f"roofer nothing{n}"),
    }


def _lists(desk: FlaskClient, cases: int) -> dict[str, Act]:
    def see(path: Callable[[int], str]) -> Act:
        def act(n: int) -> object:
            answer = desk.get(path(n), follow_redirects=True)
            assert answer.status_code == 200, answer.status_code
            return answer

        return act

    def narrowed(n: int) -> object:
        asked = {"text": ("roofer cash", "savings", invented.rare_word(_spread(n, cases)))[n % 3]}
        return desk.post("/cases/narrowed", data=asked, follow_redirects=True)

    wards, deep = [code for code, _ in WARDS], _places_inside(cases)
    return {
        "list: every case": see(lambda _: "/cases"),
        "list: a page deep inside": see(lambda n: f"/cases?after={deep[n % len(deep)]}"),
        "list: a category": see(lambda n: f"/cases?category={('scam', 'other', 'financial_abuse')[n % 3]}"),
        "list: open, of one officer": see(lambda n: f"/cases?status=open&officer_id={n % invented.OFFICERS + 1}"),
        "list: waiting for a partner, in one ward": see(
            lambda n: f"/cases?waiting_for=partner&ward_code={wards[n % len(wards)]}"
        ),
        "list: nothing of the kind": see(lambda _: "/cases?waiting_for=legal&kind=food&source=police"),
        "list: a quarter": see(lambda n: f"/cases?period=202{n % 5}/2{n % 5 + 1}+Q2"),
        "list: by words": narrowed,
        "board of cases: mine": see(lambda _: "/cases/board"),
        "board of cases: everybody's": see(lambda _: "/cases/board?everybody=yes"),
        f"page of a case with {invented.LONG_LOG} entries in its log": see(lambda _: f"/cases/{cases}"),
        f"timeline of a case with {invented.LONG_LOG} entries": see(lambda _: f"/cases/{cases}/timeline"),
    }


def _places_inside(cases: int) -> list[str]:
    """Return where pages of the list begin, all through it."""
    some = CaseFile.id.in_([_spread(n, cases) for n in range(TIMES)])
    rows = db.session.execute(select(CaseFile.opened_at, CaseFile.id).where(some)).all()
    return [cursors.write(tuple(row)) for row in rows]


def _spread(n: int, among: int) -> int:
    return n * 7919 % among + 1


def _bare(cases: int) -> Act:
    return lambda n: db.session.scalars(select(CaseFile).where(CaseFile.id == _spread(n, cases))).all()


def _timed(name: str, act: Act, *, is_promised: bool = True) -> Result:
    for n in range(WARM):
        act(n)
        db.session.remove()
    taken, worked = [], []
    for n in range(TIMES):
        started, before = perf_counter(), process_time()
        act(n + WARM)
        taken.append((perf_counter() - started) * 1000)
        worked.append((process_time() - before) * 1000)
        db.session.remove()
    median, p95, processor = sorted(taken)[TIMES // 2], _p95(taken), _p95(worked)
    return Result(name, round(median, 1), round(p95, 1), round(processor, 1), is_promised)


def _p95(taken: list[float]) -> float:
    return sorted(taken)[TIMES * 95 // 100]


if __name__ == "__main__":
    raise SystemExit(main(*(map(int, sys.argv[1:4]) if len(sys.argv) > 3 else (1_000_000, 200_000, 150_000))))
