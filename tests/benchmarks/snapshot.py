"""How long it takes until an alert for a million is approved and everybody's message is in the queue.

``python -m tests.benchmarks.snapshot [COUNT]`` prints JSON lines; exit 1 where it took too long. The time is that of
the whole approval, commit and all. The yardstick is as many rows of the same columns, without an index or a look at
anybody, copied by one statement in the same database.
"""

import json
import sys
from datetime import datetime, timedelta
from math import ceil
from pathlib import Path
from time import perf_counter
from uuid import uuid4

from flask_migrate import upgrade
from msgspec import Struct
from msgspec.structs import asdict
from sqlalchemy import text

from tests.benchmarks import subscribers_load as invented
from tests.benchmarks.databases import both_databases
from tests.benchmarks.invented import WARDS
from tests.conftest import settings
from tests.whole import create_app
from tsalert.alerts import proof, queries
from tsalert.alerts import service as alerts
from tsalert.alerts.rules import Channel, Draft, Urgency
from tsalert.core.actors import Actor, Via
from tsalert.core.clock import utc_now
from tsalert.db import db
from tsalert.places import service as places
from tsalert.places.rules import NamedWard
from tsalert.staff import service as staff
from tsalert.staff.queries import actor_of, get_officer
from tsalert.staff.rules import RoleName

MOST_SECONDS = 10.0
# Of a hundred invented subscribers eleven share an address, have left or never confirmed.
_ON_THE_LIST = 1 / 0.89
_BARE = (
    "CREATE TABLE bare AS SELECT id, mailing_id, endpoint_id, channel, status, attempts, doubts, due_at FROM delivery"
)


class Result(Struct, frozen=True):
    """Seconds from the approver's word to the commit of so many messages, and those of the yardstick."""

    database: str
    recipients: int
    seconds: float
    bare_seconds: float

    def keeps_its_promise(self) -> bool:
        """Tell whether everybody was in the queue soon enough."""
        return self.seconds <= MOST_SECONDS


def main(count: int) -> int:
    """Measure, print, and say whether the promise was kept."""
    results = []
    with both_databases() as (folder, urls):
        for name, url in urls.items():
            results.append(_measure(name, url, folder / name, count))
            print(json.dumps(asdict(results[-1])), "" if results[-1].keeps_its_promise() else "  too slow", flush=True)
    return 0 if all(result.keeps_its_promise() for result in results) else 1


def _measure(name: str, url: str, folder: Path, count: int) -> Result:
    folder.mkdir()
    chosen = settings(url, folder)
    with create_app(chosen).app_context():
        upgrade()
        places.add_wards([NamedWard(code, ward) for code, ward in WARDS], now=invented.NOW)
        invented.load(db.engine, ceil(count * _ON_THE_LIST), secret=chosen.address_key)
        # At night somebody would have to say why people are woken.
        noon = utc_now().replace(hour=12, minute=0, second=0, microsecond=0)
        recipients, seconds = approve_for_everybody((Channel.EMAIL, Channel.SMS, Channel.VOICE), noon)
        assert recipients >= count
        bare = _copy()
        db.session.remove()
        db.engine.dispose()
    return Result(name, recipients, round(seconds, 2), round(bare, 2))


def approve_for_everybody(channels: tuple[Channel, ...], now: datetime) -> tuple[int, float]:
    """Let an officer write an urgent alert and another approve it; returns how many get it, and the seconds it took."""
    writer, approver = _officer("writer"), _officer("approver")
    ends = now + timedelta(days=7)
    draft = Draft("Roofers", "They say that a tile is loose.", "all", channels, ends, urgency=Urgency.URGENT)
    alert_id = alerts.write_draft(draft, actor=writer, now=now)
    alerts.submit(alert_id, actor=writer, now=now)
    shown = proof.pull_proof(queries.get_alert(db.session(), alert_id)).digest
    started = perf_counter()
    recipients = alerts.approve(alert_id, shown, actor=approver, now=now)
    return recipients, perf_counter() - started


def _officer(name: str) -> Actor:
    email = f"{name}-{uuid4().hex}@example.org"
    staff.create_officer(email, name=name, roles=[RoleName.DUTY_OFFICER], password=None, now=utc_now())
    return actor_of(get_officer(db.session(), email), Via.PAGE)


def _copy() -> float:
    started = perf_counter()
    with db.engine.begin() as connection:
        connection.execute(text(_BARE))
    return perf_counter() - started


if __name__ == "__main__":
    raise SystemExit(main(int(sys.argv[1]) if len(sys.argv) > 1 else 1_000_000))
