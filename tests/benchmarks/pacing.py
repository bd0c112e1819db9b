"""How closely a real worker keeps to the pace of its provider, while it is stopped and another takes its place.

``python -m tests.benchmarks.pacing [A_SECOND]`` prints JSON lines; exit 1 where the minute in whose middle the worker
was started anew, or any other minute, held more than two in a hundred more or less than it may.
"""

import json
import sys
from bisect import bisect_left
from collections.abc import Sequence
from itertools import pairwise
from pathlib import Path
from threading import Event
from time import time

from flask import Flask
from flask_migrate import upgrade
from msgspec import Struct
from msgspec.structs import asdict

from tests.benchmarks.databases import both_databases
from tests.benchmarks.endpoints_load import add_endpoints, send_to
from tests.benchmarks.paging import working
from tests.conftest import settings
from tests.standins import twilio
from tests.standins.processes import eventually
from tests.standins.twilio import Twilio
from tests.whole import create_app
from tsalert.db import db
from tsalert.delivery.rules import Channel, Content, Lane

A_SECOND, ANSWERS_AFTER = 50, 0.1
RESTART_AT, SECONDS, MINUTE = 30.0, 100.0, 60.0
MOST_OFF = 2.0


class Result(Struct, frozen=True):
    """What reached the provider, in hundredths of what its pace allows.

    :param restart: in the minute in whose middle the worker was started anew.
    :param most: in the fullest minute of all; ``silent`` is how many seconds nothing came.
    """

    database: str
    a_second: int
    restart: float
    most: float
    silent: float

    def keeps_its_promise(self) -> bool:
        """Tell whether no minute was off by more than two in a hundred."""
        return abs(self.restart - 100) <= MOST_OFF and self.most <= 100 + MOST_OFF


def main(a_second: int) -> int:
    """Measure, print, and say whether the promise was kept."""
    with both_databases() as (folder, urls):
        results = [_measure(name, url, folder / name, a_second) for name, url in urls.items()]
    for result in results:
        print(json.dumps(asdict(result)), "" if result.keeps_its_promise() else "  off its pace")
    return 0 if all(result.keeps_its_promise() for result in results) else 1


def _measure(name: str, url: str, folder: Path, a_second: int) -> Result:
    folder.mkdir()
    app = create_app(settings(url, folder))
    with twilio.running() as provider, app.app_context():
        provider.delay = ANSWERS_AFTER
        upgrade()
        texts, secret = int(a_second * SECONDS * 1.3), app.extensions["tsalert_settings"].address_key
        ids = add_endpoints(Channel.SMS, lambda n: f"+4477009{10_000 + n:05}", texts, secret=secret)
        send_to(ids, Content(sms="Beware of roofers."), lane=Lane.URGENT)
        _send_and_restart(app, provider, folder, a_second)
        db.session.remove()
        db.engine.dispose()
    return _result(name, a_second, sorted(float(each["at"]) for each in provider.taken))


def _send_and_restart(app: Flask, provider: Twilio, folder: Path, a_second: int) -> None:
    pace, pause = f"{a_second}/s", Event()
    with working(app, provider.url, folder, TSALERT_SMS_PACE=pace):
        eventually(lambda: bool(provider.taken))
        began = float(provider.taken[0]["at"])
        pause.wait(began + RESTART_AT - time())
    with working(app, provider.url, folder, TSALERT_SMS_PACE=pace):
        pause.wait(began + SECONDS - time())


def _result(name: str, a_second: int, taken: Sequence[float]) -> Result:
    """Look at the minute that began with the first message, and at those that begin every tenth of a second."""
    allowed, first = a_second * MINUTE, taken[0]
    starts = [first + tenth / 10 for tenth in range(int((SECONDS - MINUTE) * 10))]
    counts = [bisect_left(taken, start + MINUTE) - bisect_left(taken, start) for start in starts]
    silent = max(later - before for before, later in pairwise(taken))
    shares = [round(100 * count / allowed, 2) for count in (counts[0], max(counts))]
    return Result(name, a_second, shares[0], shares[1], round(silent, 2))


if __name__ == "__main__":
    raise SystemExit(main(int(sys.argv[1]) if len(sys.argv) > 1 else A_SECOND))
