"""Referrals by pages and by the interface."""

from collections.abc import Callable
from io import BytesIO

import docx
import pytest
from flask.testing import FlaskClient
from sqlalchemy.orm import Session

from tests.documents.reading import words
from tests.referrals.conftest import NOON, STREET, VICTIM, written
from tests.web.overtaking import mark_in, refused_for_second
from tsalert.audit.queries import entries_about
from tsalert.core.actors import Actor
from tsalert.referrals import service
from tsalert.staff.rules import RoleName

REFERRALS, BODIES = "/api/v1/referrals", "/api/v1/partner-bodies"
TOLD = {"message": "Three men.", "body": "Testshire Police", "kind": "police", "shared": ["matter", "money"]}
SENT = {"means": "portal", "sent_to": "Their form"}


def test_from_the_case_to_the_outcome_by_pages(
    session: Session, case_id: int, signed_in: Callable[..., FlaskClient]
) -> None:
    browser = signed_in(RoleName.CASE_OFFICER)
    assert f"/referrals/new?case={case_id}" in browser.get(f"/cases/{case_id}").text
    assert browser.get(f"/referrals/new?case={case_id}").status_code == 200
    here = browser.post("/referrals", data=TOLD | {"case_id": str(case_id)}).location
    assert "What would be sent now" in browser.get(here).text
    browser.post(f"{here}/edit", data=TOLD | {"message": "Four men."})
    shown = browser.post(f"{here}/sending", data=SENT, follow_redirects=True).text
    assert "What was sent" in shown
    assert "Four men." in shown
    browser.post(f"{here}/acknowledgement", data={"acknowledged_by": "PC Example", "their_reference": "CR/17"})
    assert "They went." in browser.post(f"{here}/outcome", data={"outcome": "They went."}, follow_redirects=True).text
    assert "CR/17" in browser.get("/referrals").text
    assert "CR/17" in browser.get(f"/cases/{case_id}").text
    assert "Information passed to Testshire Police." in browser.get(f"/cases/{case_id}/timeline").text
    assert browser.post(f"{here}/sending", data=SENT).status_code == 409


def test_of_two_who_change_a_draft_the_second_loses_nothing_of_the_first(
    session: Session, case_id: int, signed_in: Callable[..., FlaskClient]
) -> None:
    browser = signed_in()
    here = browser.post("/referrals", data=TOLD | {"case_id": str(case_id)}).location
    first, second = TOLD | {"message": "Four men and a van."}, TOLD | {"kind": "bank"}
    refused = refused_for_second(browser, f"{here}/edit", first, second)
    assert "It differs from what stands now in: what sort of body it is, message." in refused
    assert "Four men and a van." in browser.get(here).text
    assert browser.post(f"{here}/edit", data=second | {"seen": mark_in(refused)}).status_code == 303


def test_the_victim_without_a_lawful_reason_comes_back_with_what_was_typed(
    session: Session, case_id: int, signed_in: Callable[..., FlaskClient]
) -> None:
    answer = signed_in().post("/referrals", data=TOLD | {"case_id": str(case_id), "shared": ["victim"]})
    assert answer.status_code == 422
    assert "Say why their particulars may be shared." in answer.text
    assert "Three men." in answer.text


def test_it_is_taken_as_pdf_and_word_by_those_who_may_export(
    session: Session, case_id: int, case_officer: Actor, signed_in: Callable[..., FlaskClient]
) -> None:
    number = service.draft_referral(written(case_id=case_id), actor=case_officer, now=NOON)
    browser = signed_in(RoleName.CASE_OFFICER)
    pdf = browser.get(f"/referrals/{number}/pack.pdf")
    assert pdf.mimetype == "application/pdf"
    assert "Three men in a white van." in words(pdf.data)
    assert "£3,950" in words(pdf.data)
    word = docx.Document(BytesIO(browser.get(f"/referrals/{number}/pack.docx").data))
    assert "Three men in a white van. Please give us a crime reference." in [each.text for each in word.paragraphs]
    assert [each for each in (VICTIM, STREET) if each in words(pdf.data) + pdf.headers["Content-Disposition"]] == []
    assert entries_about(session, "referral", number)[-1].action == "read"
    assert signed_in(RoleName.DUTY_OFFICER).get(f"/referrals/{number}/pack.pdf").status_code == 403
    assert browser.get(f"/referrals/{number}/pack.exe").status_code == 404


def test_of_two_who_change_a_body_the_second_loses_nothing_of_the_first(
    session: Session, signed_in: Callable[..., FlaskClient]
) -> None:
    browser, told = signed_in(), {"kind": "bank", "name": "A bank (invented)", "email": "old@example.org"}
    browser.post("/partner-bodies", data=told)
    first, second = told | {"email": "new@example.org"}, told | {"phone": "020 7946 0000"}
    refused = refused_for_second(browser, "/partner-bodies/1", first, second)
    assert "It differs from what stands now in: telephone, email." in refused
    assert "new@example.org" in browser.get("/partner-bodies").text
    assert browser.post("/partner-bodies/1", data=second | {"seen": mark_in(refused)}).status_code == 303


@pytest.mark.parametrize("path", ["/referrals/new", "/referrals/new?case=404", "/referrals/404", "/partner-bodies/404"])
def test_what_is_not_there_is_not_found(session: Session, signed_in: Callable[..., FlaskClient], path: str) -> None:
    assert signed_in().get(path).status_code == 404


def test_the_list_of_bodies_is_kept_by_pages(session: Session, signed_in: Callable[..., FlaskClient]) -> None:
    browser = signed_in()
    told = {"kind": "bank", "name": "A bank (invented)", "email": "fraud@bank.example.org"}
    assert "A bank (invented)" in browser.post("/partner-bodies", data=told, follow_redirects=True).text
    assert browser.post("/partner-bodies", data=told).status_code == 422
    assert browser.post("/partner-bodies", data=told | {"name": "B", "email": "nonsense"}).status_code == 422
    there = "/partner-bodies/1"
    assert browser.get(there).status_code == 200
    changed = browser.post(there, data=told | {"phone": "020 7946 0123"}, follow_redirects=True)
    assert "020 7946 0123" in changed.text
    assert "No body is listed." in browser.post(f"{there}/end", data={}, follow_redirects=True).text


def test_the_interface_does_all_that_the_pages_do(
    session: Session, case_id: int, client: FlaskClient, bearer: Callable[..., dict[str, str]]
) -> None:
    sender = bearer(RoleName.CASE_OFFICER)

    def post(path: str, told: dict[str, object], *, to: str = REFERRALS) -> object:
        answer = client.post(f"{to}{path}", json=told, headers=sender)
        assert answer.status_code in {200, 201}, answer.text
        return answer.json

    body = post("", {"kind": "police", "name": "Desk", "phone": "01632 960123"}, to=BODIES)
    number = post("", TOLD | {"case_id": case_id, "contact": f"partner:{body['id']}"})["id"]  # type: ignore[index]
    put = client.put(f"{REFERRALS}/{number}", json=TOLD | {"message": "Four men."}, headers=sender)
    assert put.json["message"] == "Four men."  # type: ignore[index]
    assert "Four men." in client.get(f"{REFERRALS}/{number}/pack", headers=sender).json["text"]  # type: ignore[index]
    assert post(f"/{number}/sending", dict(SENT))["state"] == "sent"  # type: ignore[index]
    assert post(f"/{number}/acknowledgement", {"acknowledged_by": "PC Example"})["state"] == "acknowledged"  # type: ignore[index]
    assert post(f"/{number}/outcome", {"outcome": "They went."})["state"] == "ended"  # type: ignore[index]
    assert client.get(f"{REFERRALS}/{number}", headers=sender).json["outcome"] == "They went."  # type: ignore[index]
    draft = post("", TOLD | {"case_id": case_id})["id"]  # type: ignore[index]
    assert post(f"/{draft}/withdrawal", {"reason": "Wrong body."})["state"] == "withdrawn"  # type: ignore[index]
    assert len(client.get(REFERRALS, headers=sender).json["items"]) == 2  # type: ignore[index]
    there = f"{BODIES}/{body['id']}"  # type: ignore[index]
    changed = client.put(there, json={"kind": "police", "name": "Desk", "phone": "01632 960124"}, headers=sender)
    assert changed.json["phone"] == "01632 960124"  # type: ignore[index]
    assert client.delete(there, headers=sender).status_code == 204
    assert client.get(BODIES, headers=sender).json == {"items": [], "next": None}
