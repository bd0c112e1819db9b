"""How soon a page reaches the provider after its incident was graded, while alerts by text wait to be sent.

``python -m tests.benchmarks.paging [TEXTS]`` prints JSON lines and a table; exit 1 where a page took too long, or where
no text waited any more when the last was sent, so that nothing is shown. A real worker sends to a stand-in for Twilio
that answers each text after 50 ms.
"""

import json
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path
from statistics import median
from time import time

from flask import Flask
from flask_migrate import upgrade
from msgspec import Struct
from msgspec.structs import asdict

from tests.benchmarks.databases import both_databases
from tests.benchmarks.endpoints_load import add_endpoints, send_to
from tests.conftest import command_environment, settings
from tests.response.conftest import roof_call
from tests.rota.conftest import give_mobile, put_on_shift
from tests.standins import twilio
from tests.standins.processes import eventually, worker
from tests.standins.twilio import Twilio
from tests.whole import create_app
from tsalert.core.actors import Actor, Permission, Via
from tsalert.core.clock import utc_now
from tsalert.db import db, transaction
from tsalert.delivery.rules import Channel, Content, Lane
from tsalert.response import service as response
from tsalert.rota.vocabulary import Duty
from tsalert.staff import service as staff
from tsalert.staff.rules import RoleName

PAGES, MOST_SECONDS = 20, 2.0
MOBILE = "+447700900101"
DESK = Actor(None, "desk", frozenset(Permission), Via.COMMAND)


class Result(Struct, frozen=True):
    """Seconds from the commit of a grade to the provider's receipt of the page."""

    name: str
    waiting: int
    pages: int
    median: float
    most: float

    def keeps_its_promise(self) -> bool:
        """Tell whether every page was in the provider's hands soon enough, while texts were still waiting behind it."""
        return self.most <= MOST_SECONDS and self.waiting > 0


def main(texts: int) -> int:
    """Measure, print, and say whether the promise was kept."""
    with both_databases() as (folder, urls):
        results = [_measure(name, url, folder / name, texts) for name, url in urls.items()]
    for result in results:
        sys.stdout.write(json.dumps(asdict(result)) + "\n")
    _print_table(results)
    return 0 if all(result.keeps_its_promise() for result in results) else 1


def _measure(name: str, url: str, folder: Path, texts: int) -> Result:
    folder.mkdir()
    app = create_app(settings(url, folder))
    with twilio.running() as provider, app.app_context():
        provider.delay = 0.05
        upgrade()
        _put_on_duty()
        secret = app.extensions["tsalert_settings"].address_key
        ids = add_endpoints(Channel.SMS, lambda n: f"+4477009{10_000 + n:05}", texts, secret=secret)
        send_to(ids, Content(sms="Beware of roofers."), lane=Lane.URGENT)
        with working(app, provider.url, folder):
            eventually(lambda: len(provider.taken) > 50)
            waits = [_page(provider) for _ in range(PAGES)]
            left = texts - len(provider.taken)
        db.session.remove()
        db.engine.dispose()
    return Result(name, left, PAGES, round(median(waits), 3), round(max(waits), 3))


def _put_on_duty() -> None:
    now = utc_now()
    number = staff.create_officer("pat@example.org", name="Pat", roles=[RoleName.DUTY_OFFICER], password=None, now=now)
    with transaction() as session:
        give_mobile(session, number, MOBILE)
        put_on_shift(session, number, Duty.PRIMARY, now - timedelta(hours=1), now + timedelta(hours=9))


@contextmanager
def working(app: Flask, provider: str, folder: Path, **changes: str) -> Iterator[None]:
    """Let a worker send texts to a stand-in for Twilio at an address; it is stopped in the end."""
    with worker(command_environment(app, **twilio.environment(provider), **changes), folder / "worker.log"):
        yield


def _page(provider: Twilio) -> float:
    """Grade one incident and return how long its text took from the commit to the provider."""
    known = sum(each["to"] == MOBILE for each in provider.taken)
    response.log_call(roof_call(), actor=DESK, now=utc_now())
    done = time()
    eventually(lambda: sum(each["to"] == MOBILE for each in provider.taken) > known, every=0.005)
    arrived = [float(each["at"]) for each in provider.taken if each["to"] == MOBILE][known]
    return max(0.0, arrived - done)


def _print_table(results: list[Result]) -> None:
    sys.stdout.write(f"\n{'page after its grade':<24}{'waiting':>9}{'pages':>7}{'median s':>10}{'most s':>8}\n")
    for each in results:
        row = f"{each.name:<24}{each.waiting:>9,}{each.pages:>7}{each.median:>10.3f}{each.most:>8.3f}"
        sys.stdout.write(row + ("" if each.keeps_its_promise() else "  too slow, or no text waits") + "\n")


if __name__ == "__main__":
    raise SystemExit(main(int(sys.argv[1]) if len(sys.argv) > 1 else 10_000))
