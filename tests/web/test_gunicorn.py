"""The web process as gunicorn runs it: what it writes down, what its metrics add up, how it ends."""

import json
import os
import signal
import socket
from collections import Counter
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, contextmanager
from pathlib import Path
from subprocess import Popen
from typing import Any
from urllib.parse import urlsplit

import pytest
import requests
from flask import Flask
from msgspec import Struct

from tests.conftest import command_environment, copied_app
from tests.standins.processes import eventually, served
from tests.watching.test_metrics import SHOWN, TOKEN, values
from tsalert.web.protection import ALWAYS

PATIENCE = 300  # seconds; a slow machine makes no promise false
# What the server itself refuses, before the program hears of it: with two lengths a proxy could be led astray.
UNREAD = (
    b"GET /wilhelmina SPAM\r\n\r\n",
    b"GET / HTTP/1.1\r\nHost: x\r\nBad Header: quagga\r\n\r\n",
    b"GET /" + b"quagga" * 2000 + b" HTTP/1.1\r\nHost: x\r\n\r\n",
    b"POST /sign-in HTTP/1.1\r\nHost: x\r\nContent-Length: 4\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
)


COUNTED = ("tsalert_http_requests_total", ("GET", "/livez", "200"))
pytestmark = pytest.mark.any_database


class Served(Struct, frozen=True):
    """Where it listens, what it writes down, and the folder in which its processes count."""

    address: str
    log: Path
    counts: Path

    def lines(self) -> list[dict[str, Any]]:
        """Return what it has written down; a line that it is just writing does not count yet."""
        return [json.loads(line) for line in self.log.read_text().splitlines(keepends=True) if line.endswith("\n")]

    def booted(self) -> list[int]:
        """Return the processes that were started to answer."""
        said = [line["event"] for line in self.lines()]
        return [int(event.rpartition(": ")[2]) for event in said if event.startswith("Booting worker with pid")]

    def metrics(self) -> dict[Any, float]:
        """Return what it tells of itself."""
        return values(requests.get(f"{self.address}/metrics", headers=SHOWN, timeout=PATIENCE).text)


@pytest.fixture(scope="module")
def environment(app: Flask, database_url: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[dict[str, str]]:
    with copied_app(app, database_url, tmp_path_factory.mktemp("served")) as own:
        yield command_environment(
            own, WEB_CONCURRENCY="2", TSALERT_LOGS="json", TSALERT_METRICS_TOKEN=TOKEN, TSALERT_PROXIES="1"
        )


@contextmanager
def serving(environment: dict[str, str], folder: Path) -> Iterator[tuple[Served, Popen[bytes]]]:
    """Serve from two processes that are both up; yields the one at their head too."""
    log, counts = folder / "web.log", folder / "counts"
    counts.mkdir()
    with served(environment | {"TMPDIR": str(counts)}, log) as (address, process):
        found = Served(address, log, counts)
        eventually(lambda: len(found.booted()) == 2)
        yield found, process


@pytest.fixture(scope="module")
def web(environment: dict[str, str], tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    """A server for every test that leaves one as it found it."""
    with serving(environment, tmp_path_factory.mktemp("web")) as (found, _):
        yield found


def say(address: str, sent: bytes) -> bytes:
    """Send bytes as they are, and return what comes back."""
    parts = urlsplit(address)
    with socket.create_connection((parts.hostname or "", parts.port or 0), timeout=PATIENCE) as connection:
        connection.sendall(sent)
        return connection.makefile("rb").read()


def test_its_log_is_json_without_a_visitors_address_or_what_their_link_holds(web: Served) -> None:
    forwarded = {"X-Forwarded-For": "203.0.113.77", "X-Forwarded-Proto": "https", "X-Forwarded-Host": "127.0.0.1"}
    link = f"{web.address}/unsubscribe/wilhelmina?of=quagga"
    name = requests.get(link, headers=forwarded, timeout=PATIENCE).headers["X-Request-Id"]
    for unread in UNREAD:
        refused = say(web.address, unread)
        assert refused.startswith(b"HTTP/1.1 4")
        assert refused.endswith(b"\r\n\r\nThis request cannot be answered.\n")
        for header in (b"Content-Security-Policy: default-src 'none'", b"no-store", b"text/plain"):
            assert header in refused
        assert all(f"{name}: {text}\r\n".encode() in refused for name, text in ALWAYS.items())
    refusal = "What came in was no request, and was refused."
    eventually(lambda: [line["event"] for line in web.lines()].count(refusal) == len(UNREAD))
    (asked,) = [line for line in web.lines() if line.get("request_id") == name and line["event"] == "answered"]
    assert asked["route"] == "/unsubscribe/<token>"
    assert not any(word in web.log.read_text() for word in ("wilhelmina", "quagga", "203.0.113.77"))


def test_nobody_says_where_the_program_begins_or_how_they_came_but_the_proxies_that_are_counted(
    environment: dict[str, str], tmp_path: Path
) -> None:
    """A page that is kept for everybody would hold the links of whoever had it drawn first."""
    rest = b" HTTP/1.1\r\nHost: 127.0.0.1\r\nConnection: close\r\n"
    begins = b"SCRIPT_NAME: //fraud.example\r\nPATH_INFO: /fraud.example\r\nX-Forwarded-Proto: https\r\n\r\n"
    with served(environment | {"WEB_CONCURRENCY": "1", "TSALERT_PROXIES": "0"}, tmp_path / "web.log") as (address, _):
        for path in (b"/at-the-door", b"/alerts/published?page=1", b"/join"):
            answer = say(address, b"GET //fraud.example" + path + rest + begins)
            assert b'"//fraud.example' not in answer
            assert b"Strict-Transport-Security" not in answer
            assert b"fraud.example" not in say(address, b"GET " + path + rest + b"\r\n")


def test_whichever_process_is_asked_tells_what_all_of_them_counted(web: Served) -> None:
    assert [name for name in web.metrics() if '"/check"' in name] == []  # drawn ahead, and asked for by nobody
    before = web.metrics().get(COUNTED, 0)
    for asked in range(20):
        assert requests.get(f"{web.address}/livez", timeout=PATIENCE).status_code == 200
        assert web.metrics()[COUNTED] == before + asked + 1
    assert len({path.name.rpartition("_")[2] for path in web.counts.glob("*/counter_*.db")}) >= 1


def test_who_comes_while_every_thread_of_one_process_is_taken_is_answered_by_the_other(web: Served) -> None:
    unfinished = b"POST /sign-in HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Length: 9\r\n"
    unfinished += b"Content-Type: application/x-www-form-urlencoded\r\n\r\n"
    parts = urlsplit(web.address)
    with ExitStack() as held:
        for _ in range(7):  # of two processes with four threads
            slow = held.enter_context(socket.create_connection((parts.hostname or "", parts.port or 0), PATIENCE))
            slow.sendall(unfinished)
        for _ in range(40):
            assert say(web.address, b"GET /livez HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n").startswith(
                b"HTTP/1.1 200"
            )


def test_told_to_stop_it_answers_everybody_who_has_reached_it_and_leaves_no_counts(
    environment: dict[str, str], tmp_path: Path
) -> None:
    with serving(environment, tmp_path) as (web, process):
        assert b"</html>" in say(web.address, ASKED)
        for worker in web.booted():
            os.kill(worker, signal.SIGSTOP)  # busy with others, so that nobody is let in
        with ThreadPoolExecutor(30) as visitors:
            answers = [visitors.submit(say, web.address, ASKED) for _ in range(30)]
            eventually(lambda: _waiting(web.address) == 30)
            process.send_signal(signal.SIGTERM)
            for worker in web.booted():
                os.kill(worker, signal.SIGCONT)
            ends = Counter(each.result()[-7:] for each in answers)
        assert process.wait(PATIENCE) == 0
    assert ends == {b"</html>": 30}
    assert list(web.counts.glob("tsalert-counts-*")) == []


ASKED = b"GET /sign-in HTTP/1.1\r\nHost: 127.0.0.1\r\nConnection: close\r\n\r\n"


def _waiting(address: str) -> int:
    """Return how many connections the system has taken for the service and the service has not."""
    port = f"{urlsplit(address).port:04X}"
    listening = [line.split() for line in Path("/proc/net/tcp").read_text(encoding="ascii").splitlines()[1:]]
    return sum(int(line[4].partition(":")[2], 16) for line in listening if line[1].endswith(port) and line[3] == "0A")


def test_a_worker_process_that_dies_is_replaced_and_what_it_counted_still_counts(web: Served) -> None:
    before, started = web.metrics().get(COUNTED, 0), web.booted()
    for _ in range(5):
        requests.get(f"{web.address}/livez", timeout=PATIENCE)
    os.kill(started[-1], signal.SIGKILL)
    eventually(lambda: len(web.booted()) == len(started) + 1)
    assert web.metrics()[COUNTED] == before + 5


def test_processes_share_the_program_that_was_made_once_also_after_a_new_beginning(
    environment: dict[str, str], tmp_path: Path
) -> None:
    with serving(environment, tmp_path) as (web, process):
        process.send_signal(signal.SIGHUP)
        eventually(lambda: len(web.booted()) == 4)
        assert b"</html>" in say(web.address, ASKED)
        held = [_megabytes(worker) for worker in web.booted()[2:]]
    assert all(own < 0.7 * whole for own, whole in held), held


def _megabytes(process: int) -> tuple[float, float]:
    """Return what a process holds, once with what several share in equal parts, and once with all of it."""
    told = Path(f"/proc/{process}/smaps_rollup").read_text(encoding="ascii")
    own, whole = (int(told.partition(f"{name}:")[2].split()[0]) / 1024 for name in ("Pss", "Rss"))
    return own, whole
