"""Operations on evidence do what the pages do."""

import io
from collections.abc import Callable
from hashlib import sha256
from pathlib import Path
from zipfile import ZipFile

import pytest
from flask.testing import FlaskClient
from sqlalchemy.orm import Session

from tests.cases.conftest import described
from tests.evidence.conftest import NOW
from tests.evidence.samples import JPEG, PDF
from tsalert.audit import queries as audit
from tsalert.cases import service as cases
from tsalert.core.actors import Actor
from tsalert.db import db
from tsalert.staff.rules import RoleName

Headers = dict[str, str]


@pytest.fixture
def headers(bearer: Callable[..., Headers]) -> Headers:
    """The header of a case officer's token."""
    return bearer(RoleName.CASE_OFFICER)


@pytest.fixture
def base(session: Session, officer: Callable[..., Actor]) -> str:
    """Where the operations of an open case lie."""
    return f"/api/v1/cases/{cases.open_case(described(), actor=officer(), now=NOW)}"


def test_a_file_goes_in_and_comes_out(client: FlaskClient, headers: Headers, base: str) -> None:
    made = client.post(f"{base}/exhibits", json={"description": "A receipt"}, headers=headers)
    assert (made.status_code, made.get_json()["reference"]) == (201, "AE/1")
    body = {"file": (io.BytesIO(PDF), "a.pdf"), "note": "From her handbag", "exhibit": str(made.get_json()["id"])}
    stored = client.post(f"{base}/files", data=body, headers=headers)
    assert stored.status_code == 201, stored.text
    assert stored.get_json()["sha256"] == sha256(PDF).hexdigest()
    content = client.get(f"{base}/files/{stored.get_json()['id']}/content", headers=headers)
    assert content.data == PDF
    assert content.headers["Content-Disposition"].startswith("attachment")
    content.close()
    (exhibit,) = client.get(f"{base}/evidence", headers=headers).get_json()["exhibits"]
    assert exhibit["files"][0]["note"] == "From her handbag"


def test_the_chain_and_the_schedule_are_kept(client: FlaskClient, headers: Headers, base: str) -> None:
    made = client.post(f"{base}/exhibits", json={"description": "A ladder"}, headers=headers).get_json()
    sealed = {"kind": "sealed", "seal_number": "B0012345", "occurred_at": "2026-06-10T09:00:00Z"}
    assert client.post(f"{base}/exhibits/{made['id']}/custody", json=sealed, headers=headers).status_code == 201
    shown = client.get(f"{base}/exhibits/{made['id']}", headers=headers).get_json()
    assert shown["custody"][0]["seal_number"] == "B0012345"
    decision = {"is_sensitive": True, "is_disclosed": False, "reason": "It names an informant."}
    assert client.post(f"{base}/disclosure/1", json=decision, headers=headers).status_code == 201
    (line,) = client.get(f"{base}/disclosure?part=sensitive", headers=headers).get_json()["items"]
    assert (line["number"], line["reason"]) == (1, "It names an informant.")
    with ZipFile(io.BytesIO(client.get(f"{base}/bundle", headers=headers).data)) as archive:
        assert archive.namelist() == ["manifest.json", "manifest.txt"]


def test_what_is_refused_is_a_problem_document(
    client: FlaskClient, headers: Headers, base: str, store: Callable[[], set[Path]]
) -> None:
    for body, said in (
        ({"file": (io.BytesIO(JPEG), "a.pdf")}, "its content says JPEG picture"),
        ({"file": (io.BytesIO(b""), "a.pdf")}, "0 bytes"),
        ({"note": "none"}, "Choose a file"),
        ({"file": (io.BytesIO(PDF), "a.pdf"), "colour": "red"}, "colour"),
    ):
        answer = client.post(f"{base}/files", data=body, headers=headers, content_type="multipart/form-data")
        assert (answer.status_code, answer.mimetype) == (422, "application/problem+json"), answer.text
        assert said in answer.text
    assert store() == set()


def test_the_same_key_stores_one_file(
    client: FlaskClient, headers: Headers, base: str, store: Callable[[], set[Path]]
) -> None:
    keyed = headers | {"Idempotency-Key": "upload-1"}
    answers = [client.post(f"{base}/files", data={"file": (io.BytesIO(PDF), "a.pdf")}, headers=keyed) for _ in range(2)]
    assert [answer.status_code for answer in answers] == [201, 409]
    assert len(store()) == 1


def test_without_a_token_nothing_is_told(client: FlaskClient, base: str) -> None:
    for path in ("evidence", "files/1/content", "bundle", "disclosure"):
        assert client.get(f"{base}/{path}").status_code == 401


def test_the_description_says_how_a_file_is_sent(client: FlaskClient) -> None:
    paths = client.get("/api/v1/openapi.json").get_json()["paths"]
    body = paths["/api/v1/cases/{case_id}/files"]["post"]["requestBody"]["content"]
    assert list(body) == ["multipart/form-data"]


def test_every_operation_that_tells_of_evidence_has_noted_it_first(
    client: FlaskClient, headers: Headers, base: str
) -> None:
    exhibit = client.post(f"{base}/exhibits", json={"description": "A receipt"}, headers=headers).get_json()["id"]
    file = client.post(f"{base}/files", data={"file": (io.BytesIO(PDF), "a.pdf")}, headers=headers).get_json()["id"]
    for path in ("evidence", f"exhibits/{exhibit}", f"files/{file}/content", "bundle", "disclosure"):
        before = audit.verify_chain(db.session()).length
        client.get(f"{base}/{path}", headers=headers).close()
        assert audit.verify_chain(db.session()).length > before, path
