"""Pages of evidence: in by a form, out as a file to save, with HTML of any kind inert."""

import io
import os
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy.orm import Session
from werkzeug.datastructures import FileStorage
from werkzeug.test import encode_multipart

from tests.cases.conftest import described
from tests.evidence.conftest import NOW
from tests.evidence.samples import JPEG, PDF
from tsalert.audit import queries as audit
from tsalert.cases import service as cases
from tsalert.core.actors import Actor
from tsalert.db import db
from tsalert.evidence import queries, storing
from tsalert.staff.rules import RoleName

SCRIPT = "<script>alert(1)</script>"


@pytest.fixture
def desk(signed_in: Callable[..., FlaskClient]) -> FlaskClient:
    """A case officer's browser."""
    return signed_in(RoleName.CASE_OFFICER, name="Robin Tate")


@pytest.fixture
def case_id(session: Session, officer: Callable[..., Actor]) -> int:
    """An open case."""
    return cases.open_case(described(), actor=officer(), now=NOW)


def send(client: FlaskClient, path: str, content: bytes | None = PDF, name: str = "a.pdf", **said: str) -> Any:
    """Send a form as a browser does, with a file or without one chosen."""
    file = (io.BytesIO(content or b""), name if content is not None else "")
    return client.post(path, data={**said, "file": file}, content_type="multipart/form-data")


def test_an_officer_records_an_exhibit_with_its_file_and_saves_it_again(desk: FlaskClient, case_id: int) -> None:
    made = send(desk, f"/cases/{case_id}/exhibits", description="A receipt", found_where="Kitchen", initials="RT")
    assert made.status_code == 303
    shown = desk.get(made.location)
    for text in ("RT/1", "A receipt", "Kitchen", "PDF document", "a.pdf"):
        assert text in shown.text
    (file,) = queries.dossier(db.session(), case_id).exhibits[0].files
    saved = desk.get(f"/cases/{case_id}/files/{file.id}")
    assert saved.data == PDF
    assert saved.headers["Content-Disposition"] == "attachment; filename=a.pdf"
    assert saved.headers["X-Content-Type-Options"] == "nosniff"
    assert saved.headers["Content-Security-Policy"] == "default-src 'none'; sandbox"
    assert saved.headers["Cache-Control"] == "no-store"
    assert (saved.mimetype, saved.content_length) == ("application/pdf", len(PDF))
    saved.close()


def test_a_file_that_was_stored_before_says_where(desk: FlaskClient, case_id: int) -> None:
    send(desk, f"/cases/{case_id}/exhibits", description="A receipt", found_where="Kitchen", initials="RT")
    send(desk, f"/cases/{case_id}/files", content=JPEG, name="van.jpg")
    assert "byte for byte" not in desk.get(f"/cases/{case_id}/evidence").text
    send(desk, f"/cases/{case_id}/files", content=JPEG, name="again.jpg")
    send(desk, f"/cases/{case_id}/files", content=PDF, name="receipt.pdf")
    page = desk.get(f"/cases/{case_id}/evidence").text
    assert page.count("byte for byte") == 2
    assert "The same, byte for byte, as van.jpg." in page
    assert "The same, byte for byte, as RT/1." in page


def test_an_object_needs_no_file(desk: FlaskClient, case_id: int) -> None:
    assert send(desk, f"/cases/{case_id}/exhibits", None, description="A ladder").status_code == 303
    assert "None: an object" in desk.get(f"/cases/{case_id}/evidence").text


def test_a_refused_form_comes_back_with_what_was_typed_and_leaves_no_file(
    desk: FlaskClient, case_id: int, store: Callable[[], set[Path]]
) -> None:
    lied = send(desk, f"/cases/{case_id}/exhibits", JPEG, "receipt.pdf", description="A receipt from the bank")
    assert lied.status_code == 422
    assert "Its name says PDF document, but its content says JPEG picture" in lied.text
    assert "A receipt from the bank" in lied.text
    for content, name, said in (
        (b"", "a.pdf", "0 bytes"),
        (PDF, "x" * 1001, "Shorten it"),
        (None, "", "Choose a file"),
    ):
        answer = send(desk, f"/cases/{case_id}/files", content, name)
        assert (answer.status_code, said in answer.text) == (422, True), said
    assert send(desk, f"/cases/{case_id}/exhibits", description="").status_code == 422
    assert store() == set()


def test_a_name_that_is_a_path_leads_nowhere_and_is_shown_as_it_was_told(
    desk: FlaskClient, case_id: int, store: Callable[[], set[Path]]
) -> None:
    send(desk, f"/cases/{case_id}/files", name="../../../../tmp/roof.pdf")
    (path,) = store()
    assert "roof" not in str(path)
    assert "../../../../tmp/roof.pdf" in desk.get(f"/cases/{case_id}/evidence").text
    (file,) = queries.dossier(db.session(), case_id).attachments
    saved = desk.get(f"/cases/{case_id}/files/{file.id}")
    assert saved.headers["Content-Disposition"] == "attachment; filename=roof.pdf"
    saved.close()


@pytest.mark.parametrize(
    "name", ["Quittung für Ada.pdf", "领收书.pdf", "إيصال.pdf", "квитанция.pdf", "🏠.pdf", "e\u0301.pdf"]
)
def test_names_in_every_script_are_kept(desk: FlaskClient, case_id: int, name: str) -> None:
    assert send(desk, f"/cases/{case_id}/files", name=name).status_code == 303
    (file,) = queries.dossier(db.session(), case_id).attachments
    assert file.name == name
    saved = desk.get(f"/cases/{case_id}/files/{file.id}")
    assert saved.headers["Content-Disposition"].startswith("attachment; ")
    saved.close()


def test_html_in_anything_that_was_typed_is_inert(desk: FlaskClient, case_id: int) -> None:
    send(desk, f"/cases/{case_id}/files", name=f"{SCRIPT}.pdf", note=SCRIPT)
    said: dict[str, Any] = dict.fromkeys(("description", "found_where", "found_by"), SCRIPT)
    made = send(desk, f"/cases/{case_id}/exhibits", name=f"{SCRIPT}.pdf", **said).location
    desk.post(f"{made}/custody", data={"kind": "stored", "place": SCRIPT, "person": SCRIPT, "note": SCRIPT})
    decision = {"is_sensitive": "true", "is_disclosed": "false", "reason": SCRIPT}
    desk.post(f"/cases/{case_id}/disclosure/1", data=decision)
    pages = [f"/cases/{case_id}/{path}" for path in ("evidence", "exhibits", "files", "disclosure", "disclosure/1")]
    for path in (*pages, made, f"{made}/custody"):
        assert SCRIPT not in desk.get(path).text, path
    assert "&lt;script&gt;" in desk.get(made).text


def test_what_happened_to_an_exhibit_is_recorded_and_corrected_on_its_page(desk: FlaskClient, case_id: int) -> None:
    page = send(desk, f"/cases/{case_id}/exhibits", None, description="A ladder").location
    assert desk.post(f"{page}/custody", data={"kind": "sealed"}).status_code == 422
    desk.post(f"{page}/custody", data={"kind": "sealed", "seal_number": "B0012345"})
    held = queries.dossier(db.session(), case_id).exhibits[0]
    form = desk.get(f"{page}/custody?supersedes={held.chain[0].id}").text
    assert "This takes the place of: sealed" in form
    desk.post(f"{page}/custody", data={"kind": "sealed", "seal_number": "B0012346", "supersedes": held.chain[0].id})
    shown = desk.get(page).text
    assert "<s>Sealed</s> (corrected)" in shown
    assert "seal B0012346" in shown


def test_the_schedule_is_decided_on_and_saved_as_csv_that_runs_nothing(desk: FlaskClient, case_id: int) -> None:
    send(desk, f"/cases/{case_id}/exhibits", None, description="=HYPERLINK(1)")
    refused = desk.post(f"/cases/{case_id}/disclosure/1", data={"is_sensitive": "true", "is_disclosed": "false"})
    assert (refused.status_code, "Say why it is sensitive." in refused.text) == (422, True)
    data = {"is_sensitive": "false", "is_disclosed": "true"}
    assert desk.post(f"/cases/{case_id}/disclosure/1", data=data).status_code == 303
    saved = desk.get(f"/cases/{case_id}/disclosure/schedule.csv?part=non_sensitive")
    head, line = saved.text.splitlines()
    assert head == "\ufeffitem,what,description,date,place,sensitive,reason,disclosed"
    assert line.startswith("1,Exhibit ")
    assert "'=HYPERLINK(1)" in line
    assert desk.get(f"/cases/{case_id}/disclosure/schedule.csv?part=sensitive").text.splitlines() == [head]


def test_a_bundle_is_saved_from_the_page(desk: FlaskClient, case_id: int) -> None:
    send(desk, f"/cases/{case_id}/files")
    saved = desk.get(f"/cases/{case_id}/bundle")
    assert saved.data.startswith(b"PK\x03\x04")
    assert saved.headers["Content-Disposition"].endswith("-evidence.zip")


def test_every_page_that_shows_evidence_has_noted_it_first(desk: FlaskClient, case_id: int) -> None:
    made = send(desk, f"/cases/{case_id}/exhibits", description="A receipt").location
    file = queries.dossier(db.session(), case_id).exhibits[0].files[0].id
    for path in (
        f"/cases/{case_id}/evidence",
        f"/cases/{case_id}/exhibits",
        made,
        f"{made}/custody",
        f"/cases/{case_id}/files",
        f"/cases/{case_id}/files/{file}",
        f"/cases/{case_id}/bundle",
        f"/cases/{case_id}/disclosure",
        f"/cases/{case_id}/disclosure/1",
        f"/cases/{case_id}/disclosure/schedule.csv",
    ):
        before = audit.verify_chain(db.session()).length
        desk.get(path).close()
        assert audit.verify_chain(db.session()).length > before, path


def test_a_form_sent_twice_stores_one_file(desk: FlaskClient, case_id: int, store: Callable[[], set[Path]]) -> None:
    answers = [send(desk, f"/cases/{case_id}/files", submission="a" * 32) for _ in range(2)]
    assert [answer.status_code for answer in answers] == [303, 303]
    assert len(store()) == 1


def test_only_this_form_takes_large_requests(desk: FlaskClient, case_id: int, store: Callable[[], set[Path]]) -> None:
    large = PDF + bytes(9 * 2**20)
    notes, files = f"/cases/{case_id}/notes", f"/cases/{case_id}/files"
    assert pour(desk, notes, file=FileStorage(io.BytesIO(large), "a.pdf")) == 413
    assert desk.post(files, data=large, content_type="application/x-www-form-urlencoded").status_code == 413
    assert pour(desk, files, file=FileStorage(io.BytesIO(PDF), "a.pdf"), note="x" * (3 * 2**20)) == 413
    assert pour(desk, files, file=FileStorage(io.BytesIO(large), "a.pdf")) == 303
    assert len(store()) == 1


def pour(client: FlaskClient, path: str, **said: Any) -> int:
    """Send a large form from memory; returns the status of its answer."""
    boundary, body = encode_multipart(said)
    return client.post(path, data=body, content_type=f"multipart/form-data; boundary={boundary}").status_code


def test_a_stranger_cannot_send_a_file(client: FlaskClient, case_id: int, store: Callable[[], set[Path]]) -> None:
    assert send(client, f"/cases/{case_id}/files").status_code == 401
    assert store() == set()


def send_all(client: FlaskClient, path: str, *files: tuple[str, bytes], **said: str) -> Any:
    """Send a form with several files chosen in one field."""
    chosen = [(io.BytesIO(content), name) for name, content in files]
    return client.post(path, data={**said, "file": chosen}, content_type="multipart/form-data")


def test_several_files_are_added_at_once(desk: FlaskClient, case_id: int, store: Callable[[], set[Path]]) -> None:
    files = [("van.jpg", JPEG), ("receipt.pdf", PDF), ("again.pdf", PDF)]
    assert send_all(desk, f"/cases/{case_id}/files", *files, note="From her handbag").status_code == 303
    kept = queries.dossier(db.session(), case_id).attachments
    assert [(file.name, file.note) for file in kept] == [(name, "From her handbag") for name, _ in files]
    assert len(store()) == 3


@pytest.mark.parametrize(
    ("name", "content", "said"),
    [
        ("tool.exe", b"MZ", "tool.exe: We take no files whose names end in .exe."),
        ("empty.jpg", b"", "empty.jpg: The file is empty: it has 0 bytes. Choose another."),
    ],
)
def test_of_several_files_all_are_kept_or_none_and_the_one_at_fault_is_named(
    desk: FlaskClient, case_id: int, store: Callable[[], set[Path]], name: str, content: bytes, said: str
) -> None:
    answer = send_all(desk, f"/cases/{case_id}/files", ("van.jpg", JPEG), (name, content))
    assert answer.status_code == 422
    assert said in answer.text
    assert "None of the files was kept." in answer.text
    assert queries.dossier(db.session(), case_id).attachments == []
    assert store() == set()


def test_too_many_files_are_refused_with_the_number_that_fits(
    desk: FlaskClient, case_id: int, store: Callable[[], set[Path]]
) -> None:
    assert "Up to 30 at once" in desk.get(f"/cases/{case_id}/files").text
    many = [(f"{number}.jpg", JPEG) for number in range(60)]
    answer = send_all(desk, f"/cases/{case_id}/files", *many)
    assert (answer.status_code, "Up to 30 files and 2 GB fit into one form" in answer.text) == (413, True)
    assert store() == set()
    assert send_all(desk, f"/cases/{case_id}/files", *many[:30]).status_code == 303


def test_several_files_sent_twice_are_kept_once(
    desk: FlaskClient, case_id: int, store: Callable[[], set[Path]]
) -> None:
    for _ in range(2):
        answer = send_all(desk, f"/cases/{case_id}/files", ("a.jpg", JPEG), ("b.pdf", PDF), submission="b" * 32)
        assert answer.status_code == 303
    assert len(store()) == 2


def test_an_exhibit_takes_one_file_at_a_time(desk: FlaskClient, case_id: int, store: Callable[[], set[Path]]) -> None:
    answer = send_all(desk, f"/cases/{case_id}/exhibits", ("a.pdf", PDF), ("b.pdf", PDF), description="A receipt")
    assert (answer.status_code, "one file at a time" in answer.text) == (422, True)
    assert store() == set()


def test_a_full_disk_is_said_in_words_and_leaves_nothing_half_stored(
    desk: FlaskClient, case_id: int, store: Callable[[], set[Path]], monkeypatch: pytest.MonkeyPatch
) -> None:
    with monkeypatch.context() as full:
        full.setattr(storing, "_begin", lambda _: os.fdopen(os.open("/dev/full", os.O_WRONLY), "wb", buffering=0))
        answer = send(desk, f"/cases/{case_id}/files", note="From her handbag")
    assert answer.status_code == 503
    assert "The disk of this service cannot take the file, so nothing was kept." in answer.text
    assert queries.dossier(db.session(), case_id).attachments == []
    assert store() == set()
    assert send(desk, f"/cases/{case_id}/files").status_code == 303


def test_large_files_leave_threads_for_everybody_else(app: Flask, desk: FlaskClient, case_id: int) -> None:
    path, large = f"/cases/{case_id}/files", PDF + bytes(9 * 2**20)
    lines = app.extensions["tsalert_large_uploads"]
    with lines, lines:
        assert pour(desk, path, file=FileStorage(io.BytesIO(large), "a.pdf")) == 503
        assert pour(desk, path, file=FileStorage(io.BytesIO(PDF), "a.pdf")) == 303
    assert [pour(desk, path, file=FileStorage(io.BytesIO(large), "a.pdf")) for _ in range(3)] == [303, 303, 303]


@pytest.mark.parametrize("number", [0, 404, 2**31, 2**63, 10**30])
def test_numbers_that_are_nobodys_are_not_found_however_large(desk: FlaskClient, case_id: int, number: int) -> None:
    decision = {"is_sensitive": "false", "is_disclosed": "true"}
    for path in (f"exhibits/{number}", f"files/{number}", f"disclosure/{number}", f"exhibits/{number}/custody"):
        assert desk.get(f"/cases/{case_id}/{path}").status_code == 404, path
    assert desk.post(f"/cases/{case_id}/disclosure/{number}", data=decision).status_code == 404
    assert desk.post(f"/cases/{case_id}/exhibits/{number}/custody", data={"kind": "seized"}).status_code == 404
    assert send(desk, f"/cases/{number}/files").status_code == 404
    assert send(desk, f"/cases/{case_id}/files", exhibit=str(number)).status_code in {404, 422}
    assert send(desk, f"/cases/{case_id}/exhibits", description="x", original=str(number)).status_code in {404, 422}
    assert desk.get(f"/cases/{case_id}/exhibits?file_id={number}").status_code in {200, 404}
