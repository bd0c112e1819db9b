"""What a large file of evidence costs on its way in and out through the real server, on SQLite and on PostgreSQL.

``python -m tests.benchmarks.evidence [MEGABYTES]`` sends a file in, takes it out by itself and in a bundle, and prints
JSON lines and a table; exit 1 where the server needed 100 MB more memory than before. The yardstick is the same file
written to the same disk, brought there for good, and hashed.
"""

import json
import os
import re
import sys
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from hashlib import sha256
from http.client import HTTPConnection
from pathlib import Path
from time import perf_counter
from urllib.parse import urlsplit

from flask import Flask
from flask_migrate import upgrade
from msgspec import Struct
from msgspec.structs import asdict

from tests.benchmarks.databases import both_databases, most_memory
from tests.cases.conftest import described
from tests.conftest import PASSWORD, command_environment, settings
from tests.standins.processes import web
from tests.whole import create_app
from tsalert.cases import service as cases
from tsalert.core.actors import Via
from tsalert.db import db
from tsalert.staff import queries as staff_queries
from tsalert.staff import service as staff
from tsalert.staff.rules import RoleName

MOST_MEGABYTES_MORE = 100
_PIECE = bytes(range(256)) * 4096
_HEAD = b'--cut\r\nContent-Disposition: form-data; name="file"; filename="film.mov"\r\n\r\n\0\0\0\x14ftypqt  '
_TAIL = b"\r\n--cut--\r\n"


class Result(Struct, frozen=True):
    """One measurement, in seconds; ``megabytes_more`` is what the server's process grew by at its largest."""

    name: str
    megabytes: int
    bare: float
    inwards: float
    outwards: float
    bundle: float
    megabytes_more: int

    def keeps_its_promise(self) -> bool:
        """Tell whether the memory stayed flat."""
        return self.megabytes_more < MOST_MEGABYTES_MORE


class Case(Struct, frozen=True):
    """Where a case's evidence is sent to, and by whom."""

    address: str
    path: str
    token: str

    def send(self, megabytes: int) -> int:
        """Send a file piece by piece; returns its id."""
        headers = {"Content-Type": "multipart/form-data; boundary=cut"}
        headers["Content-Length"] = str(len(_HEAD) + megabytes * len(_PIECE) + len(_TAIL))
        connection = self._ask("POST", "files", _body(megabytes), headers)
        told = json.loads(connection.getresponse().read())
        connection.close()
        return int(told["id"])

    def take(self, what: str) -> int:
        """Take a file or a bundle piece by piece; returns its size."""
        connection = self._ask("GET", what, None, {})
        answer, size = connection.getresponse(), 0
        while piece := answer.read(len(_PIECE)):
            size += len(piece)
        connection.close()
        return size

    def _ask(self, method: str, what: str, body: Iterator[bytes] | None, headers: dict[str, str]) -> HTTPConnection:
        connection = HTTPConnection(self.address, timeout=600)
        connection.request(method, f"{self.path}/{what}", body, headers | {"Authorization": f"Bearer {self.token}"})
        return connection


def main(megabytes: int) -> int:
    """Measure, print, and say whether the promise was kept."""
    with both_databases() as (folder, urls):
        results = [_measure(name, url, folder / name, megabytes) for name, url in urls.items()]
    for result in results:
        print(json.dumps(asdict(result)))
    print(f"\n{'':12} {'MB':>5} {'bare':>6} {'in':>6} {'out':>6} {'bundle':>7} {'MB more':>8}")
    for each in results:
        times = f"{each.bare:6.1f} {each.inwards:6.1f} {each.outwards:6.1f} {each.bundle:7.1f}"
        print(f"{each.name:12} {each.megabytes:5} {times} {each.megabytes_more:8}")
    return 0 if all(result.keeps_its_promise() for result in results) else 1


def _measure(name: str, url: str, folder: Path, megabytes: int) -> Result:
    folder.mkdir()
    bare = _write_bare(folder / "bare", megabytes)
    app = create_app(settings(url, folder))
    path, token = _open_case(app)
    log = folder / "web.log"
    with web(command_environment(app), log) as site:
        (pid,) = re.findall(r"Booting worker with pid: (\d+)", log.read_text())
        case = Case(urlsplit(site).netloc, path, token)
        case.take(f"files/{case.send(1)}/content")
        before = most_memory(pid)
        inwards, file_id = _timed(lambda: case.send(megabytes))
        outwards, size = _timed(lambda: case.take(f"files/{file_id}/content"))
        assert size > megabytes * len(_PIECE)  # else it was an error that came back
        bundle, size = _timed(lambda: case.take("bundle"))
        assert size > megabytes * len(_PIECE)
        return Result(name, megabytes, bare, inwards, outwards, bundle, most_memory(pid) - before)


def _timed(act: Callable[[], int]) -> tuple[float, int]:
    started = perf_counter()
    told = act()
    return round(perf_counter() - started, 1), told


def _open_case(app: Flask) -> tuple[str, str]:
    """Return where a new case lies, and an officer's token."""
    now = datetime.now(UTC)
    with app.app_context():
        upgrade()
        roles = [RoleName.CASE_OFFICER]
        staff.create_officer("bench@example.org", name="Robin Tate", roles=roles, password=PASSWORD, now=now)
        actor = staff_queries.actor_of(staff_queries.get_officer(db.session(), "bench@example.org"), Via.API)
        case_id = cases.open_case(described(), actor=actor, now=now)
        token = staff.issue_token("bench@example.org", now=now)
        db.session.remove()
        db.engine.dispose()
    return f"/api/v1/cases/{case_id}", token


def _body(megabytes: int) -> Iterator[bytes]:
    yield _HEAD
    for _ in range(megabytes):
        yield _PIECE
    yield _TAIL


def _write_bare(path: Path, megabytes: int) -> float:
    started, digest = perf_counter(), sha256()
    with path.open("wb") as file:
        for _ in range(megabytes):
            digest.update(_PIECE)
            file.write(_PIECE)
        file.flush()
        os.fsync(file.fileno())
    taken = perf_counter() - started
    path.unlink()
    return round(taken, 1)


if __name__ == "__main__":
    raise SystemExit(main(int(sys.argv[1]) if len(sys.argv) > 1 else 500))
