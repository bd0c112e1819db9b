"""How fast calls are saved and figures are told with ten years of calls in the database, on SQLite and PostgreSQL.

``python -m tests.benchmarks.response [CALLS] [SECONDS]`` fills each database, serves it by gunicorn as the product is,
lets 20 officers save and 100 boards poll from a process of their own, counts what was kept, and prints JSON lines; exit
1 where a promise is broken. The yardsticks, a bare page and a bare insert, are measured on the same server in the same
run.
"""

import json
import re
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from time import perf_counter
from typing import Any

from flask import Flask
from msgspec import Struct, field
from msgspec.structs import asdict
from sqlalchemy import func, select, text

from tests.benchmarks.databases import both_databases
from tests.benchmarks.installed import as_installed
from tests.benchmarks.response_clients import Browser, summary
from tests.benchmarks.response_load import PASSWORD, filled_app
from tests.browser.conftest import free_port, wait_until_served
from tests.conftest import command_environment
from tests.standins.processes import worker
from tsalert.audit.queries import verify_chain
from tsalert.core.clock import utc_now
from tsalert.core.periods import parse_span
from tsalert.db import db, transaction
from tsalert.response import figure_telling
from tsalert.response.models import Call

ROOT = Path(__file__).parent.parent.parent
OFFICERS, BOARDS, PAUSE = 20, 100, 4.0
FASTER = (2.0, 1.0, 0.5, 0.25, 0.1)
MOST = {"save_p95": 50.0, "load_p99": 250.0, "quarter": 300.0, "year": 1000.0}
BARE = "python:tests.benchmarks.bare_settings"


class Crowd(Struct, frozen=True):
    """Who acts on a site: so many officers, each with a pause between two calls, and boards, for so many seconds."""

    officers: int
    pause: float
    boards: int
    seconds: float
    mark: str


class Result(Struct):
    """What was measured on one database, in milliseconds; ``broken`` names the promises that were not kept."""

    database: str
    bare_page: dict[str, Any] = field(default_factory=dict)
    bare_insert: dict[str, Any] = field(default_factory=dict)
    alone: dict[str, Any] = field(default_factory=dict)
    load: dict[str, Any] = field(default_factory=dict)
    kept: dict[str, int] = field(default_factory=dict)
    breaks: list[dict[str, Any]] = field(default_factory=list)
    figures: dict[str, float] = field(default_factory=dict)

    def broken(self) -> list[str]:
        """Name what was promised and not kept."""
        faults = [name for name in ("quarter", "year") if self.figures[name] > MOST[name]]
        saves, polls = self.load["saves"], self.load["polls"]
        faults += ["save_p95"] if self.alone["saves"]["p95"] > MOST["save_p95"] else []
        faults += ["load_p99"] if max(saves["p99"], polls["p99"]) > MOST["load_p99"] else []
        faults += ["an error"] if saves["bad"] or polls["bad"] else []
        return faults + (["a call lost or doubled"] if self.kept["calls"] != self.kept["saved"] else [])


def main(calls: int, seconds: float) -> int:
    """Measure, print, and say whether every promise was kept."""
    with both_databases() as (folder, urls):
        results = [_measure(name, url, folder, calls, seconds) for name, url in urls.items()]
    for result in results:
        print(json.dumps(asdict(result)))
        print(f"{result.database}: {', '.join(result.broken()) or 'every promise kept'}")
    return 1 if any(result.broken() for result in results) else 0


def _measure(name: str, url: str, folder: Path, calls: int, seconds: float) -> Result:
    app = filled_app(url, folder, calls=calls)
    result = Result(name)
    cookies = sign_in(app, OFFICERS + BOARDS)
    with app.app_context():
        result.figures = _time_figures()
        _prepare_yardstick()
        db.engine.dispose()
    with served("tests.benchmarks.bare_site:app", app, folder / "bare.log", config=BARE) as site:
        result.bare_page, result.bare_insert = _ask_often(site, "GET"), _ask_often(site, "POST")
    with served("wsgi:app", app, folder / "web.log") as site, worker(command_environment(app), folder / "worker.log"):
        result.alone = _crowd(site, cookies, Crowd(1, 0.05, 0, seconds / 3, "alone"))
        result.load = _crowd(site, cookies, Crowd(OFFICERS, PAUSE, BOARDS, seconds, "load"))
        with app.app_context():
            result.kept = _count(result.load, "load")
        result.breaks = list(_find_limit(site, cookies, seconds / 4))
    return result


def _find_limit(site: str, cookies: list[str], seconds: float) -> Iterator[dict[str, Any]]:
    """Let officers save faster and faster until one in a hundred waits too long."""
    for pause in FASTER:
        found = _crowd(site, cookies, Crowd(OFFICERS, pause, BOARDS, seconds, f"pause {pause}"))
        yield {"saves_a_second": found["saves_a_second"], **found["saves"], "polls_p99": found["polls"]["p99"]}
        if found["saves"]["bad"] or found["saves"]["p99"] > MOST["load_p99"]:
            return


def sign_in(app: Flask, people: int) -> list[str]:
    """Return the cookies of officers who have signed in by the form."""
    cookies = []
    for number in range(1, people + 1):
        browser = app.test_client()
        token = re.findall(r'name="csrf_token"[^>]*value="([^"]+)"', browser.get("/sign-in").text)[0]
        form = {"email": f"officer{number}@example.org", "password": PASSWORD, "csrf_token": token}
        answer = browser.post("/sign-in", data=form)
        assert answer.status_code == 303, answer.text
        cookies.append(answer.headers["Set-Cookie"].partition(";")[0])
    return cookies


def _crowd(site: str, cookies: list[str], crowd: Crowd) -> dict[str, Any]:
    """Let officers and boards act in a process of their own; returns what they saw."""
    shape = (crowd.officers, crowd.pause, crowd.boards, crowd.seconds, crowd.mark)
    command = [sys.executable, "-m", "tests.benchmarks.response_clients", site, *(str(each) for each in shape)]
    told = json.dumps(cookies)
    done = subprocess.run(command, cwd=ROOT, input=told, check=True, stdout=subprocess.PIPE, text=True)
    found: dict[str, Any] = json.loads(done.stdout)
    return found


def _count(load: dict[str, Any], mark: str) -> dict[str, int]:
    """Count the calls that are kept, and see that the trail holds."""
    calls = db.session.scalar(select(func.count()).where(Call.id.in_(_marked(mark)))) or 0
    references = db.session.scalar(select(func.count(Call.reference.distinct())).where(Call.id.in_(_marked(mark))))
    assert references == calls
    assert verify_chain(db.session()).is_whole
    db.session.remove()
    db.engine.dispose()
    return {"saved": load["saves"]["good"], "calls": calls}


def _marked(mark: str) -> Any:
    return select(Call.id).where(Call.happening.like(f"% {mark}"))


def _time_figures() -> dict[str, float]:
    """Return how many milliseconds the figures of a quarter and of a year take, the second time."""
    year = utc_now().year - 2
    took = {}
    for name, label in (("quarter", f"{year}/{(year + 1) % 100:02} Q1"), ("year", f"{year}/{(year + 1) % 100:02}")):
        for _ in range(2):
            started = perf_counter()
            figure_telling.tell(db.session(), parse_span(label), now=utc_now())
            took[name] = round((perf_counter() - started) * 1000, 1)
            db.session.remove()
    return took


def _prepare_yardstick() -> None:
    with transaction() as session:
        session.execute(text("CREATE TABLE IF NOT EXISTS bare (word TEXT)"))


def _ask_often(site: str, method: str) -> dict[str, Any]:
    browser = Browser(site.removeprefix("http://"))
    for _ in range(300):
        browser.timed(method, "/", {"x": "y"} if method == "POST" else None)
    return summary([browser], good={"200"})


@contextmanager
def served(program: str, app: Flask, log: Path, *, config: str = "gunicorn.conf.py", **changes: str) -> Iterator[str]:
    """Serve a program as the product is served: gunicorn with its own settings, two processes."""
    port = free_port()
    command = [sys.executable, "-m", "gunicorn", program, "--config", config, "--bind", f"127.0.0.1:{port}"]
    environment = command_environment(app, WEB_CONCURRENCY="2", **as_installed(log.parent), **changes)
    with log.open("wb") as output:
        process = subprocess.Popen(command, cwd=ROOT, env=environment, stdout=output, stderr=output)
    try:
        wait_until_served(f"http://127.0.0.1:{port}", process)
        yield f"http://127.0.0.1:{port}"
    finally:
        process.terminate()
        process.wait(40)


if __name__ == "__main__":
    _given = sys.argv[1:]
    raise SystemExit(main(int(_given[0]) if _given else 1_000_000, float(_given[1]) if _given[1:] else 60))
