"""A handover by pages and by the interface."""

import re
from collections.abc import Callable
from typing import Any

import pytest
from flask.testing import FlaskClient
from sqlalchemy.orm import Session

from tests.documents.reading import words
from tests.handover.conftest import BODY, NOON, NUMBER, STREET, VICTIM, written
from tests.web.overtaking import mark_in, refused_for_second
from tsalert.audit.queries import entries_about
from tsalert.core.actors import Actor
from tsalert.core.clock import utc_now
from tsalert.handover import service
from tsalert.handover.rules import Act
from tsalert.staff.rules import RoleName

HANDOVERS = "/api/v1/handovers"
WRITTEN = {"body": BODY, "facts": "Two men want cash.", "risk": "They come back.", "told": "Police, CAD 123."}


def drafted(browser: FlaskClient, incident_id: int, **changes: str) -> str:
    answer = browser.post("/handovers", data=WRITTEN | {"incident_id": str(incident_id)} | changes)
    assert answer.status_code == 303, answer.text
    return answer.location


def test_from_the_incident_to_accepted_by_pages(
    session: Session, incident_id: int, signed_in: Callable[..., FlaskClient]
) -> None:
    browser = signed_in()
    assert f"/handovers/new?incident={incident_id}" in browser.get(f"/incidents/{incident_id}").text
    assert browser.get(f"/handovers/new?incident={incident_id}").status_code == 200
    here = drafted(browser, incident_id)
    assert "As it would be offered now" in browser.get(here).text
    browser.post(f"{here}/edit", data=WRITTEN | {"facts": "Three men want cash."})
    assert "Three men want cash." in browser.get(here).text
    assert "As it was offered" in browser.post(f"{here}/offer", data={}, follow_redirects=True).text
    assert f"Handover to {BODY}" in browser.get(f"/incidents/{incident_id}").text
    yes = {"accepted_by": f"{BODY}, J Example", "their_reference": "OB-0117"}
    shown = browser.post(f"{here}/acceptance", data=yes, follow_redirects=True).text
    assert "OB-0117" in shown
    assert "Accepted" in shown
    assert "OB-0117" in browser.get("/handovers").text
    assert "Handed over" in browser.get(f"/incidents/{incident_id}").text


def test_of_two_who_change_a_draft_the_second_loses_nothing_of_the_first(
    session: Session, incident_id: int, signed_in: Callable[..., FlaskClient]
) -> None:
    browser = signed_in()
    here = drafted(browser, incident_id)
    first, second = WRITTEN | {"facts": "Three men want cash."}, WRITTEN | {"risk": "They come back at noon."}
    refused = refused_for_second(browser, f"{here}/edit", first, second)
    assert "It differs from what stands now in: facts, risk." in refused
    assert "Three men want cash." in browser.get(here).text
    assert browser.post(f"{here}/edit", data=second | {"seen": mark_in(refused)}).status_code == 303


def test_a_case_is_handed_over_from_its_page(
    session: Session, case_id: int, signed_in: Callable[..., FlaskClient]
) -> None:
    browser = signed_in(RoleName.CASE_OFFICER)
    assert f"/handovers/new?case={case_id}" in browser.get(f"/cases/{case_id}").text
    here = browser.post("/handovers", data=WRITTEN | {"case_id": str(case_id)}).location
    browser.post(f"{here}/offer", data={})
    refused = browser.post(f"{here}/refusal", data={"reason": "Not ours."}, follow_redirects=True)
    assert "Not ours." in refused.text
    assert "did not take it over. Not ours." in browser.get(f"/cases/{case_id}").text
    again = browser.post("/handovers", data=WRITTEN | {"case_id": str(case_id)}).location
    assert "Withdrawn" in browser.post(f"{again}/withdrawal", data={"reason": "Ours."}, follow_redirects=True).text


def test_the_pack_is_fit_to_print_and_plain_text_for_a_mail(
    session: Session, incident_id: int, signed_in: Callable[..., FlaskClient]
) -> None:
    browser = signed_in()
    here = drafted(browser, incident_id, facts="<script>alert(1)</script>")
    page, text = browser.get(f"{here}/pack"), browser.get(f"{here}/pack.txt")
    assert "<script>alert" not in page.text
    assert text.mimetype == "text/plain"
    assert "<script>alert(1)</script>" in text.text
    assert [word for word in (VICTIM, STREET, NUMBER) if word in page.text + text.text] == []
    ticked = browser.post(f"{here}/edit", data=WRITTEN | {"with_victim": "yes"})
    assert ticked.status_code == 303
    assert VICTIM in browser.get(f"{here}/pack.txt").text


@pytest.mark.parametrize("path", ["", "/pack", "/pack.txt", "/edit"])
def test_whoever_reads_a_pack_stands_in_the_trail(
    session: Session, desk: Actor, incident_id: int, signed_in: Callable[..., FlaskClient], path: str
) -> None:
    number = service.draft_handover(written(incident_id=incident_id), actor=desk, now=NOON)
    assert signed_in().get(f"/handovers/{number}{path}").status_code == 200
    assert entries_about(session, "handover", number)[-1].action == "pack read"


def test_a_form_that_lacks_something_comes_back_and_a_step_that_cannot_be_says_what_can(
    session: Session, incident_id: int, signed_in: Callable[..., FlaskClient]
) -> None:
    browser = signed_in()
    empty = browser.post("/handovers", data={"incident_id": str(incident_id)})
    assert empty.status_code == 422
    for said in ("Say who is asked", "Say what has happened"):
        assert said in empty.text
    here = drafted(browser, incident_id)
    late = browser.post(f"{here}/offer", data={"answer_by": "2001-01-01T10:00"})
    assert (late.status_code, "time to come" in late.text) == (422, True)
    refused = browser.post(f"{here}/acceptance", data={"accepted_by": "J Example"})
    assert (refused.status_code, "Offer it" in refused.text) == (409, True)
    assert browser.get(f"{here}/refusal").status_code == 409
    assert browser.get("/handovers/new").status_code == 404
    assert browser.get("/handovers/99999999999").status_code == 404


def test_the_interface_does_all_that_the_pages_do(
    client: FlaskClient, incident_id: int, bearer: Callable[..., dict[str, str]]
) -> None:
    token = bearer()

    def ask(path: str, told: dict[str, Any] | None = None, *, put: bool = False) -> Any:
        send = client.put if put else client.post
        answer = (
            client.get(f"{HANDOVERS}{path}", headers=token)
            if told is None
            else send(f"{HANDOVERS}{path}", json=told, headers=token)
        )
        assert answer.status_code in {200, 201}, answer.text
        return answer.json

    made = ask("", WRITTEN | {"incident_id": incident_id})
    assert made["legal_acts"] == ["change", "offer", "withdrawal"]
    here = f"/{made['id']}"
    assert ask(here, WRITTEN | {"facts": "Three men."}, put=True)["facts"] == "Three men."
    assert ask(f"{here}/pack")["digest"] is None
    offered = ask(f"{here}/offer", {})
    pack = ask(f"{here}/pack")
    assert ("Three men." in pack["text"], pack["digest"]) == (True, offered["digest"])
    assert ask(f"{here}/refusal", {"reason": "No."})["state"] == "refused"
    second = ask("", WRITTEN | {"incident_id": incident_id})
    assert ask(f"/{second['id']}/withdrawal", {"reason": "No."})["state"] == "withdrawn"
    third = ask("", WRITTEN | {"incident_id": incident_id})
    ask(f"/{third['id']}/offer", {})
    taken = ask(f"/{third['id']}/acceptance", {"accepted_by": "J Example", "their_reference": "OB-1"})
    assert (taken["state"], taken["their_reference"], taken["legal_acts"]) == ("accepted", "OB-1", [])
    listed = ask("?limit=2")
    assert [each["state"] for each in listed["items"]] == ["accepted", "withdrawn"]
    assert "facts" not in listed["items"][0]
    assert len(ask(f"?after={listed['next']}")["items"]) == 1
    assert client.get(HANDOVERS).status_code == 401


def test_the_pack_is_taken_as_pdf_and_word_by_those_who_may_export(
    session: Session, desk: Actor, incident_id: int, signed_in: Callable[..., FlaskClient]
) -> None:
    number = service.draft_handover(written(incident_id=incident_id), actor=desk, now=NOON)
    browser = signed_in(RoleName.CASE_OFFICER)
    pdf = browser.get(f"/handovers/{number}/pack.pdf")
    said = words(pdf.data)
    assert "Two men came to the door and asked for £3,950." in said
    assert [each for each in (VICTIM, STREET, NUMBER) if each in said + pdf.headers["Content-Disposition"]] == []
    word = browser.get(f"/handovers/{number}/pack.docx")
    assert word.data.startswith(b"PK")
    assert [entry.action for entry in entries_about(session, "handover", number)][-2:] == ["pack read", "pack read"]
    assert signed_in(RoleName.DUTY_OFFICER).get(f"/handovers/{number}/pack.pdf").status_code == 403


def test_whoever_may_not_run_incidents_is_offered_only_what_they_may_do_about_one(
    session: Session, desk: Actor, incident_id: int, case_id: int, signed_in: Callable[..., FlaskClient]
) -> None:
    number = service.draft_handover(written(incident_id=incident_id), actor=desk, now=utc_now())
    of_case = service.draft_handover(written(case_id=case_id), actor=desk, now=utc_now())
    lead = signed_in(RoleName.SAFEGUARDING_LEAD)

    def offered_acts(handover_id: int) -> list[str]:
        page = lead.get(f"/handovers/{handover_id}").text
        return [act.label for act in Act if f">{act.label}<" in re.sub(r"\s*([<>])\s*", r"\1", page)]

    assert offered_acts(number) == ["Change the draft", "Take it back"]
    assert offered_acts(of_case) == ["Change the draft", "Offer it", "Take it back"]
    service.offer_handover(number, actor=desk, now=utc_now())
    assert offered_acts(number) == []
