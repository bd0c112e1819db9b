"""Workers killed at random points of a broadcast, again and again: nobody is missed, and doubles were in doubt.

``python -m tests.benchmarks.kills [TIMES] [COUNT]`` prints JSON lines; exit 1 where somebody was missed, got it twice
without being in doubt, or more got it twice than a worker has connections.
"""

import json
import random
import signal
import sys
from collections import Counter
from pathlib import Path

from flask import Flask
from flask_migrate import upgrade
from msgspec import Struct
from msgspec.structs import asdict
from sqlalchemy import select

from tests.benchmarks.broadcast import CONNECTIONS, WORDS
from tests.benchmarks.databases import both_databases
from tests.benchmarks.endpoints_load import add_endpoints, send_to
from tests.conftest import command_environment, settings
from tests.standins.processes import eventually, mail_server, worker
from tests.whole import create_app
from tsalert.db import db
from tsalert.delivery import queries
from tsalert.delivery.models import Delivery, Endpoint
from tsalert.delivery.rules import Channel, Lane

_PATIENCE = 300


class Round(Struct, frozen=True):
    """One broadcast whose worker was killed, and another that finished it."""

    database: str
    mails: int
    killed_after: int
    missed: int
    doubled: int
    doubled_without_doubt: int
    in_doubt: int

    def keeps_its_promise(self) -> bool:
        """Tell whether nobody was missed, and whoever got it twice was in doubt and one of few."""
        return not self.missed and not self.doubled_without_doubt and self.doubled <= CONNECTIONS


def main(times: int, count: int) -> int:
    """Kill, look, print, and say whether every promise was kept."""
    rounds = []
    with both_databases() as (folder, urls):
        for name, url in urls.items():
            app = create_app(settings(url, folder))
            with app.app_context():
                upgrade()
                secret = app.extensions["tsalert_settings"].address_key
                ids = add_endpoints(Channel.EMAIL, lambda n: f"p{n}@example.org", count, secret=secret)
                for _ in range(times):
                    rounds.append(_round(name, app, folder, ids))
                    print(json.dumps(asdict(rounds[-1])), flush=True)
                db.session.remove()
                db.engine.dispose()
    return 0 if all(each.keeps_its_promise() for each in rounds) else 1


def _round(name: str, app: Flask, folder: Path, ids: range) -> Round:
    log, count = folder / "mail.log", len(ids)
    log.unlink(missing_ok=True)
    mailing_id, killed_after = send_to(ids, WORDS, lane=Lane.BULK), random.randrange(count)
    with mail_server(log) as port:
        environment = command_environment(app, TSALERT_EMAIL=f"smtp://127.0.0.1:{port}?connections={CONNECTIONS}")
        with worker(environment, folder / "killed.log") as process:
            eventually(lambda: _arrived(log) >= killed_after, seconds=_PATIENCE, every=0.002)
            process.send_signal(signal.SIGKILL)
            process.wait()
        with worker(environment, folder / "next.log"):
            eventually(lambda: _is_finished(mailing_id), seconds=_PATIENCE, every=0.05)
    times = Counter(json.loads(line)["to"] for line in log.read_text().splitlines())
    doubled, doubtful = {to for to, often in times.items() if often > 1}, _in_doubt(mailing_id)
    return Round(name, count, killed_after, count - len(times), len(doubled), len(doubled - doubtful), len(doubtful))


def _arrived(log: Path) -> int:
    return log.read_bytes().count(b"\n") if log.exists() else 0


def _is_finished(mailing_id: int) -> bool:
    db.session.rollback()
    return queries.progress(db.session(), mailing_id).is_finished


def _in_doubt(mailing_id: int) -> set[str]:
    doubtful = select(Endpoint.address).join(Delivery, Delivery.endpoint_id == Endpoint.id)
    found = db.session.scalars(doubtful.where(Delivery.mailing_id == mailing_id, Delivery.doubts > 0))
    return set(found)


if __name__ == "__main__":
    _given = [int(each) for each in sys.argv[1:3]]
    raise SystemExit(main(*(_given if len(_given) > 1 else (20, 10_000))))
