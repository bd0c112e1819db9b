"""What goes wrong beneath a web process, done to the real thing: a full disk, a database that is cut off."""

import re
from collections import Counter
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from threading import Event
from uuid import uuid4

import pytest
import requests
from flask import Flask
from flask_migrate import upgrade
from sqlalchemy import select

from tests.conftest import PASSWORD, command_environment, hash_passwords_quickly, settings
from tests.database import cut_off, postgresql_server
from tests.standins.processes import eventually, full_disk, served
from tests.whole import create_app
from tsalert.core.clock import utc_now
from tsalert.db import db
from tsalert.response.models import Call
from tsalert.staff import service as staff
from tsalert.staff.rules import RoleName

PATIENCE = 300  # seconds; a slow machine makes no promise false
Post = Callable[[str], requests.Response]


def desk_of(app: Flask, address: str) -> Post:
    """Return what an officer's program sends calls with, each under a key of its own."""
    with app.app_context():
        staff.create_officer(
            "dee@example.org", name="Dee Example", roles=list(RoleName), password=PASSWORD, now=utc_now()
        )
        token = staff.issue_token("dee@example.org", now=utc_now())
        db.session.remove()
        db.engine.dispose()

    def post(key: str) -> requests.Response:
        told = {"happening": key, "disposition": "advice", "caller_name": "Ada Example", "phone": "020 7946 0123"}
        headers = {"Authorization": f"Bearer {token}", "Idempotency-Key": key}
        return requests.post(f"{address}/api/v1/calls", json=told, headers=headers, timeout=PATIENCE)

    return post


def saved(app: Flask) -> Counter[str]:
    with app.app_context():
        found = Counter(happening or "" for happening in db.session.scalars(select(Call.happening)))
        db.session.remove()
        db.engine.dispose()
    return found


def test_a_full_disk_is_told_as_that_and_what_is_sent_again_counts_once(fresh_app: Flask, tmp_path: Path) -> None:
    """The process may write no file larger than a byte: neither SQLite's nor its own log."""
    if not fresh_app.extensions["tsalert_settings"].database_url.startswith("sqlite"):
        pytest.skip("PostgreSQL writes its files in processes of its own")
    log = tmp_path / "web.log"
    with served(command_environment(fresh_app, WEB_CONCURRENCY="1"), log) as (address, _):
        post = desk_of(fresh_app, address)
        assert post("before").status_code == 201
        with full_disk(int(re.findall(r"Booting worker with pid: (\d+)", log.read_text())[0])):
            refused = post("while-it-is-full")
            assert (refused.status_code, refused.headers["Content-Type"]) == (503, "application/problem+json")
            assert "Idempotency-Key" in refused.json()["detail"]
            assert requests.get(f"{address}/at-the-door", timeout=PATIENCE).status_code == 200
        assert [post("while-it-is-full").status_code for _ in range(2)] == [201, 409]
    assert saved(fresh_app) == {"before": 1, "while-it-is-full": 1}


def test_a_postgresql_that_is_cut_off_under_load_loses_nothing_that_was_said_to_be_saved(tmp_path: Path) -> None:
    """Officers go on saving while the server dies and comes back; each tries again with the same key."""
    folder, stop = tmp_path / "server", Event()
    folder.mkdir()
    with postgresql_server(folder) as url:
        app = create_app(settings(url, tmp_path))
        hash_passwords_quickly(app)
        with app.app_context():
            upgrade()
        with served(command_environment(app, WEB_CONCURRENCY="2"), tmp_path / "web.log") as (address, _):
            post, answers, told = desk_of(app, address), Counter[int](), list[str]()

            def save_calls() -> None:
                while not stop.is_set():
                    key = uuid4().hex
                    while (answer := post(key)).status_code == 503:
                        answers[503] += 1
                        stop.wait(0.2)
                    answers[answer.status_code] += 1
                    told.append(key)

            with ThreadPoolExecutor(4) as officers:
                work = [officers.submit(save_calls) for _ in range(4)]
                try:
                    eventually(lambda: answers[201] > 20)
                    with cut_off(folder):
                        eventually(lambda: answers[503] > 4)
                    before = answers[201]
                    eventually(lambda: answers[201] > before + 20, seconds=120)
                finally:
                    stop.set()
                for each in work:
                    each.result()
        # Whoever was cut off while it was saved hears at the second try that it was saved before.
        assert {201, 503} <= set(answers) <= {201, 409, 503}
        assert saved(app) == dict.fromkeys(told, 1)
