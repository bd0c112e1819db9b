"""The web process as gunicorn runs it: what it writes down, what its metrics add up, how it ends."""

import http.client
import json
import os
import signal
import socket
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from threading import Event
from urllib.parse import urlsplit

import pytest
import requests
from flask import Flask

from tests.conftest import command_environment
from tests.standins.processes import eventually, served
from tests.watching.test_metrics import SHOWN, TOKEN, values

PATIENCE = 300  # seconds; a slow machine makes no promise false


@pytest.fixture
def environment(fresh_app: Flask) -> dict[str, str]:
    return command_environment(
        fresh_app, WEB_CONCURRENCY="2", TSALERT_LOGS="json", TSALERT_METRICS_TOKEN=TOKEN, TSALERT_PROXIES="1"
    )


def say(address: str, sent: bytes) -> bytes:
    """Send bytes as they are, and return what comes back."""
    parts = urlsplit(address)
    with socket.create_connection((parts.hostname or "", parts.port or 0), timeout=PATIENCE) as connection:
        connection.sendall(sent)
        return connection.makefile("rb").read()


def test_its_log_is_json_without_a_visitors_address_or_what_their_link_holds(
    environment: dict[str, str], tmp_path: Path
) -> None:
    log = tmp_path / "web.log"
    forwarded = {"X-Forwarded-For": "203.0.113.77", "X-Forwarded-Proto": "https", "X-Forwarded-Host": "127.0.0.1"}
    with served(environment, log) as (address, _):
        name = requests.get(f"{address}/unsubscribe/wilhelmina?of=quagga", headers=forwarded, timeout=PATIENCE).headers[
            "X-Request-Id"
        ]
        assert b"400" in say(address, b"GET /wilhelmina SPAM\r\n\r\n")
        assert b"400" in say(address, b"GET / HTTP/1.1\r\nHost: x\r\nBad Header: quagga\r\n\r\n")
    lines = [json.loads(line) for line in log.read_text().splitlines()]
    (asked,) = [line for line in lines if line.get("request_id") == name and line["event"] == "answered"]
    assert asked["route"] == "/unsubscribe/<token>"
    assert sum(line["event"] == "What came in was no request, and was refused." for line in lines) == 2
    assert not any(word in log.read_text() for word in ("wilhelmina", "quagga", "203.0.113.77"))


def test_whichever_process_is_asked_tells_what_all_of_them_counted(environment: dict[str, str], tmp_path: Path) -> None:
    counts = tmp_path / "counts"
    counts.mkdir()
    key = ("tsalert_http_requests_total", ("GET", "/livez", "200"))
    with served(environment | {"TMPDIR": str(counts)}, tmp_path / "web.log") as (address, _):
        for asked in range(20):
            assert requests.get(f"{address}/livez", timeout=PATIENCE).status_code == 200
            told = values(requests.get(f"{address}/metrics", headers=SHOWN, timeout=PATIENCE).text)
            assert told[key] == asked + 1
        assert len({path.name.rpartition("_")[2] for path in counts.glob("*/counter_*.db")}) >= 1
    assert list(counts.glob("tsalert-counts-*")) == []


def test_told_to_stop_under_load_it_answers_whatever_it_has_taken(environment: dict[str, str], tmp_path: Path) -> None:
    ends: Counter[str] = Counter()
    over = Event()

    def ask_on_and_on(parts: tuple[str, int]) -> None:
        while not over.is_set():
            end = ask(parts)
            ends.update([end])
            over.wait(0.05 if end == "refused" else 0)

    with served(environment, tmp_path / "web.log") as (address, process):
        parts = urlsplit(address)
        place = (parts.hostname or "", parts.port or 0)
        eventually(lambda: ask(place) == "answered")
        with ThreadPoolExecutor(8) as visitors:
            running = [visitors.submit(ask_on_and_on, place) for _ in range(8)]
            try:
                eventually(lambda: ends["answered"] > 50)
                process.send_signal(signal.SIGTERM)
                assert process.wait(60) == 0
            finally:
                over.set()
            for each in running:
                each.result()
    assert ends.keys() <= {"answered", "refused"}, ends
    assert ends["refused"]


def ask(place: tuple[str, int]) -> str:
    """Ask for a page over a connection of its own, and say how that ended."""
    connection = http.client.HTTPConnection(*place, timeout=PATIENCE)
    try:
        connection.connect()
    except OSError:
        return "refused"
    try:
        connection.request("GET", "/sign-in")
        answer = connection.getresponse()
        whole = answer.read()
        return "answered" if answer.status == 200 and whole.endswith(b"</html>") else f"status {answer.status}"
    except (OSError, http.client.HTTPException) as error:
        return f"lost: {type(error).__name__}"
    finally:
        connection.close()


def test_a_worker_process_that_dies_is_replaced_and_what_it_counted_still_counts(
    environment: dict[str, str], tmp_path: Path
) -> None:
    log = tmp_path / "web.log"
    key = ("tsalert_http_requests_total", ("GET", "/livez", "200"))
    with served(environment, log) as (address, _):
        for _ in range(5):
            requests.get(f"{address}/livez", timeout=PATIENCE)
        (first, *_) = [int(line.rpartition(": ")[2]) for line in _booted(log)]
        os.kill(first, signal.SIGKILL)
        eventually(lambda: len(_booted(log)) == 3)
        told = values(requests.get(f"{address}/metrics", headers=SHOWN, timeout=PATIENCE).text)
        assert told[key] == 5


def _booted(log: Path) -> list[str]:
    said = [json.loads(line)["event"] for line in log.read_text().splitlines()]
    return [event for event in said if event.startswith("Booting worker with pid")]
