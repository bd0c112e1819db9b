"""How fast residents' pages are answered with 500 alerts published, on SQLite and PostgreSQL, and that none is lost.

``python -m tests.benchmarks.public [A_SECOND] [SECONDS]`` serves each database by gunicorn as the product is, lets a
process of its own ask for the public pages at a steady pace, and prints JSON lines; exit 1 where a promise is broken.
The yardstick is a bare Flask page, asked at the same pace on the same server in the same run. The wait is counted from
when a request was due, so that a server which falls behind cannot hide it.
"""

import json
import subprocess
import sys
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from flask import Flask
from flask_migrate import upgrade

from tests.benchmarks.databases import both_databases
from tests.benchmarks.response import BARE, ROOT, served
from tests.conftest import PASSWORD, settings
from tests.whole import create_app
from tsalert.alerts.models import Alert, AlertEdition
from tsalert.core.clock import utc_now
from tsalert.db import db, transaction
from tsalert.delivery.models import Mailing
from tsalert.staff import service as staff
from tsalert.staff.rules import RoleName

ALERTS, APPLY_NOW = 500, 10
A_SECOND, SECONDS = 200, 30.0
MOST_P95 = 30.0
PATHS = ("/welcome", "/alerts/published", "/alerts/published?q=roof", "/check/TS-2026-490", "/join", "/at-the-door")


def main(a_second: int, seconds: float) -> int:
    """Measure, print, and say whether every promise was kept."""
    broken = []
    with both_databases() as (folder, urls):
        for name, url in urls.items():
            found = _measure(url, folder, a_second, seconds)
            print(json.dumps({"database": name, **found}), flush=True)
            answered = found["public"]
            broken += [f"{name}: p95"] if answered["p95"] > MOST_P95 else []
            broken += [f"{name}: something lost"] if answered["bad"] else []
    print(", ".join(broken) or "every promise kept")
    return 1 if broken else 0


def _measure(url: str, folder: Path, a_second: int, seconds: float) -> dict[str, Any]:
    app = _filled_app(url, folder)
    with served("tests.benchmarks.bare_site:app", app, folder / "bare.log", config=BARE) as site:
        bare = ask_steadily(site, a_second, seconds, ("/",))
    with served("wsgi:app", app, folder / "web.log") as site:
        return {"bare": bare, "public": ask_steadily(site, a_second, seconds, PATHS)}


def ask_steadily(site: str, a_second: int, seconds: float, paths: tuple[str, ...]) -> dict[str, Any]:
    """Let strangers ask for pages in turn, so many a second; returns what they saw."""
    shape = (str(a_second), str(seconds), *paths)
    command = [sys.executable, "-m", "tests.benchmarks.public_clients", site, *shape]
    done = subprocess.run(command, cwd=ROOT, check=True, stdout=subprocess.PIPE, text=True)
    found: dict[str, Any] = json.loads(done.stdout)
    return found


def _filled_app(url: str, folder: Path) -> Flask:
    """Return an application on a database with alerts that were sent, a few of which apply now."""
    app, now = create_app(settings(url, folder)), utc_now()
    with app.app_context():
        upgrade()
        roles, name = [RoleName.MANAGER], "O (invented)"
        officer = staff.create_officer("officer@example.org", name=name, roles=roles, password=PASSWORD, now=now)
        with transaction() as session:
            for number in range(1, ALERTS + 1):
                sent_at = now - timedelta(days=ALERTS - number)
                mailing = Mailing(
                    subject="S", text="T", lane="bulk", state="completed", created_at=sent_at, completed_at=sent_at
                )
                session.add(mailing)
                session.flush()
                alert = _alert(number, officer, sent_at, now)
                session.add(alert)
                session.flush()
                session.add(AlertEdition(mailing_id=mailing.id, alert_id=alert.id, edition="ordinary"))
        db.session.remove()
        db.engine.dispose()
    return app


def _alert(number: int, officer_id: int, sent_at: datetime, now: datetime) -> Alert:
    return Alert(
        reference=f"TS-2026-{number:03}",
        kind="alert",
        urgency="routine",
        topic="doorstep-crime",
        wards=[],
        channels=["email"],
        headline=f"{'Roof' if number % 3 else 'Drain'} traders knock in street {number}",
        body_markdown="They *knock* and say that a tile is loose. " * 20,
        advice="Say no, and ring us.",
        sms_text="Traders are knocking.",
        expires_at=now + timedelta(days=7) if number > ALERTS - APPLY_NOW else sent_at + timedelta(days=1),
        status="approved",
        author_id=officer_id,
        created_at=sent_at,
        changed_at=sent_at,
        approved_by=officer_id,
        approved_at=sent_at,
        approved_digest="0" * 64,
        published_at=sent_at,
    )


if __name__ == "__main__":
    _given = sys.argv[1:]
    raise SystemExit(main(int(_given[0]) if _given else A_SECOND, float(_given[1]) if _given[1:] else SECONDS))
