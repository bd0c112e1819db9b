"""How fast residents join and officers count, with a million subscribers on the list.

``python -m tests.benchmarks.subscribers [COUNT]`` prints JSON lines and a table; exit 1 where a promise is broken.
Times are the server's for a whole request or query. Beside them stands the processor time of this process, which a busy
machine spoils less; it holds SQLite's work, and not PostgreSQL's. The yardstick is one indexed equality query through
the same session in the same run. The counts are those that the timetable makes and keeps, so nobody waits for them; an
officer waits for the pages. Importing is measured by ``python -m tests.benchmarks.importing``.
"""

import json
import sys
from collections.abc import Callable, Iterator
from datetime import timedelta
from pathlib import Path
from time import perf_counter, process_time

from flask import Flask
from flask.testing import FlaskClient
from flask_migrate import upgrade
from msgspec import Struct
from msgspec.structs import asdict
from sqlalchemy import select

from tests.benchmarks import subscribers_load as invented
from tests.benchmarks.databases import both_databases
from tests.benchmarks.invented import WARDS
from tests.conftest import PASSWORD, IsolatedClient, hash_passwords_quickly, settings
from tests.whole import create_app
from tsalert.alerts import editions, posting, proof, queries
from tsalert.alerts import service as alerts
from tsalert.alerts.rules import Channel, Draft
from tsalert.core.actors import Via
from tsalert.core.clock import utc_now
from tsalert.db import db
from tsalert.delivery.models import Endpoint
from tsalert.delivery.tokens import unsubscribe_token
from tsalert.places import service as places
from tsalert.places.rules import NamedWard
from tsalert.staff import service as staff
from tsalert.staff.queries import actor_of, get_officer
from tsalert.staff.rules import RoleName
from tsalert.subscribers import directory, kept_counts
from tsalert.subscribers import queries as subscribers
from tsalert.subscribers.tokens import confirm_token
from tsalert.visitors.tokens import stamp

TIMES, SLOW_TIMES, WARM, EVERY_CHANNEL = 60, 10, 2, ("email", "sms", "voice")
_PAGE_MS, _COUNT_MS = 50, 300
Act = Callable[[int], object]


class Result(Struct, frozen=True):
    """One measurement in milliseconds; ``most`` is what 95 of a hundred may take, None for a yardstick."""

    name: str
    median: float
    p95: float
    processor_p95: float
    most: int | None

    def keeps_its_promise(self) -> bool:
        """Tell whether it was quick enough."""
        return self.most is None or self.p95 <= self.most


def main(count: int) -> int:
    """Measure, print, and say whether every promise was kept."""
    results = []
    with both_databases() as (folder, urls):
        for name, url in urls.items():
            for result in _measure(name, url, folder, count):
                print(json.dumps(asdict(result)), flush=True)
                results.append(result)
    print(f"\n{'':58} {'median ms':>10} {'p95 ms':>8} {'processor p95 ms':>17} {'most':>6}")
    for one in results:
        print(f"{one.name:58} {one.median:10.1f} {one.p95:8.1f} {one.processor_p95:17.1f} {one.most or '':>6}")
    return 0 if all(result.keeps_its_promise() for result in results) else 1


def _measure(name: str, url: str, folder: Path, count: int) -> Iterator[Result]:
    chosen = settings(url, folder)
    app = _program(url, folder)
    with app.app_context():
        upgrade()
        places.add_wards([NamedWard(code, ward) for code, ward in WARDS], now=invented.NOW)
        started = perf_counter()
        invented.load(db.engine, count, secret=chosen.address_key)
        print(f"{name}: loaded in {perf_counter() - started:.0f} s", file=sys.stderr)
        desk = _desk(app)
        yield _timed(f"{name}: bare query by key", _bare(count), None)
        for kind, act in _visits(app.test_client(), count).items():
            yield _timed(f"{name}: {kind}", act, _PAGE_MS)
        for kind, act in _counts().items():
            yield _timed(f"{name}: {kind}", act, None, SLOW_TIMES)
        kept_counts.keep_counts(utc_now())
        for kind, act in _pages(desk, count).items():
            yield _timed(f"{name}: {kind}", act, _COUNT_MS)
        yield _enqueued(name)
        db.session.remove()
        db.engine.dispose()


def _program(url: str, folder: Path) -> Flask:
    """Return the program over a database, with forms that need no token and officers who sign in quickly."""
    app = create_app(settings(url, folder))
    hash_passwords_quickly(app)
    app.config["WTF_CSRF_ENABLED"] = False
    app.test_client_class = IsolatedClient
    return app


def _desk(app: Flask) -> FlaskClient:
    """Add an officer and return the browser they are signed in with."""
    roles = [RoleName.MANAGER, RoleName.DUTY_OFFICER, RoleName.ADMINISTRATOR]
    staff.create_officer("bench@example.org", name="Bench", roles=roles, password=PASSWORD, now=utc_now())
    db.session.remove()
    desk = app.test_client()
    desk.post("/sign-in", data={"email": "bench@example.org", "password": PASSWORD})
    return desk


def _visits(visitor: FlaskClient, count: int) -> dict[str, Act]:
    def join(n: int) -> object:
        drawn = stamp(utc_now() - timedelta(minutes=1))
        typed = {"contact": f"new.{n}@example.com", "postcode": "", "topics": "all", "drawn": drawn}
        answer = visitor.post("/join", data=typed, environ_base={"REMOTE_ADDR": f"192.0.2.{n % 250}"})
        assert answer.status_code == 303, answer.text
        return answer

    def confirm(n: int) -> object:
        answer = visitor.post(f"/confirm/{confirm_token(n + 1)}")  # whom ``join`` asked, in the same order
        assert answer.status_code == 200, answer.text
        return answer

    def leave(n: int) -> object:
        return visitor.post(f"/unsubscribe/{unsubscribe_token(_spread(n, count))}")

    return {
        "sign up on the page": join,
        "confirm by the link": confirm,
        "leave by one click": leave,
    }


def _counts() -> dict[str, Act]:
    session, wards = db.session, [code for code, _ in WARDS]
    topics = [slug for slug, _ in subscribers.topics(db.session())]

    def size(topic: Callable[[int], str], wanted: Callable[[int], list[str]]) -> Act:
        def act(n: int) -> object:
            return subscribers.audience_size(
                session(), wards=wanted(n), topic=topic(n), channels=EVERY_CHANNEL, urgent=bool(n % 2)
            )

        return act

    return {
        "audience of a topic in a ward": size(lambda n: topics[n % len(topics)], lambda n: [wards[n % len(wards)]]),
        "audience of a topic everywhere": size(lambda n: topics[n % len(topics)], lambda _: []),
        "audience of everybody": size(lambda _: "all", lambda _: []),
        "how far alerts carry": lambda _: subscribers.circulation(session()),
        "how many were on the list on a day": lambda n: subscribers.count_listed(
            session(), invented.NOW - timedelta(days=30 * n)
        ),
        "people and addresses by state": lambda _: directory.count(session()),
    }


def _pages(desk: FlaskClient, count: int) -> dict[str, Act]:
    def see(path: Callable[[int], str]) -> Act:
        def act(n: int) -> object:
            answer = desk.get(path(n), follow_redirects=True)
            assert answer.status_code == 200, answer.status_code
            return answer

        return act

    drafts = [_draft(wards) for wards in ((WARDS[0][0],), ())]
    return {
        "page of an alert for a ward": see(lambda _: f"/alerts/{drafts[0]}"),
        "page of an alert for everybody": see(lambda _: f"/alerts/{drafts[1]}"),
        "list of subscribers": see(lambda _: "/subscribers"),
        "page of a subscriber": see(lambda n: f"/subscribers/{_spread(n, count)}"),
    }


def _draft(wards: tuple[str, ...]) -> int:
    actor = actor_of(get_officer(db.session(), "bench@example.org"), Via.PAGE)
    ends = utc_now() + timedelta(days=7)
    draft = Draft("Roofers", "They knock.", "all", (Channel.EMAIL, Channel.SMS), ends, wards=wards)
    return alerts.write_draft(draft, actor=actor, now=utc_now())


def _enqueued(name: str) -> Result:
    """Queue an alert for everybody, in all its editions."""
    session, alert_id = db.session(), _draft(())
    alert = queries.get_alert(session, alert_id)
    started, before = perf_counter(), process_time()
    size = posting.post(session, alert, proof.pull_proof(alert), now=utc_now())
    taken, worked = (perf_counter() - started) * 1000, (process_time() - before) * 1000
    sizes = editions.sent_sizes(session, alert_id)
    session.rollback()
    print(f"{name}: queued {size:,} messages, {sizes}", file=sys.stderr)
    return Result(f"{name}: queue an alert for everybody", round(taken, 1), round(taken, 1), round(worked, 1), None)


def _spread(n: int, among: int) -> int:
    return n * 7919 % among + 1


def _bare(count: int) -> Act:
    return lambda n: db.session.scalars(select(Endpoint).where(Endpoint.id == _spread(n, count))).all()


def _timed(name: str, act: Act, most: int | None, times: int = TIMES) -> Result:
    for n in range(WARM):
        act(n)
        db.session.remove()
    taken, worked = [], []
    for n in range(times):
        started, before = perf_counter(), process_time()
        act(n + WARM)
        taken.append((perf_counter() - started) * 1000)
        worked.append((process_time() - before) * 1000)
        db.session.remove()
    median, p95, processor = sorted(taken)[times // 2], _p95(taken), _p95(worked)
    return Result(name, round(median, 1), round(p95, 1), round(processor, 1), most)


def _p95(taken: list[float]) -> float:
    return sorted(taken)[len(taken) * 95 // 100]


if __name__ == "__main__":
    raise SystemExit(main(int(sys.argv[1]) if len(sys.argv) > 1 else 1_000_000))
