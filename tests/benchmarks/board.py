"""How fast the live board is answered with 500 open incidents among a million calls, on SQLite and on PostgreSQL.

``python -m tests.benchmarks.board [CALLS]`` prints JSON lines and a table; exit 1 where a promise is broken. Each
request goes through the whole program in this process: server time without a network. The yardstick is a bare view
of Flask that looks up one row by its key in the same database.
"""

import json
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from statistics import quantiles
from time import perf_counter

from flask import Flask
from flask.testing import FlaskClient
from flask_migrate import upgrade
from msgspec import Struct
from msgspec.structs import asdict
from sqlalchemy import Engine, create_engine, text
from werkzeug.test import TestResponse

from tests.benchmarks.databases import both_databases
from tests.benchmarks.response_load import PASSWORD, fill
from tests.conftest import hash_passwords_quickly, settings
from tests.whole import create_app
from tsalert.core.actors import Actor, Permission, Via
from tsalert.core.clock import utc_now
from tsalert.db import db
from tsalert.displays import service as displays
from tsalert.displays.service import NewDisplay
from tsalert.response import service
from tsalert.response.rules import NewCall, NewIncident
from tsalert.response.vocabulary import Category, Disposition, GradeName

MOST_MILLISECONDS = {
    "page": 50.0,
    "nothing changed": 5.0,
    "right after a change": 50.0,
    "a screen, nothing changed": 5.0,
}
_MANAGER = Actor(1, "Officer 1", frozenset(Permission), Via.PAGE)
_CALL = NewCall(
    disposition=Disposition.NEW_INCIDENT,
    happening="Men on the roof",
    is_trader_on_site=True,
    is_vulnerable=True,
    incident=NewIncident(Category.DOORSTEP_CRIME, "roofing", GradeName.IMMEDIATE),
)


class Result(Struct, frozen=True):
    """Milliseconds of one kind of request."""

    name: str
    database: str
    requests: int
    p50: float
    p95: float
    p99: float

    def keeps_its_promise(self) -> bool:
        """Tell whether it was quick enough; the yardstick promises nothing."""
        return self.p95 <= MOST_MILLISECONDS.get(self.name, float("inf"))


class Poll(Struct):
    """Asks for what is new, as a screen does that knows the newest mark."""

    browser: FlaskClient
    mark: str = ""

    def __call__(self) -> TestResponse:
        """Ask once."""
        answer = self.browser.get("/board/lines", headers={"If-None-Match": self.mark})
        self.mark = answer.headers["ETag"]
        return answer


def main(calls: int) -> int:
    """Measure, print, and say whether every promise was kept."""
    with both_databases() as (folder, urls):
        results = [each for url in urls.values() for each in _measure(url, folder, calls)]
    for result in results:
        print(json.dumps(asdict(result)))
    print(f"\n{'':12}{'':28}{'requests':>9}{'p50 ms':>8}{'p95 ms':>8}{'p99 ms':>8}")
    for each in results:
        row = f"{each.database:12}{each.name:28}{each.requests:9}{each.p50:8.2f}{each.p95:8.2f}{each.p99:8.2f}"
        print(row + ("" if each.keeps_its_promise() else "  too slow"))
    return 0 if all(result.keeps_its_promise() for result in results) else 1


def _measure(url: str, folder: Path, calls: int) -> Iterator[Result]:
    app = create_app(settings(url, folder))
    app.config["WTF_CSRF_ENABLED"] = False
    hash_passwords_quickly(app)
    with app.app_context():
        upgrade()
        fill(db.engine, calls=calls, until=utc_now())
        _, token = displays.make_display(NewDisplay("Wall"), actor=_MANAGER, now=utc_now())
        db.session.remove()
        db.engine.dispose()
    with _bare(url) as bare:
        yield _timed("a bare look-up by key", url, 1000, lambda: bare.get("/1"), 200)
    yield from _board(app, url, token)
    with app.app_context():
        db.engine.dispose()


def _board(app: Flask, url: str, token: str) -> Iterator[Result]:
    desk, wall = app.test_client(), app.test_client()
    desk.post("/sign-in", data={"email": "officer1@example.org", "password": PASSWORD})
    wall.post(f"/wall/{token}")
    yield _timed("page", url, 300, lambda: desk.get("/board"), 200)
    for name, browser in (("nothing changed", desk), ("a screen, nothing changed", wall)):
        yield _timed(name, url, 1000, Poll(browser), 304)
    yield _timed("right after a change", url, 100, lambda: desk.get("/board/lines"), 200, before=lambda: _change(app))


def _timed(
    name: str,
    url: str,
    requests: int,
    ask: Callable[[], TestResponse],
    status: int,
    before: Callable[[], None] | None = None,
) -> Result:
    """Time requests until enough were answered as expected: among many clocks, one turns every few seconds."""
    took: list[float] = []
    while len(took) < requests:
        if before:
            before()
        started = perf_counter()
        answer = ask()
        seconds = perf_counter() - started
        assert answer.status_code in {status, 200}, answer
        if answer.status_code == status:
            took.append(seconds * 1000)
    cuts = quantiles(took, n=100)
    database = "SQLite" if url.startswith("sqlite") else "PostgreSQL"
    return Result(name, database, requests, *(round(cuts[each - 1], 2) for each in (50, 95, 99)))


def _change(app: Flask) -> None:
    with app.app_context():
        service.log_call(_CALL, actor=_MANAGER, now=utc_now())


@contextmanager
def _bare(url: str) -> Iterator[FlaskClient]:
    """Serve one row of the officers by its key, and nothing else."""
    app, engine = Flask("bare"), create_engine(url)

    @app.get("/<int:number>")
    def show(number: int) -> str:
        return _name(engine, number)

    yield app.test_client()
    engine.dispose()


def _name(engine: Engine, number: int) -> str:
    with engine.connect() as connection:
        name: str = connection.execute(text("SELECT name FROM officer WHERE id = :id"), {"id": number}).scalar_one()
        return name


if __name__ == "__main__":
    raise SystemExit(main(int(sys.argv[1]) if len(sys.argv) > 1 else 1_000_000))
