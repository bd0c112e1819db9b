"""A form that was saved, changed after "back" and sent again: nothing is dropped, and nothing is saved unasked."""

import io
import re
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from html import unescape
from pathlib import Path
from threading import Barrier

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import func, select, update
from sqlalchemy.orm import Session

from tests.cases.conftest import described
from tests.conftest import NOW, PASSWORD
from tsalert.cases import service as cases
from tsalert.cases.models import CaseFile
from tsalert.core.actors import Actor
from tsalert.db import Submission, db
from tsalert.evidence.models import EvidenceFile
from tsalert.staff import service as staff
from tsalert.staff.rules import RoleName
from tsalert.web.once import new_submission

KEY = "a" * 32
CASE = {"summary": "Gutter cleaning that became a new roof.", "category": "doorstep_crime", "kind": "roofing"}
OTHER = CASE | {"summary": "Moss on the roof,\r\nthen <b>new</b> tiles."}
BEFORE = "This form was saved before"


@pytest.fixture
def desk(signed_in: Callable[..., FlaskClient]) -> FlaskClient:
    """A case officer's browser."""
    return signed_in(RoleName.CASE_OFFICER, RoleName.MANAGER)


@pytest.fixture
def case_id(session: Session, officer: Callable[..., Actor]) -> int:
    """An open case."""
    return cases.open_case(described(), actor=officer(), now=NOW)


def count_cases(session: Session) -> int:
    return session.scalar(select(func.count()).select_from(CaseFile)) or 0


def save_otherwise(session: Session) -> None:
    """Let the key be that of a form which held something else and led to the list of cases."""
    session.add(Submission(key=KEY, location="/cases", made_at=NOW, digest="of something else"))
    session.commit()


def fields_of(page: str, action: str) -> dict[str, str]:
    """Return the hidden fields of the form that is sent to an address."""
    form = re.search(rf'<form method="post" action="{action}".*?</form>', page, re.DOTALL)
    assert form is not None
    found = re.findall(r'<input type="hidden" name="([^"]+)" value="([^"]*)"', form.group())
    return {name: unescape(value) for name, value in found}


def test_what_was_typed_after_back_is_shown_and_can_be_saved_as_a_record_of_its_own(
    desk: FlaskClient, session: Session
) -> None:
    first = desk.post("/cases", data=CASE | {"submission": KEY})
    asked = desk.post("/cases", data=OTHER | {"submission": KEY})
    assert asked.status_code == 409
    for shown in (BEFORE, "is not saved", "then &lt;b&gt;new&lt;/b&gt; tiles.", f'<a href="{first.location}">'):
        assert shown in asked.text
    assert count_cases(session) == 1
    fresh = fields_of(asked.text, "/cases")["submission"]
    assert fresh != KEY
    second = desk.post("/cases", data=OTHER | {"submission": fresh})
    assert (second.status_code, second.location == first.location) == (303, False)
    assert count_cases(session) == 2


def test_a_changed_form_is_asked_about_even_where_it_has_a_mistake_too(desk: FlaskClient, session: Session) -> None:
    desk.post("/cases", data=CASE | {"submission": KEY})
    asked = desk.post("/cases", data=CASE | {"summary": "", "submission": KEY})
    assert (asked.status_code, BEFORE in asked.text) == (409, True)
    assert count_cases(session) == 1


def test_a_copy_leads_to_the_first_whichever_way_a_browser_or_a_script_writes_it(
    desk: FlaskClient, session: Session
) -> None:
    first = desk.post("/cases", data=OTHER | {"submission": KEY, "csrf_token": "one", "address": ""})
    backwards = {name: text.replace("\r\n", "\n") for name, text in reversed(OTHER.items())}
    again = desk.post("/cases", data={"submission": KEY, "csrf_token": "two"} | backwards)
    assert (again.status_code, again.location) == (303, first.location)
    assert count_cases(session) == 1


def test_a_step_told_again_with_the_time_of_its_first_try_is_the_same_step(desk: FlaskClient, session: Session) -> None:
    first = desk.post("/cases", data=CASE | {"submission": KEY, "opened_at": ""})
    again = desk.post("/cases", data=CASE | {"submission": KEY, "opened_at": "2026-06-10T11:02:03.456Z"})
    assert (again.status_code, again.location) == (303, first.location)


def test_a_form_sent_before_fingerprints_were_kept_leads_to_what_was_saved(desk: FlaskClient, session: Session) -> None:
    first = desk.post("/cases", data=CASE | {"submission": KEY})
    session.execute(update(Submission).values(digest=None))
    assert desk.post("/cases", data=OTHER | {"submission": KEY}).location == first.location


def test_what_is_kept_of_a_form_says_nothing_of_what_was_typed(desk: FlaskClient, session: Session) -> None:
    for key in ("b" * 32, "c" * 32):
        desk.post("/cases", data=CASE | {"submission": key})
    kept = session.scalars(select(Submission.digest)).all()
    assert len(set(kept)) == 2
    assert all(re.fullmatch("[0-9a-f]{64}", digest or "") for digest in kept)


def test_another_file_under_the_same_key_is_not_taken_for_the_first(
    desk: FlaskClient, session: Session, case_id: int, app: Flask
) -> None:
    def send(content: bytes) -> tuple[int, str]:
        told = {"submission": KEY, "file": (io.BytesIO(content), "a.txt")}
        answer = desk.post(f"/cases/{case_id}/files", data=told)
        return answer.status_code, answer.text

    assert [send(b"one\n")[0] for _ in range(2)] == [303, 303]
    status, page = send(b"two\n")
    assert (status, BEFORE in page, "choose it again" in page) == (409, True, True)
    assert session.scalar(select(func.count()).select_from(EvidenceFile)) == 1
    assert [path for path in _evidence(app).rglob("*.part") if path.is_file()] == []


def _evidence(app: Flask) -> Path:
    folder: Path = app.extensions["tsalert_settings"].files
    return folder / "evidence"


def test_a_choice_without_a_page_of_its_own_is_read_back_and_can_be_sent_from_there(
    desk: FlaskClient, session: Session
) -> None:
    save_otherwise(session)
    asked = desk.post("/cases/filters/1/delete", data={"note": "Only <i>this</i>", "submission": KEY})
    assert (asked.status_code, BEFORE in asked.text, "Only &lt;i&gt;this&lt;/i&gt;" in asked.text) == (409, True, True)
    assert '<a class="govuk-link" href="/cases">Open what was saved before</a>' in asked.text
    sent = fields_of(asked.text, "/cases/filters/1/delete")
    assert sent["note"] == "Only <i>this</i>"
    assert sent["submission"] != KEY


def test_a_form_whose_time_is_over_is_read_back(desk: FlaskClient, session: Session) -> None:
    save_otherwise(session)
    asked = desk.post("/cases/filters/999999", data={"name": "All that I typed", "submission": KEY})
    assert (asked.status_code, BEFORE in asked.text, "All that I typed" in asked.text) == (409, True, True)


def test_a_password_is_never_read_back(client: FlaskClient, session: Session) -> None:
    save_otherwise(session)
    asked = client.post("/sign-out", data={"email": "a@example.org", "password": PASSWORD, "submission": KEY})
    assert (asked.status_code, PASSWORD in asked.text) == (409, False)
    assert "open the form afresh" in asked.text


def test_two_versions_of_a_form_sent_in_the_same_moment_count_once_and_the_other_is_asked_about(
    fresh_app: Flask,
) -> None:
    with fresh_app.app_context():
        staff.create_officer(
            "cas@example.org", name="Cas Example", roles=[RoleName.CASE_OFFICER], password=PASSWORD, now=NOW
        )
        db.session.remove()
    key, start = new_submission(), Barrier(2)

    def send(form: dict[str, str]) -> int:
        browser = fresh_app.test_client()
        browser.post("/sign-in", data={"email": "cas@example.org", "password": PASSWORD})
        start.wait()
        return browser.post("/cases", data=form | {"submission": key}).status_code

    with ThreadPoolExecutor(2) as officers:
        assert sorted(officers.map(send, (CASE, OTHER))) == [303, 409]
    with fresh_app.app_context():
        assert count_cases(db.session()) == 1


def test_a_key_of_the_api_counts_for_one_request_and_no_other(
    client: FlaskClient, bearer: Callable[..., dict[str, str]], session: Session
) -> None:
    headers = bearer(RoleName.CASE_OFFICER) | {"Idempotency-Key": "k-1"}
    answers = [client.post("/api/v1/cases", json=body, headers=headers) for body in (CASE, CASE, OTHER)]
    assert [answer.status_code for answer in answers] == [201, 409, 422]
    made = client.get(answers[0].headers["Location"], headers=bearer(RoleName.CASE_OFFICER))
    assert made.get_json()["reference"] == answers[0].get_json()["reference"]
    assert answers[1].get_json()["saved"] == answers[0].headers["Location"]
    assert answers[2].mimetype == "application/problem+json"
    assert "with another request" in answers[2].get_json()["detail"]
    other_path = client.post("/api/v1/calls", json=CASE, headers=headers)
    assert "with another request" in other_path.get_json()["detail"]
    assert count_cases(session) == 1
