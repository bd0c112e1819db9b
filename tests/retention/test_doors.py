"""Retention through pages and the API: who may do what, and what bad input is answered with."""

import re
from collections.abc import Callable
from datetime import timedelta

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select
from sqlalchemy.orm import Session

from tests.retention.conftest import CANARY, Desk, Story, advice_call, closed_case
from tsalert.audit.queries import entries_about
from tsalert.cases.models import CaseFile
from tsalert.core.actors import Actor
from tsalert.core.clock import utc_now
from tsalert.enforcement.models import Prosecution
from tsalert.evidence.models import Exhibit
from tsalert.handover.models import Handover
from tsalert.parties.models import Party
from tsalert.retention import continuing
from tsalert.retention.models import KeepingRule, LegalHold
from tsalert.savings.models import Intervention
from tsalert.staff.rules import RoleName

SignIn = Callable[..., FlaskClient]


@pytest.fixture
def manager(signed_in: SignIn) -> FlaskClient:
    """A manager's browser."""
    return signed_in(RoleName.MANAGER)


@pytest.fixture
def protection(signed_in: SignIn) -> FlaskClient:
    """The data protection officer's browser."""
    return signed_in(RoleName.DATA_PROTECTION_OFFICER)


@pytest.fixture
def case_id(officer: Callable[..., Actor]) -> int:
    """A case closed long ago."""
    return closed_case(officer(RoleName.CASE_OFFICER))


def test_a_list_is_made_approved_by_two_started_and_certified(
    session: Session, desk: Desk, manager: FlaskClient, protection: FlaskClient, case_id: int
) -> None:
    made = manager.post("/retention/runs")
    assert made.status_code == 303
    place = made.location
    shown = manager.get(place).text
    assert "Approve this list" in shown
    assert CANARY not in shown
    assert manager.post(f"{place}/approve").status_code == 303
    assert "Another person approves it too" in manager.get(place).text
    assert manager.post(f"{place}/start").status_code == 409
    assert protection.post(f"{place}/approve").status_code == 303
    assert manager.post(f"{place}/start").status_code == 303
    continuing.continue_runs(utc_now())
    certificate = manager.get(f"{place}/certificate")
    assert "Case without a prosecution" in certificate.text
    for kind in ("txt", "html"):
        file = manager.get(f"{place}/certificate.{kind}")
        assert file.headers["Content-Disposition"].endswith(f'certificate.{kind}"')
        assert "data protection officer" in file.text
        assert CANARY not in file.text
    session.expire_all()
    assert session.get_one(CaseFile, case_id).victim_name is None


def test_a_list_with_nothing_to_erase_is_offered_to_nobody_for_approval(
    session: Session, desk: Desk, manager: FlaskClient
) -> None:
    shown = manager.get(manager.post("/retention/runs").location).text
    assert "Nothing is due." in shown
    assert "Approve this list" not in shown
    assert "Throw this list away" in shown


def test_the_page_of_an_erased_record_says_so_and_still_works(
    session: Session, desk: Desk, signed_in: SignIn, officer: Callable[..., Actor], case_id: int
) -> None:
    call_id = advice_call(officer())
    run_id = desk.erase()
    browser = signed_in(RoleName.DUTY_OFFICER)
    for place in (f"/cases/{case_id}", f"/calls/{call_id}", f"/cases/{case_id}/timeline", f"/cases/{case_id}/evidence"):
        assert browser.get(place).status_code == 200
    assert f"retention run {run_id}" in browser.get(f"/cases/{case_id}").text
    assert f"retention run {run_id}" in browser.get(f"/calls/{call_id}").text


def test_every_page_of_a_case_still_opens_once_nobody_is_named_in_it(
    session: Session, desk: Desk, signed_in: SignIn, officer: Callable[..., Actor]
) -> None:
    story = Story(officer(RoleName.DUTY_OFFICER, RoleName.CASE_OFFICER), desk.manager)
    story.tell()
    desk.erase()
    browser = signed_in(RoleName.MANAGER)
    case, party = f"/cases/{story.case_id}", session.scalars(select(Party.id)).first()
    trial, hold = session.scalar(select(Prosecution.id)), session.scalar(select(LegalHold.id))
    exhibit, hand = session.scalar(select(Exhibit.id)), session.scalar(select(Handover.id))
    reference = session.scalar(select(Intervention.reference))
    places = (
        case, f"{case}/timeline", f"{case}/evidence", f"{case}/exhibits/{exhibit}", f"{case}/disclosure",
        f"{case}/enforcement", f"{case}/prosecutions/{trial}", f"/calls/{story.call_id}",
        f"/incidents/{story.incident_id}",
        f"/handovers/{hand}", f"/handovers/{hand}/pack", f"/parties/{party}", "/parties", "/cases", "/calls", "/units",
        "/units?show=all", "/interventions", f"/interventions/{reference}", f"/legal-holds/{hold}", "/incidents",
    )  # fmt: skip
    answers = {place: browser.get(place) for place in places}
    assert {place: answer.status_code for place, answer in answers.items() if answer.status_code >= 500} == {}
    assert [place for place, answer in answers.items() if CANARY.casefold() in answer.text.casefold()] == []
    assert {place for place, answer in answers.items() if answer.status_code == 404} == set()


def test_a_rule_is_proposed_and_the_data_protection_officer_approves_it(
    session: Session, manager: FlaskClient, protection: FlaskClient
) -> None:
    asked = {"kind": "case", "months": "84", "effective_from": "2026-01-01", "reason": "The schedule of 2026"}
    assert manager.post("/retention/rules", data=asked).status_code == 303
    rule = session.scalars(select(KeepingRule).where(KeepingRule.kind == "case", KeepingRule.version == 2)).one()
    assert manager.post(f"/retention/rules/{rule.id}/approve").status_code == 403
    assert protection.post(f"/retention/rules/{rule.id}/approve").status_code == 303
    assert "84 months, since 1 January 2026" in protection.get("/retention").text
    own = asked | {"months": "12"}
    assert protection.post("/retention/rules", data=own).status_code == 303
    rule = session.scalars(select(KeepingRule).where(KeepingRule.kind == "case", KeepingRule.version == 3)).one()
    assert protection.post(f"/retention/rules/{rule.id}/approve").status_code == 422


@pytest.mark.parametrize(
    ("typed", "said"),
    [
        ({"months": "0"}, "1 to 1,200"),
        ({"months": "many"}, "whole number"),
        ({"months": "9" * 30}, "1 to 1,200"),
        ({"kind": "everything"}, "Choose one from the list"),
        ({"effective_from": "31/12/26"}, "Enter a date"),
        ({"reason": ""}, "Say why"),
        ({"reason": "x" * 1001}, "1,000 characters"),
    ],
)
def test_a_rule_that_cannot_be_read_comes_back(manager: FlaskClient, typed: dict[str, str], said: str) -> None:
    asked = {"kind": "case", "months": "84", "effective_from": "2026-01-01", "reason": "The schedule of 2026"}
    answer = manager.post("/retention/rules", data=asked | typed)
    assert answer.status_code == 422
    assert said in answer.text


def test_a_record_is_held_by_an_officer_and_let_go_by_a_manager(
    session: Session, desk: Desk, signed_in: SignIn, manager: FlaskClient, case_id: int
) -> None:
    browser = signed_in(RoleName.CASE_OFFICER)
    reference = session.get_one(CaseFile, case_id).reference
    ahead = (utc_now() + timedelta(days=30)).date().isoformat()
    asked = {"record": reference.lower().replace("-", " "), "reason": "An appeal <script>", "review_on": ahead}
    made = browser.post("/legal-holds", data=asked)
    assert made.status_code == 303, made.text
    shown = browser.get(made.location).text
    assert "An appeal &lt;script&gt;" in shown
    assert f'href="/cases/{case_id}"' in shown
    assert "Legal hold" in browser.get(f"/cases/{case_id}").text
    assert "An appeal" not in browser.get("/legal-holds").text
    hold_id = int(re.findall(r"\d+$", made.location)[0])
    assert [entry.action for entry in entries_about(session, "legal hold", hold_id)] == ["read"]
    assert browser.post(f"{made.location}/lift", data={"reason": "Over"}).status_code == 403
    assert browser.post("/legal-holds", data=asked).status_code == 409
    assert manager.post(f"{made.location}/lift", data={"reason": ""}).status_code == 422
    assert manager.post(f"{made.location}/lift", data={"reason": "Over"}).status_code == 303


@pytest.mark.parametrize(
    "record",
    [
        "nothing",
        "party",
        "party 999999999999",
        "D26-99999-A",
        "'; DROP TABLE call",
        "party 0",
        "party \u00b2",
        "party \u0663",
    ],
)
def test_what_names_no_record_is_refused(manager: FlaskClient, record: str) -> None:
    asked = {"record": record, "reason": "An appeal", "review_on": "2027-01-01"}
    assert manager.post("/legal-holds", data=asked).status_code in {404, 422}


def test_those_without_the_office_see_nothing_of_it(signed_in: SignIn) -> None:
    browser = signed_in(RoleName.CASE_OFFICER)
    for place in ("/retention", "/retention/register", "/retention/rules/new", "/retention/runs/1"):
        assert browser.get(place).status_code == 403


def test_what_does_not_exist_is_not_found(manager: FlaskClient) -> None:
    for place in ("/retention/runs/404", "/retention/runs/99999999999/certificate", "/legal-holds/404"):
        assert manager.get(place).status_code == 404


def test_the_api_does_all_that_pages_do(
    session: Session, client: FlaskClient, bearer: Callable[..., dict[str, str]], desk: Desk, case_id: int
) -> None:
    manager, protection = bearer(RoleName.MANAGER), bearer(RoleName.DATA_PROTECTION_OFFICER)
    base, reference = "/api/v1/retention", session.get_one(CaseFile, case_id).reference
    rule = {"kind": "incident", "months": 60, "effective_from": "2026-01-01", "reason": "Shorter"}
    proposed = client.post(f"{base}/rules", json=rule, headers=manager)
    assert proposed.status_code == 201
    newest = proposed.get_json()["versions"][0]
    assert client.post(f"{base}/rules/{newest['id']}/approval", headers=protection).status_code == 204
    assert len(client.get(f"{base}/rules", headers=manager).get_json()["items"]) == 10
    ahead = (utc_now() + timedelta(days=30)).date().isoformat()
    held = {"record": reference, "reason": "An appeal", "review_on": ahead}
    hold = client.post("/api/v1/legal-holds", json=held, headers=manager).get_json()
    listed = client.get("/api/v1/legal-holds", headers=manager).get_json()["items"]
    assert [each["id"] for each in listed] == [hold["id"]]
    run = client.post(f"{base}/runs", headers=manager).get_json()
    (item,) = [
        each for each in client.get(f"{base}/runs/{run['id']}/records", headers=manager).get_json()["items"]
        if each["subject"] == "case"
    ]  # fmt: skip
    assert (item["state"], item["hold_id"]) == ("held", hold["id"])
    assert client.post(f"{base}/runs/{run['id']}/discard", headers=manager).get_json()["state"] == "discarded"
    lifted = client.post(f"/api/v1/legal-holds/{hold['id']}/lifting", json={"reason": "Over"}, headers=manager)
    assert lifted.get_json()["lift_reason"] == "Over"
    run = client.post(f"{base}/runs", headers=manager).get_json()
    place = f"{base}/runs/{run['id']}"
    assert client.get(f"{place}/certificate", headers=manager).status_code == 404
    for who in (manager, protection):
        assert client.post(f"{place}/approval", headers=who).status_code == 200
    assert client.post(f"{place}/start", headers=manager).get_json()["state"] == "running"
    continuing.continue_runs(utc_now())
    assert client.get(place, headers=manager).get_json()["state"] == "done"
    assert client.get(f"{place}/certificate", headers=manager).get_json()["certificate"]["run"] == run["id"]
    assert client.get(f"{base}/runs", headers=bearer(RoleName.CASE_OFFICER)).status_code == 403
