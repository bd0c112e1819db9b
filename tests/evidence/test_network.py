"""Uploads over a real network to a real server: whole, cut off, and killed half-way."""

import os
import re
import signal
import socket
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from hashlib import sha256
from http.client import HTTPConnection, IncompleteRead
from json import loads
from pathlib import Path
from urllib.parse import urlsplit
from uuid import uuid4

import pytest
from flask import Flask
from msgspec import Struct

from tests.cases.conftest import described
from tests.conftest import PASSWORD, command_environment, copied_app
from tests.evidence.conftest import on_disk
from tests.evidence.samples import PDF
from tests.standins.processes import eventually, web
from tsalert.cases import service as cases
from tsalert.core.actors import Via
from tsalert.db import db
from tsalert.evidence import queries, service
from tsalert.staff import queries as staff_queries
from tsalert.staff import service as staff
from tsalert.staff.rules import RoleName

HEAD = b'--cut\r\nContent-Disposition: form-data; name="file"; filename="film.pdf"\r\n\r\n'
TAIL = b"\r\n--cut--\r\n"
pytestmark = pytest.mark.any_database


Installation = tuple[Flask, str, Path]


class House(Struct, frozen=True):
    """A served installation with one case."""

    app: Flask
    address: str
    path: str
    case_id: int
    token: str
    log: Path

    @property
    def headers(self) -> dict[str, str]:
        """What every request to it carries."""
        return {"Authorization": f"Bearer {self.token}", "Content-Type": "multipart/form-data; boundary=cut"}

    def ask(
        self, method: str, path: str, body: object = None, headers: dict[str, str] | None = None
    ) -> tuple[int, bytes]:
        """Send one request, and return its answer."""
        connection = HTTPConnection(self.address, timeout=60)
        try:
            said = headers or self.headers
            connection.request(method, path, body, said, encode_chunked="Transfer-Encoding" in said)  # type: ignore[arg-type]
            answer = connection.getresponse()
            return answer.status, answer.read()
        finally:
            connection.close()

    def recorded(self) -> int:
        """Return how many files are recorded."""
        with self.app.app_context():
            return len(queries.dossier(db.session(), self.case_id).attachments)


@pytest.fixture(scope="module")
def installation(app: Flask, database_url: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Installation]:
    """A served installation for the whole file."""
    folder = tmp_path_factory.mktemp("served")
    with copied_app(app, database_url, folder) as own:
        log = folder / "web.log"
        with web(command_environment(own, TSALERT_EVIDENCE_LARGEST="30"), log) as url:
            yield own, urlsplit(url).netloc, log


@pytest.fixture
def house(installation: Installation) -> House:
    """The installation with one case more, and nothing on its disk."""
    app, address, log = installation
    now, email = datetime.now(UTC), f"{uuid4().hex}@example.org"
    with app.app_context():
        roles = [RoleName.CASE_OFFICER]
        staff.create_officer(email, name="Robin Tate", roles=roles, password=PASSWORD, now=now)
        actor = staff_queries.actor_of(staff_queries.get_officer(db.session(), email), Via.API)
        case_id = cases.open_case(described(), actor=actor, now=now)
        token = staff.issue_token(email, now=now)
        db.session.remove()
    for file in on_disk(app):
        file.unlink()
    return House(app, address, f"/api/v1/cases/{case_id}", case_id, token, log)


@contextmanager
def half_sent(house: House) -> Iterator[socket.socket]:
    """Send the first half of a file, and wait until it is on the disk."""
    host, port = house.address.split(":")
    lines = [f"POST {house.path}/files HTTP/1.1", f"Host: {house.address}", f"Content-Length: {20 * 2**20}"]
    lines += [f"{name}: {value}" for name, value in house.headers.items()]
    with socket.create_connection((host, int(port)), timeout=60) as client:
        client.sendall("\r\n".join([*lines, "", ""]).encode() + HEAD + PDF + bytes(5 * 2**20))
        eventually(lambda: any(path.stat().st_size > 4 * 2**20 for path in on_disk(house.app)))
        yield client


def test_a_file_goes_in_and_out_in_one_piece_or_in_chunks(house: House) -> None:
    content = PDF + os.urandom(12 * 2**20)
    whole = HEAD + content + TAIL
    pieces = (whole[start : start + 100_000] for start in range(0, len(whole), 100_000))
    chunked = house.headers | {"Transfer-Encoding": "chunked"}
    for body, headers in ((whole, None), (pieces, chunked)):
        status, answer = house.ask("POST", f"{house.path}/files", body, headers)
        told = loads(answer)
        assert (status, told["sha256"]) == (201, sha256(content).hexdigest())
        assert house.ask("GET", f"{house.path}/files/{told['id']}/content") == (200, content)


def test_a_file_that_is_too_large_is_refused_however_it_comes(house: House) -> None:
    status, answer = house.ask("POST", f"{house.path}/files", headers=house.headers | {"Content-Length": "99999999999"})
    assert (status, "up to 30 MB" in answer.decode()) == (413, True)
    refused = ask_until_refused(house, (bytes(2**20) for _ in range(40)))
    assert refused is None or (refused[0], "up to 30 MB" in refused[1].decode()) == (422, True)
    eventually(lambda: on_disk(house.app) == set())
    assert house.recorded() == 0


def ask_until_refused(house: House, pieces: Iterator[bytes]) -> tuple[int, bytes] | None:
    """Send until the server has enough; None where it hung up before its answer could be read."""

    def body() -> Iterator[bytes]:
        yield HEAD + PDF
        yield from pieces

    try:
        return house.ask("POST", f"{house.path}/files", body(), house.headers | {"Transfer-Encoding": "chunked"})
    except ConnectionError:
        return None


def test_a_bundle_with_a_file_that_is_not_as_it_was_stored_breaks_off(house: House) -> None:
    status, answer = house.ask("POST", f"{house.path}/files", HEAD + PDF + bytes(10**6) + TAIL)
    assert status == 201
    assert house.ask("GET", f"{house.path}/bundle")[0] == 200
    (path,) = on_disk(house.app)
    path.chmod(0o600)
    with path.open("r+b") as file:
        file.seek(500_000)
        file.write(b"1")
    with pytest.raises(IncompleteRead):
        house.ask("GET", f"{house.path}/bundle")
    assert house.ask("GET", f"{house.path}/files/{loads(answer)['id']}/content")[0] == 409


def test_an_upload_that_is_cut_off_leaves_nothing(house: House) -> None:
    with half_sent(house) as client:
        client.shutdown(socket.SHUT_RDWR)
    eventually(lambda: on_disk(house.app) == set())
    assert house.recorded() == 0


def test_a_server_that_is_killed_leaves_a_half_that_is_nobodys_and_is_swept_after_a_day(house: House) -> None:
    pid = re.findall(r"Booting worker with pid: (\d+)", house.log.read_text())[-1]
    with half_sent(house):
        os.kill(int(pid), signal.SIGKILL)
        (half,) = on_disk(house.app)
    assert house.recorded() == 0
    with house.app.app_context():
        assert service.sweep_store(datetime.now(UTC)) == 0
        assert half.exists()
        assert service.sweep_store(datetime.now(UTC) + timedelta(days=1, minutes=1)) == 1
    assert on_disk(house.app) == set()
