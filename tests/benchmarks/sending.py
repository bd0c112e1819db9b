"""How soon an alert is with the mail server while a million mails wait, and how quickly slow servers are fed.

``python -m tests.benchmarks.sending [WAITING]`` prints JSON lines; exit 1 where a promise is broken. A real worker
sends to servers in processes of their own: mail servers that keep nothing, of which one is 20 ms away, and a stand-in
for Twilio that answers each text after 100 ms.
"""

import json
import sys
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path
from time import perf_counter, time

from flask import Flask
from flask_migrate import upgrade
from msgspec import Struct
from msgspec.structs import asdict

from tests.benchmarks import subscribers_load as invented
from tests.benchmarks.broadcast import CONNECTIONS, WORDS
from tests.benchmarks.databases import both_databases
from tests.benchmarks.endpoints_load import add_endpoints, send_to
from tests.benchmarks.paging import working
from tests.benchmarks.snapshot import approve_for_everybody
from tests.conftest import command_environment, settings
from tests.standins.processes import distant_mail_server, eventually, twilio_server, worker
from tests.whole import create_app
from tsalert.alerts.rules import Channel as AlertChannel
from tsalert.config import Settings
from tsalert.core.clock import utc_now
from tsalert.db import db
from tsalert.delivery import queries
from tsalert.delivery.rules import Channel, Content, Lane

MOST_SECONDS_TO_FIRST, MOST_SECONDS_TO_LAST = 0.5, 1.0
FAR_SECONDS, FAR_CONNECTIONS, FAR_A_SECOND, FAR_MAILS = 0.02, 32, 1200, 30_000
TEXT_SECONDS, TEXTS_A_SECOND, TEXTS = 0.1, 150, 5_000
# Of so many invented subscribers 650 get an alert by mail.
_SUBSCRIBERS, _ALERTS = 990, 10
_PATIENCE = 600


class Result(Struct, frozen=True):
    """One figure, and how much it may be at most or must be at least."""

    name: str
    figure: float
    at_most: float | None = None
    at_least: float | None = None

    def keeps_its_promise(self) -> bool:
        """Tell whether it was quick enough."""
        is_soon = self.at_most is None or self.figure <= self.at_most
        return is_soon and (self.at_least is None or self.figure >= self.at_least)


def main(waiting: int) -> int:
    """Measure, print, and say whether every promise was kept."""
    results = []
    with both_databases() as (folder, urls):
        for name, url in urls.items():
            for result in _measure(name, url, folder / name, waiting):
                print(json.dumps(asdict(result)), "" if result.keeps_its_promise() else "  too slow", flush=True)
                results.append(result)
    return 0 if all(result.keeps_its_promise() for result in results) else 1


def _measure(name: str, url: str, folder: Path, waiting: int) -> Iterator[Result]:
    folder.mkdir()
    chosen = settings(url, folder)
    app = create_app(chosen)
    with app.app_context():
        upgrade()
        invented.load(db.engine, _SUBSCRIBERS, secret=chosen.address_key)
        yield _texts(name, app, folder)
        yield _far_away(name, app, folder)
        yield from _in_front(name, app, folder, waiting)
        db.session.remove()
        db.engine.dispose()


def _texts(name: str, app: Flask, folder: Path) -> Result:
    ids = add_endpoints(Channel.SMS, lambda n: f"+4477009{n:05}", TEXTS, secret=_secret(app))
    with twilio_server(delay=TEXT_SECONDS) as url, working(app, url, folder):
        took = _seconds(send_to(ids, Content(sms="Beware of roofers."), lane=Lane.URGENT), TEXTS)
    return Result(f"{name}: texts a second, answered in 100 ms", round(TEXTS / took), at_least=TEXTS_A_SECOND)


def _far_away(name: str, app: Flask, folder: Path) -> Result:
    ids = add_endpoints(Channel.EMAIL, lambda n: f"far.{n}@example.org", FAR_MAILS, secret=_secret(app))
    with (
        distant_mail_server(folder / "far.log", delay=FAR_SECONDS, noted="nobody") as port,
        worker(_mailing_to(app, port, FAR_CONNECTIONS), folder / "far-worker.log"),
    ):
        took = _seconds(send_to(ids, WORDS, lane=Lane.BULK), FAR_MAILS)
    return Result(f"{name}: mails a second, the server 20 ms away", round(FAR_MAILS / took), at_least=FAR_A_SECOND)


def _in_front(name: str, app: Flask, folder: Path, waiting: int) -> Iterator[Result]:
    """Approve one alert after the other while a mailing to many goes out."""
    ids = add_endpoints(Channel.EMAIL, lambda n: f"waiting.{n}@example.org", waiting, secret=_secret(app))
    log = folder / "mail.log"
    with ExitStack() as stack:
        port = stack.enter_context(distant_mail_server(log, noted="@example.com"))
        bulk = send_to(ids, WORDS, lane=Lane.BULK)
        stack.enter_context(worker(_mailing_to(app, port, CONNECTIONS), folder / "worker.log"))
        eventually(lambda: _sent(bulk) > waiting // 1000, seconds=_PATIENCE)
        approved = [_approve(log) for _ in range(_ALERTS)]
        assert _sent(bulk) < waiting, "nothing waited any more"
    come, seconds = 0, []
    arrivals = sorted(float(line.split()[0]) for line in log.read_text().splitlines())
    for began, recipients in approved:
        seconds.append((arrivals[come] - began, arrivals[come + recipients - 1] - began))
        come += recipients
    first, last = (round(max(each), 3) for each in zip(*seconds, strict=True))
    yield Result(f"{name}: seconds to the first mail of an alert, {waiting:,} waiting", first, MOST_SECONDS_TO_FIRST)
    yield Result(f"{name}: seconds to the last of {approved[0][1]}", last, MOST_SECONDS_TO_LAST)


def _approve(log: Path) -> tuple[float, int]:
    """Approve an alert and wait until all of it is there; returns when it was approved, and how many got it."""
    before = _lines(log)
    recipients, took = approve_for_everybody((AlertChannel.EMAIL,), utc_now())
    began = time() - took
    eventually(lambda: _lines(log) == before + recipients, every=0.05)
    return began, recipients


def _lines(log: Path) -> int:
    return log.read_bytes().count(b"\n")


def _seconds(mailing_id: int, count: int) -> float:
    """Wait until all of a mailing is sent; returns the seconds since it was queued."""
    started = perf_counter()
    eventually(lambda: _sent(mailing_id) == count, seconds=_PATIENCE, every=0.02)
    return perf_counter() - started


def _sent(mailing_id: int) -> int:
    db.session.rollback()
    return queries.progress(db.session(), mailing_id).sent


def _secret(app: Flask) -> str:
    chosen: Settings = app.extensions["tsalert_settings"]
    return chosen.address_key


def _mailing_to(app: Flask, port: int, connections: int) -> dict[str, str]:
    return command_environment(app, TSALERT_EMAIL=f"smtp://127.0.0.1:{port}?connections={connections}")


if __name__ == "__main__":
    raise SystemExit(main(int(sys.argv[1]) if len(sys.argv) > 1 else 1_000_000))
