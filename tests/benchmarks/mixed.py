"""How everybody at once is answered: officers, boards, residents, programs and a provider, a million calls behind them.

``python -m tests.benchmarks.mixed [CALLS] [A_SECOND] [SECONDS]`` fills PostgreSQL, serves it by gunicorn with two
processes and a worker, lets a process of its own ask at a steady pace, and prints JSON lines; exit 1 where a promise is
broken. The yardstick is a bare Flask page, asked at the same pace on the same server. It measures the start of the
program and the memory of its processes, too. The wait is counted from when a request was due.
"""

import json
import os
import subprocess
import sys
from pathlib import Path
from time import perf_counter
from typing import Any
from urllib.parse import urlencode, urlsplit
from urllib.request import urlopen

from flask import Flask
from twilio.request_validator import RequestValidator

from tests.benchmarks.databases import both_databases, most_memory
from tests.benchmarks.public import PATHS, ask_steadily
from tests.benchmarks.response import BARE, ROOT, served, sign_in
from tests.benchmarks.response_load import filled_app
from tests.conftest import command_environment
from tests.standins import twilio
from tests.standins.processes import worker
from tsalert.serving import compile_all

OFFICERS, BOARDS, PROGRAMS, REPORTS = 20, 40, 100, 2000
A_SECOND, SECONDS = 110, 60.0
LEAST_A_SECOND, MOST_P99 = 100, 250.0
MOST_START, MOST_MEGABYTES = 2.0, 200
_PROGRAM_PATHS = (
    "/api/v1/incidents?limit=20",
    "/api/v1/board",
    "/api/v1/calls?limit=20",
    "/api/v1/cases",
)


def main(calls: int, a_second: int, seconds: float) -> int:
    """Measure, print, and say whether every promise was kept."""
    with both_databases() as (folder, urls):
        found = _measure(filled_app(urls["PostgreSQL"], folder, calls=calls), folder, a_second, seconds)
    print(json.dumps(found))
    broken = _broken(found)
    print(", ".join(broken) or "every promise kept")
    return 1 if broken else 0


def _broken(found: dict[str, Any]) -> list[str]:
    everybody = found["everybody"]
    faults = ["p99"] if everybody["p99"] > MOST_P99 else []
    faults += ["a second"] if everybody["a_second"] < LEAST_A_SECOND else []
    faults += ["an error"] if everybody["bad"] else []
    faults += ["start"] if found["start_seconds"] > MOST_START else []
    return faults + (["memory"] if max(found["web_megabytes"]) > MOST_MEGABYTES else [])


def _measure(app: Flask, folder: Path, a_second: int, seconds: float) -> dict[str, Any]:
    cookies = sign_in(app, OFFICERS + BOARDS)
    told = {
        "cookies": cookies,
        "officers": OFFICERS,
        "tokens": [f"token-{number}" for number in range(1, PROGRAMS + 1)],
        "pages": [path for path in PATHS if not path.startswith("/check/")],  # no alert is published here
        "paths": _PROGRAM_PATHS,
        "posts": [_report(app.extensions["tsalert_settings"].public_url, number) for number in range(REPORTS)],
    }
    with served("tests.benchmarks.bare_site:app", app, folder / "bare.log", config=BARE) as site:
        bare = ask_steadily(site, a_second, seconds / 3, ("/",))
    compile_all()  # as an installation has it from its first start on
    began = perf_counter()
    with served("wsgi:app", app, folder / "web.log", **twilio.environment("http://127.0.0.1:9")) as site:
        urlopen(f"{site}/welcome").read()
        start = round(perf_counter() - began, 2)
        with worker(command_environment(app), folder / "worker.log"):
            everybody = _ask(site, a_second, seconds, told)
        found = _processes()
        memory, in_all = sorted(map(most_memory, found)), sum(map(_shared_out, found))
    of_web = {"start_seconds": start, "web_megabytes": memory, "web_megabytes_in_all": in_all}
    return of_web | {"bare": bare, "everybody": everybody}


def _ask(site: str, a_second: int, seconds: float, told: dict[str, Any]) -> dict[str, Any]:
    command = [sys.executable, "-m", "tests.benchmarks.mixed_clients", site, str(a_second), str(seconds)]
    began = perf_counter()
    done = subprocess.run(command, cwd=ROOT, input=json.dumps(told), check=True, stdout=subprocess.PIPE, text=True)
    found: dict[str, Any] = json.loads(done.stdout)
    return found | {"a_second": round(found["n"] / (perf_counter() - began), 1)}


def _report(public_url: str, number: int) -> tuple[str, dict[str, str], str]:
    """Return what Twilio posts of a text that was delivered."""
    path, form = "/webhooks/twilio/status", {"MessageSid": f"SM{number:032}", "MessageStatus": "delivered"}
    signature = RequestValidator(twilio.TOKEN).compute_signature(f"{public_url}{path}", form)
    headers = {"Host": urlsplit(public_url).netloc, "Content-Type": "application/x-www-form-urlencoded"}
    return path, headers | {"X-Twilio-Signature": signature}, urlencode(form)


def _processes() -> list[int]:
    """Return the processes of the site that this one serves: the one that it began, and its copies."""
    (begun,) = [each for each in _children(os.getpid()) if b"gunicorn" in Path(f"/proc/{each}/cmdline").read_bytes()]
    return [begun, *_children(begun)]


def _children(process: int) -> list[int]:
    return [int(each) for each in Path(f"/proc/{process}/task/{process}/children").read_text(encoding="ascii").split()]


def _shared_out(process: int) -> int:
    """Return the megabytes of a process, what several share in equal parts."""
    told = Path(f"/proc/{process}/smaps_rollup").read_text(encoding="ascii")
    return int(told.partition("Pss:")[2].split()[0]) // 1024


if __name__ == "__main__":
    _given = sys.argv[1:]
    _calls, _a_second = (int(_given[0]) if _given else 1_000_000), (int(_given[1]) if _given[1:] else A_SECOND)
    raise SystemExit(main(_calls, _a_second, float(_given[2]) if _given[2:] else SECONDS))
