"""Operations on cases and their money lines."""

from collections.abc import Callable
from typing import Any

import pytest
from flask.testing import FlaskClient
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from tests.conftest import NOW
from tests.response.conftest import roof_call
from tsalert.audit.queries import entries_about
from tsalert.cases.models import CaseFile, MoneyLine
from tsalert.core.actors import Actor
from tsalert.db import db
from tsalert.response import service as response
from tsalert.staff.rules import RoleName

CASES = "/api/v1/cases"
CASE = {"summary": "Gutter cleaning that became a new roof.", "category": "doorstep_crime", "kind": "roofing"}
PAID = {"kind": "paid", "amount": "4000", "evidence": "bank"}
Headers = dict[str, str]


@pytest.fixture
def token(bearer: Callable[..., Headers]) -> Headers:
    """A case officer's token."""
    return bearer(RoleName.CASE_OFFICER)


def test_a_case_is_opened_read_and_listed(client: FlaskClient, token: Headers) -> None:
    made = client.post(CASES, json=CASE, headers=token)
    assert made.status_code == 201
    case = made.json
    assert case is not None
    assert (case["status"], case["kind"]) == ("open", "roofing")
    assert client.get(f"{CASES}/{case['id']}", headers=token).json == case
    listed = client.get(f"{CASES}?category=doorstep_crime", headers=token).json
    assert listed is not None
    assert [item["reference"] for item in listed["items"]] == [case["reference"]]
    assert listed["next"] is None
    assert "victim_name" not in listed["items"][0]


def test_money_is_in_strings(client: FlaskClient, token: Headers, open_case: Callable[..., int]) -> None:
    case_id = open_case()
    line = client.post(f"{CASES}/{case_id}/money", json=PAID, headers=token)
    assert line.status_code == 201
    ledger = client.get(f"{CASES}/{case_id}/money", headers=token).json
    assert ledger is not None
    assert (ledger["items"][0]["amount"], ledger["detriment"], ledger["net_detriment"]) == ("4000.00",) * 3


def test_visits_and_superseded_entries_go_through_the_api(
    client: FlaskClient, token: Headers, open_case: Callable[..., int]
) -> None:
    case = f"{CASES}/{open_case()}"
    for line in (
        PAID | {"visit": 1},
        PAID | {"visit": 2},
        {"kind": "valuation", "amount": "500", "evidence": "valuer"},
    ):
        assert client.post(f"{case}/money", json=line, headers=token).status_code == 201
    ledger: Any = client.get(f"{case}/money", headers=token).json
    assert (ledger["visits"], ledger["prevented"]) == (2, "0.00")
    assert ledger["charge"] == "charged £8,000 for work worth £500 over 2 visits"
    first: Any = client.post(f"{case}/notes", json={"kind": "fact", "text": "A white van"}, headers=token).json
    empty = {"kind": "fact", "text": "A red van", "reason": ""}
    assert client.post(f"{case}/notes", json=empty, headers=token).status_code == 201
    later = {"kind": "fact", "text": "A blue van", "supersedes": first["id"]}
    refused: Any = client.post(f"{case}/notes", json=later, headers=token)
    assert (refused.status_code, list(refused.json["errors"])) == (422, ["reason"])
    assert client.post(f"{case}/notes", json=later | {"reason": "By day"}, headers=token).status_code == 201
    assert client.post(f"{case}/notes", json=later | {"reason": "By day"}, headers=token).status_code == 409
    told: Any = client.get(f"{case}/timeline?kind=log", headers=token).json
    assert [each["gone"] for each in told["items"]] == ["superseded by a later entry", None, None]


def test_a_case_is_noted_in_and_closed(client: FlaskClient, token: Headers, open_case: Callable[..., int]) -> None:
    case_id = open_case()
    note = client.post(f"{CASES}/{case_id}/notes", json={"kind": "fact", "text": "Two men"}, headers=token)
    assert note.status_code == 201
    step = {"status": "closed", "outcome": "no_offence"}
    assert client.post(f"{CASES}/{case_id}/progress", json=step, headers=token).json["status"] == "closed"  # type: ignore[index]
    again = client.post(f"{CASES}/{case_id}/money", json=PAID, headers=token)
    assert again.status_code == 409
    assert again.json["legal"] == ["reopen the case and give a reason"]  # type: ignore[index]


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        pytest.param({"colour": "red"}, "colour", id="a-field-that-is-none"),
        pytest.param({"summary": 7}, "summary", id="a-number-for-text"),
        pytest.param({"summary": None}, "summary", id="nothing-for-text"),
        pytest.param({"summary": "roof\x00"}, "summary", id="binary-in-text"),
        pytest.param({"category": []}, "category", id="a-list-for-a-word"),
        pytest.param({"category": "burglary"}, "category", id="a-category-that-is-none"),
        pytest.param({"category": None}, "category", id="no-category"),
        pytest.param({"opened_at": "2026-06-10T12:00:00"}, "opened_at", id="a-time-without-zone"),
        pytest.param({"opened_at": "2999-06-10T12:00:00Z"}, "opened_at", id="a-time-far-ahead"),
        pytest.param({"opened_at": "0001-01-01T00:00:00+14:00"}, "opened_at", id="a-time-before-all-time"),
        pytest.param({"incident_id": 2**63}, "incident_id", id="an-incident-beyond-all-numbers"),
        pytest.param({"officer_id": True}, "officer_id", id="a-boolean-for-a-number"),
        pytest.param({"chosen_for_vulnerability": "perhaps"}, "chosen_for_vulnerability", id="neither-yes-nor-no"),
        pytest.param({"ward_code": "E05000000"}, "ward_code", id="a-ward-that-is-none"),
    ],
)
def test_a_case_that_cannot_be_is_refused_by_name(
    client: FlaskClient, session: Session, token: Headers, changes: dict[str, Any], field: str
) -> None:
    refused = client.post(CASES, json=CASE | changes, headers=token)
    assert refused.status_code == 422
    assert refused.mimetype == "application/problem+json"
    assert field in refused.json["errors"]  # type: ignore[index]
    assert session.scalar(select(func.count()).select_from(CaseFile)) == 0


@pytest.mark.parametrize("amount", [4000, 0.1, "-1", "NaN", "Infinity", "1e500", "", None, ["1"], "0.001"])
def test_money_that_is_none_is_refused(
    client: FlaskClient, session: Session, token: Headers, open_case: Callable[..., int], amount: object
) -> None:
    refused = client.post(f"{CASES}/{open_case()}/money", json=PAID | {"amount": amount}, headers=token)
    assert refused.status_code == 422
    assert session.scalar(select(func.count()).select_from(MoneyLine)) == 0


@pytest.mark.parametrize("number", [0, 999_999, 2**31, 2**63, 10**30])
@pytest.mark.parametrize("path", ["", "/money"])
def test_a_case_that_is_none_is_not_found(client: FlaskClient, token: Headers, number: int, path: str) -> None:
    assert client.get(f"{CASES}/{number}{path}", headers=token).status_code == 404


def test_an_incident_that_is_none_opens_no_case(client: FlaskClient, token: Headers) -> None:
    assert client.post(CASES, json=CASE | {"incident_id": 999_999}, headers=token).status_code == 404


@pytest.mark.parametrize("query", ["after=x", "after=9223372036854775808", "status=asleep", "period=2022/24", "page=2"])
def test_a_list_asked_for_wrongly_is_refused(client: FlaskClient, token: Headers, query: str) -> None:
    assert client.get(f"{CASES}?{query}", headers=token).status_code == 422


def test_a_stranger_reads_nothing(client: FlaskClient, open_case: Callable[..., int]) -> None:
    assert client.get(f"{CASES}/{open_case()}").status_code == 401


@pytest.mark.parametrize("officer_id", [[], {}, [1], True, 1.5, "\u0663x"])
def test_an_officer_who_is_no_number_narrows_nothing_and_is_refused(
    client: FlaskClient, token: Headers, officer_id: Any
) -> None:
    answer = client.post(f"{CASES}/found", json={"officer_id": officer_id}, headers=token)
    assert (answer.status_code, list(answer.get_json()["errors"])) == (422, ["officer_id"])


def test_a_case_is_set_right_and_gets_the_incident_that_belongs_to_it(
    client: FlaskClient, token: Headers, open_case: Callable[..., int], officer: Callable[..., Actor]
) -> None:
    case = f"{CASES}/{open_case()}"
    amended: Any = client.put(case, json={"summary": "A roof that was never needed.", "kind": "roofing"}, headers=token)
    assert (amended.status_code, amended.json["summary"]) == (200, "A roof that was never needed.")
    assert client.put(case, json={"kind": "roofing"}, headers=token).status_code == 422
    reference = response.log_call(roof_call(), actor=officer(), now=NOW).incident_reference
    assert client.post(f"{case}/incidents", json={"incident": "INC-99999"}, headers=token).status_code == 422
    linked: Any = client.post(f"{case}/incidents", json={"incident": reference}, headers=token)
    assert linked.status_code == 200
    assert [each["reference"] for each in linked.json["items"]] == [reference]
    assert client.get(f"{case}/incidents", headers=token).json == linked.json


def test_an_incident_leads_to_its_case(
    client: FlaskClient, token: Headers, open_case: Callable[..., int], officer: Callable[..., Actor]
) -> None:
    call = response.log_call(roof_call(), actor=officer(), now=NOW)
    path = f"/api/v1/incidents/{call.incident_id}/case"
    assert client.get(path, headers=token).status_code == 404
    case_id = open_case(incident_id=call.incident_id)
    found: Any = client.get(path, headers=token)
    assert (found.status_code, found.json["id"]) == (200, case_id)
    assert entries_about(db.session(), "case", case_id)[-1].action == "read"
    assert client.get("/api/v1/incidents/9999/case", headers=token).status_code == 404
