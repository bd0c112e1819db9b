"""How fast matches are looked up while a call is typed, with 200,000 parties and a million calls.

``python -m tests.benchmarks.matching [PARTIES CALLS]`` prints JSON lines and a table; exit 1 where a promise is broken.
The yardstick is one indexed equality query through the same session in the same run.
"""

import json
import sys
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path
from time import perf_counter
from typing import Any

from flask import Flask
from flask.testing import FlaskClient
from flask_migrate import upgrade
from msgspec import Struct
from msgspec.structs import asdict
from sqlalchemy import select

from tests.benchmarks import parties_load as invented
from tests.benchmarks.databases import both_databases
from tests.conftest import PASSWORD, IsolatedClient, settings
from tests.whole import create_app
from tsalert.core.actors import SERVICE
from tsalert.core.clock import utc_now
from tsalert.db import db
from tsalert.parties.models import PartyIdentifier
from tsalert.parties.rules import Sought
from tsalert.response.matches import look_up
from tsalert.response.opening import seal_opening
from tsalert.staff import service as staff
from tsalert.staff.rules import RoleName

LONGEST_MS, TIMES, WARM = 20, 300, 20


class Result(Struct, frozen=True):
    """One measurement in milliseconds."""

    name: str
    found: float
    median: float
    p95: float
    is_promised: bool = True

    def keeps_its_promise(self) -> bool:
        """Tell whether 95 of a hundred look-ups were quick enough; yardsticks promise nothing."""
        return not self.is_promised or self.p95 <= LONGEST_MS


def main(parties: int, calls: int) -> int:
    """Measure, print, and say whether every promise was kept."""
    with both_databases() as (folder, urls):
        results = [result for name, url in urls.items() for result in _measure(name, url, folder, parties, calls)]
    for result in results:
        print(json.dumps(asdict(result)))
    print(f"\n{'':42} {'found':>6} {'median ms':>10} {'p95 ms':>8}")
    for result in results:
        print(f"{result.name:42} {result.found:6.1f} {result.median:10.2f} {result.p95:8.2f}")
    return 0 if all(result.keeps_its_promise() for result in results) else 1


def _measure(name: str, url: str, folder: Path, parties: int, calls: int) -> Iterator[Result]:
    app = create_app(settings(url, folder))
    with app.app_context():
        upgrade()
        started = perf_counter()
        invented.load(db.engine, parties=parties, calls=calls)
        print(f"{name}: loaded in {perf_counter() - started:.0f} s", file=sys.stderr)
        yield _timed(f"{name}: bare query by number", lambda n: _bare(_spread(n, parties)), is_promised=False)
        for kind, sought in _kinds(parties, calls).items():
            yield _timed(f"{name}: {kind}", partial(_look, sought))
        yield _timed(f"{name}: the part of the page, all together", _page(app, _kinds(parties, calls)["all together"]))
        db.session.remove()
        db.engine.dispose()


def _kinds(parties: int, calls: int) -> dict[str, Callable[[int], Sought]]:
    """Return what an officer types, by kind; each a different one every time."""

    def everything(n: int) -> Sought:
        address, postcode = invented.home(_spread(n, calls))
        number = _spread(n, parties * 9 // 10)
        return Sought(
            phone=invented.phone(number),
            caller_name=invented.person(number),
            address=address,
            postcode=postcode,
            trader=invented.trader(n),
            vehicle=invented.plate(n),
        )

    def place(n: int) -> Sought:
        address, postcode = invented.home(_spread(n, calls))
        return Sought(address=address, postcode=postcode)

    return {
        "number": lambda n: Sought(phone=invented.phone(_spread(n, parties * 9 // 10))),
        "a switchboard's number": lambda _: Sought(phone=invented.phone(1)),
        "registration": lambda n: Sought(vehicle=invented.plate(_spread(n, parties // 10))),
        "common name": lambda n: Sought(caller_name=("John Smith", "Mary Jones", "Jon Smyth", "Smith")[n % 4]),
        "rare name": lambda n: Sought(caller_name=f"Ada {invented.rare_name(n)}"),
        "trader's name": lambda n: Sought(trader=f"two men in a white van, {invented.trader(n)} Ltd"),
        "address": place,
        "all together": everything,
    }


def _spread(n: int, among: int) -> int:
    return n * 7919 % among + 1


def _bare(number: int) -> int:
    wanted = (PartyIdentifier.kind == "phone", PartyIdentifier.normal == invented.phone(number))
    return len(db.session.scalars(select(PartyIdentifier.party_id).where(*wanted)).all())


def _look(sought: Callable[[int], Sought], n: int) -> int:
    found = look_up(db.session(), sought(n), reader=SERVICE, is_demo=False, now=invented.NOW)
    return len(found.lines) + len(found.incidents)


def _page(app: Flask, sought: Callable[[int], Sought]) -> Callable[[int], int]:
    client = _signed_in(app)
    opened = seal_opening(utc_now())

    def ask(n: int) -> int:
        wanted = sought(n)
        typed: dict[str, Any] = {name: getattr(wanted, name) or "" for name in wanted.fields}
        answer = client.post("/calls/matches", data=typed | {"opened": opened}, headers={"HX-Request": "true"})
        assert answer.status_code == 200
        return answer.text.count("ts-matches__one")

    return ask


def _signed_in(app: Flask) -> FlaskClient:
    app.config["WTF_CSRF_ENABLED"] = False
    app.test_client_class = IsolatedClient
    roles = [RoleName.DUTY_OFFICER]
    staff.create_officer("bench@example.org", name="Bench", roles=roles, password=PASSWORD, now=utc_now())
    db.session.remove()
    client = app.test_client()
    client.post("/sign-in", data={"email": "bench@example.org", "password": PASSWORD})
    return client


def _timed(name: str, act: Callable[[int], int], *, is_promised: bool = True) -> Result:
    for n in range(WARM):
        act(n)
        db.session.remove()
    taken, found = [], 0
    for n in range(TIMES):
        started = perf_counter()
        found += act(n + WARM)
        taken.append((perf_counter() - started) * 1000)
        db.session.remove()
    taken.sort()
    return Result(name, found / TIMES, round(taken[TIMES // 2], 2), round(taken[TIMES * 95 // 100], 2), is_promised)


if __name__ == "__main__":
    raise SystemExit(main(*(map(int, sys.argv[1:3]) if len(sys.argv) > 2 else (200_000, 1_000_000))))
