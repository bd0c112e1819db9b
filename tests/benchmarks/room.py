"""How much room a record takes in each database: what ``docs/sizing.md`` reckons with.

``python -m tests.benchmarks.room [CALLS] [SUBSCRIBERS]`` prints JSON lines and a table. It promises nothing.
"""

import json
import sys
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from threading import Event

from flask import Flask
from flask_migrate import upgrade
from msgspec import Struct
from msgspec.structs import asdict

from tests.benchmarks import response_load, subscribers_load
from tests.benchmarks.databases import both_databases
from tests.conftest import command_environment, settings
from tests.standins.processes import mail_server, worker
from tests.whole import create_app
from tsalert.core.clock import utc_now
from tsalert.db import db, transaction
from tsalert.delivery import queries, service
from tsalert.delivery.models import Endpoint
from tsalert.delivery.rules import Channel, Content, Lane
from tsalert.installation import storage

_LINE = "Two men offer to mend roofs. "
_WORDS = Content("Doorstep crime in your ward", _LINE * 30, f"<p>{_LINE * 30}</p>")


class Result(Struct, frozen=True):
    """How many bytes each of some records takes, its indexes and its entries in the trail with it."""

    name: str
    records: int
    bytes_each: int


def main(calls: int, subscribers: int) -> int:
    """Measure and print."""
    with both_databases() as (folder, urls):
        results = [each for name, url in urls.items() for each in _measure(name, url, folder, calls, subscribers)]
    for result in results:
        print(json.dumps(asdict(result)))
    for result in results:
        print(f"{result.name:44} {result.records:9,} {result.bytes_each:8,} bytes each")
    return 0


def _measure(name: str, url: str, folder: Path, calls: int, subscribers: int) -> Iterator[Result]:
    app = create_app(settings(url, folder))
    with app.app_context():
        upgrade()
        grown = _Growth()
        response_load.fill(db.engine, calls=calls, until=utc_now() - timedelta(seconds=1))
        yield grown.by(f"{name}: call, every fourth an incident", calls)
        subscribers_load.load(db.engine, subscribers, secret=app.extensions["tsalert_settings"].address_key)
        yield grown.by(f"{name}: subscriber", subscribers)
        sent = _send(app, folder / f"{name}.log")
        yield grown.by(f"{name}: message of an alert, sent", sent)
        db.session.remove()
        db.engine.dispose()


class _Growth:
    """By how much a database has grown since it was asked last."""

    def __init__(self) -> None:
        self._size = self._now()

    def by(self, name: str, records: int) -> Result:
        before, self._size = self._size, self._now()
        return Result(name, records, round((self._size - before) / records))

    def _now(self) -> int:
        db.session.rollback()
        return storage.database_size(db.session())


def _send(app: Flask, log: Path) -> int:
    """Send one mail to everybody who has them, by a real worker to a server that discards it."""
    everybody = queries.reachable_endpoints().where(Endpoint.channel == Channel.EMAIL)
    with transaction() as session:
        mailing_id = service.create_mailing(session, _WORDS, lane=Lane.BULK, now=utc_now())
        count = service.enqueue(session, mailing_id, everybody, now=utc_now())
    with mail_server(Path("/dev/null")) as port:
        environment = command_environment(app, TSALERT_EMAIL=f"smtp://127.0.0.1:{port}?connections=4")
        with worker(environment, log):
            while not queries.progress(db.session(), mailing_id).is_finished:
                db.session.rollback()
                Event().wait(0.1)
    return count


if __name__ == "__main__":
    raise SystemExit(main(*(int(word) for word in [*sys.argv[1:], "100000", "50000"][:2])))
