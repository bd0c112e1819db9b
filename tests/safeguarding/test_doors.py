"""Concerns by pages and by the interface."""

from collections.abc import Callable
from typing import Any

import pytest
from flask.testing import FlaskClient
from sqlalchemy.orm import Session

from tests.safeguarding.conftest import PERSON, WEDNESDAY, told
from tsalert.audit.queries import entries_about
from tsalert.core.actors import Actor
from tsalert.safeguarding import service
from tsalert.staff.rules import RoleName

CONCERNS = "/api/v1/safeguarding"
TOLD = {
    "person": PERSON, "needs": "yes", "needs_words": "Uses a frame.", "harm": "yes", "harm_words": "Paid £3,950.",
    "unable": "not_known", "consent": "refused",
}  # fmt: skip


def test_from_the_case_to_the_outcome_by_pages(
    session: Session, case_id: int, signed_in: Callable[..., FlaskClient]
) -> None:
    browser = signed_in(RoleName.MANAGER)
    assert f"/safeguarding/new?case={case_id}" in browser.get(f"/cases/{case_id}").text
    assert browser.get(f"/safeguarding/new?case={case_id}").status_code == 200
    here = browser.post("/safeguarding", data=TOLD | {"case_id": str(case_id)}).location
    assert PERSON in browser.get(here).text
    assert "Why it is sent all the same" in browser.get(f"{here}/referred").text
    assert browser.post(f"{here}/referred", data={}).status_code == 422
    browser.post(f"{here}/referred", data={"override": "others_at_risk", "words": "The men are going on next door."})
    sent = {"who": "Initial response", "means": "portal"}
    assert "Sent, not acknowledged" in browser.post(f"{here}/sent", data=sent, follow_redirects=True).text
    browser.post(f"{here}/acknowledged", data={"who": "Sam Example", "their_reference": "ASC-17"})
    shown = browser.post(f"{here}/outcome", data={"outcome": "enquiry"}, follow_redirects=True).text
    assert "Section 42 enquiry opened" in shown
    assert "ASC-17" in shown
    listed = browser.get("/safeguarding").text
    assert "Outcome known" in listed
    assert PERSON not in listed
    assert "Safeguarding concern of" in browser.get(f"/cases/{case_id}").text
    assert browser.post(f"{here}/sent", data=sent).status_code == 409


def test_an_answer_without_words_comes_back_with_what_was_typed(
    session: Session, case_id: int, signed_in: Callable[..., FlaskClient]
) -> None:
    answer = signed_in().post("/safeguarding", data=TOLD | {"case_id": str(case_id), "harm_words": " "})
    assert answer.status_code == 422
    assert "Say what this answer is based on." in answer.text
    assert PERSON in answer.text


def test_markup_in_a_concern_is_only_text(
    session: Session, case_id: int, signed_in: Callable[..., FlaskClient]
) -> None:
    browser = signed_in()
    here = browser.post("/safeguarding", data=TOLD | {"case_id": str(case_id), "wishes": "<script>x</script>"}).location
    assert "<script>x" not in browser.get(here).text


def test_others_do_not_see_it_on_any_page(
    session: Session, concern_id: int, case_id: int, signed_in: Callable[..., FlaskClient]
) -> None:
    browser = signed_in()
    assert browser.get(f"/safeguarding/{concern_id}").status_code == 403
    assert browser.get(f"/safeguarding/{concern_id}/referred").status_code == 403
    assert browser.get("/safeguarding").status_code == 403
    assert f"/safeguarding/{concern_id}" not in browser.get(f"/cases/{case_id}").text


@pytest.mark.parametrize("path", ["", "/referred"])
def test_whoever_reads_it_stands_in_the_trail(
    session: Session, concern_id: int, signed_in: Callable[..., FlaskClient], path: str
) -> None:
    assert signed_in(RoleName.MANAGER).get(f"/safeguarding/{concern_id}{path}").status_code == 200
    assert entries_about(session, "safeguarding concern", concern_id)[-1].action == "read"


def test_the_interface_does_all_that_the_pages_do(
    session: Session, case_id: int, case_officer: Actor, client: FlaskClient, bearer: Callable[..., dict[str, Any]]
) -> None:
    sender = bearer(RoleName.MANAGER)
    made = client.post(CONCERNS, json={**TOLD, "case_id": case_id}, headers=sender)
    assert made.status_code == 201
    here = f"{CONCERNS}/{made.json['id']}"  # type: ignore[index]
    refused = client.post(f"{here}/steps", json={"act": "sent"}, headers=sender)
    assert refused.status_code == 409
    step = {"act": "not_referred", "words": "Considered with the lead."}
    assert client.post(f"{here}/steps", json=step, headers=sender).json["state"] == "not_referred"  # type: ignore[index]
    assert client.get(here, headers=sender).json["steps"][0]["words"] == step["words"]  # type: ignore[index]
    listed = client.get(CONCERNS, headers=sender).json
    assert PERSON not in str(listed)
    number = service.raise_concern(told(case_id=case_id), actor=case_officer, now=WEDNESDAY)
    assert client.get(f"{CONCERNS}/{number}", headers=bearer(RoleName.DUTY_OFFICER)).status_code == 403
