"""How long a morning's daily mails take to be made for 100,000 readers, two weeks of alerts behind them.

``python -m tests.benchmarks.digests [READERS]`` prints JSON lines and a table; exit 1 where the promise is broken. Each
day has an alert for everywhere and one for two wards, on one topic after the other; every morning's mails are made as
the timetable makes them, and the last morning looks at all of them. On SQLite nobody else saves meanwhile. The
yardstick is the same number of messages copied by the database alone.
"""

import json
import sys
from datetime import datetime, timedelta
from pathlib import Path
from time import perf_counter, process_time

from flask_migrate import upgrade
from msgspec import Struct
from msgspec.structs import asdict
from sqlalchemy import text, update

from tests.benchmarks import subscribers_load as invented
from tests.benchmarks.databases import both_databases, in_own_process, most_memory
from tests.benchmarks.invented import WARDS
from tests.conftest import PASSWORD, hash_passwords_quickly, settings
from tests.whole import create_app
from tsalert.alerts import service as alerts
from tsalert.alerts.models import Alert
from tsalert.alerts.rules import Channel, Draft
from tsalert.core.actors import Actor, Via
from tsalert.db import db, transaction
from tsalert.digests import service as digests
from tsalert.places import service as places
from tsalert.places.rules import NamedWard
from tsalert.staff import service as staff
from tsalert.staff.queries import actor_of, get_officer
from tsalert.staff.rules import RoleName

DAYS, MOST_SECONDS, MOST_MB = 14, 10, 20
_TOPICS = ("doorstep-crime", "scams", "all")
_DAY = timedelta(days=1)


class Result(Struct, frozen=True):
    """How long the last morning took, with how many messages, and how much memory making all of them took."""

    name: str
    messages: int
    seconds: float
    processor: float
    bare_seconds: float
    mb: int

    def keeps_its_promise(self) -> bool:
        """Tell whether it was quick enough, and took no more memory than a list of ten would."""
        return self.seconds <= MOST_SECONDS and self.mb <= MOST_MB


def main(readers: int) -> int:
    """Measure, print, and say whether the promise was kept."""
    results = []
    with both_databases() as (folder, urls):
        for name, url in urls.items():
            results.append(in_own_process(_measure, name, url, folder, readers))
            print(json.dumps(asdict(results[-1])), flush=True)
    print(f"\n{'':12} {'messages':>9} {'seconds':>8} {'processor':>10} {'bare':>6} {'MB':>4}")
    for one in results:
        times = f"{one.seconds:8.1f} {one.processor:10.1f} {one.bare_seconds:6.1f}"
        print(f"{one.name:12} {one.messages:9,} {times} {one.mb:4}")
    return 0 if all(one.keeps_its_promise() for one in results) else 1


def _measure(name: str, url: str, folder: Path, readers: int) -> Result:
    chosen = settings(url, folder)
    app = create_app(chosen)
    hash_passwords_quickly(app)
    with app.app_context():
        upgrade()
        places.add_wards([NamedWard(code, ward) for code, ward in WARDS], now=invented.NOW)
        invented.load(db.engine, readers, secret=chosen.address_key)
        with transaction() as session:
            session.execute(text("UPDATE subscription SET frequency = 'daily'"))
        author, before = _author(), most_memory()
        for day in range(DAYS):
            _publish(author, day)
            started, worked = perf_counter(), process_time()
            size = digests.send_due(_morning(day + 1))
            taken = perf_counter() - started, process_time() - worked
            with transaction() as session:  # what is not taken in its time would be told again the next day
                session.execute(text("UPDATE delivery SET status = 'accepted'"))
        print(f"{name}: {_shapes()} different mails in all", file=sys.stderr)
        result = Result(
            name, size, round(taken[0], 1), round(taken[1], 1), round(_copy_bare(size), 1), most_memory() - before
        )
        db.session.remove()
        db.engine.dispose()
        return result


def _author() -> Actor:
    roles = [RoleName.DUTY_OFFICER]
    staff.create_officer("bench@example.org", name="Bench", roles=roles, password=PASSWORD, now=invented.NOW)
    return actor_of(get_officer(db.session(), "bench@example.org"), Via.PAGE)


def _morning(day: int) -> datetime:
    return invented.NOW.replace(hour=9) + day * _DAY


def _publish(author: Actor, day: int) -> None:
    """Let a day's two alerts out, one for everywhere and one for two wards."""
    at = _morning(day) + timedelta(hours=3)
    two = tuple(code for code, _ in (WARDS[day % len(WARDS)], WARDS[(day + 1) % len(WARDS)]))
    for number, wards in enumerate(((), two)):
        topic = _TOPICS[(day + number) % len(_TOPICS)]
        draft = Draft(f"Alert {day}", "They knock.", topic, (Channel.EMAIL, Channel.SMS), at + 30 * _DAY, wards=wards)
        alert_id = alerts.write_draft(draft, actor=author, now=at)
        with transaction() as session:
            out = update(Alert).where(Alert.id == alert_id)
            seal = {"approved_by": author.officer_id, "approved_digest": "0", "override_reason": "A benchmark."}
            session.execute(out.values(status="approved", published_at=at, changed_at=at, **seal))


def _shapes() -> int:
    return db.session.scalar(text("SELECT count(*) FROM digest_mailing")) or 0


def _copy_bare(count: int) -> float:
    started = perf_counter()
    with transaction() as session:
        session.execute(text(f"CREATE TABLE bare AS SELECT * FROM delivery ORDER BY id DESC LIMIT {count}"))
    taken = perf_counter() - started
    with transaction() as session:
        session.execute(text("DROP TABLE bare"))
    return taken


if __name__ == "__main__":
    raise SystemExit(main(int(sys.argv[1]) if len(sys.argv) > 1 else 100_000))
