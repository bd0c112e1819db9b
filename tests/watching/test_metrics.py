"""What a Prometheus reads: closed without a token, bounded, and nobody's particulars."""

import re
from collections.abc import Callable, Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from flask import Flask
from flask.testing import FlaskClient
from msgspec.structs import replace
from prometheus_client.parser import text_string_to_metric_families
from sqlalchemy.exc import OperationalError
from sqlalchemy.orm import Session

from tests.conftest import IsolatedClient, settings
from tests.response.conftest import roof_call
from tests.whole import create_app
from tsalert.config import Settings
from tsalert.core.actors import Actor
from tsalert.core.clock import utc_now
from tsalert.db import db
from tsalert.response import service as response
from tsalert.watching_settings import WatchingSettings

TOKEN = "m" * 32
SHOWN = {"Authorization": f"Bearer {TOKEN}"}


@pytest.fixture
def watched(app: Flask, session: Session, monkeypatch: pytest.MonkeyPatch) -> FlaskClient:
    """A browser at a service that has its metrics read."""
    chosen: Settings = app.extensions["tsalert_settings"]
    monkeypatch.setitem(app.extensions, "tsalert_settings", replace(chosen, watching=WatchingSettings(TOKEN)))
    return app.test_client()


def values(text: str) -> dict[tuple[str, tuple[str, ...]], float]:
    return {
        (sample.name, tuple(sample.labels.values())): sample.value
        for family in text_string_to_metric_families(text)
        for sample in family.samples
    }


def test_without_a_token_there_is_nothing_here(client: FlaskClient) -> None:
    assert client.get("/metrics").status_code == 404
    assert client.get("/metrics", headers={"Authorization": "Bearer "}).status_code == 404


@pytest.mark.parametrize("shown", [{}, {"Authorization": "Bearer wrong"}, {"Authorization": "Basic " + TOKEN}])
def test_whoever_does_not_show_the_token_is_refused(watched: FlaskClient, shown: dict[str, str]) -> None:
    assert watched.get("/metrics", headers=shown).status_code == 401


def test_clocks_pages_and_waiting_calls_are_numbers(
    watched: FlaskClient, officer: Callable[..., Actor], heard: Callable[[timedelta], None]
) -> None:
    heard(timedelta(seconds=30))
    actor, now = officer(), utc_now()
    for ago in (timedelta(0), timedelta(minutes=100), timedelta(hours=3)):
        response.log_call(roof_call(), actor=actor, now=now - ago)
    answer = watched.get("/metrics", headers=SHOWN)
    assert (answer.status_code, answer.mimetype) == (200, "text/plain")
    told = values(answer.text)
    assert {label: told["tsalert_incidents_open", (label,)] for label in ("running", "amber", "overdue")} == {
        "running": 1,
        "amber": 1,
        "overdue": 1,
    }
    assert told["tsalert_database_up", ()] == 1
    assert told["tsalert_database_migrated", ()] == 1
    assert 29 < told["tsalert_timetable_silent_seconds", ()] < 120
    assert told["tsalert_pages", ("waiting",)] == 3
    assert "Alex" not in answer.text
    assert "Example Road" not in answer.text


def test_with_the_database_gone_it_says_that(watched: FlaskClient, monkeypatch: pytest.MonkeyPatch) -> None:
    def gone(*_: object, **__: object) -> None:
        raise OperationalError("SELECT 1", {}, Exception("gone"))

    monkeypatch.setattr("tsalert.watching.metrics.standing.read_status", gone)
    answer = watched.get("/metrics", headers=SHOWN)
    assert answer.status_code == 200
    assert values(answer.text)["tsalert_database_up", ()] == 0


@pytest.fixture
def counting(app: Flask, tmp_path: Path) -> Iterator[FlaskClient]:
    """A browser at a service that counts its requests."""
    url = app.extensions["tsalert_settings"].database_url
    made = create_app(settings(url, tmp_path, watching=WatchingSettings(TOKEN)))
    made.test_client_class = IsolatedClient
    yield made.test_client()
    with made.app_context():
        db.engine.dispose()


def test_requests_are_counted_by_the_pattern_of_their_address(counting: FlaskClient) -> None:
    before = values(counting.get("/metrics", headers=SHOWN).text)
    for name in ("wilhelmina", "quagga"):
        counting.get(f"/unsubscribe/{name}")
        counting.get(f"/{name}")
        counting.open(f"/{name}", method=name.upper())
    text = counting.get("/metrics", headers=SHOWN).text
    told = values(text)
    assert not re.search("wilhelmina|quagga", text.lower())
    labels = ("GET", "(no such page)", "404")
    assert told["tsalert_http_requests_total", labels] == before.get(("tsalert_http_requests_total", labels), 0) + 2
    assert told["tsalert_http_requests_total", ("other", "(no such page)", "404")] >= 2
    assert told["tsalert_http_request_seconds_count", ("GET", "/unsubscribe/<token>")] >= 2
