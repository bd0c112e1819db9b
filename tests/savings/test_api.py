"""Operations on interventions, rates and explanations."""

from collections.abc import Callable
from typing import Any

import pytest
from flask.testing import FlaskClient

from tsalert.staff.rules import RoleName

ADDRESS = "/api/v1/interventions"
SCAM = {"type": "scam_victim", "on_date": "2022-05-03", "amount": "600.00", "money": "prevented", "evidence": "bank"}
Bearer = Callable[..., dict[str, str]]


def test_an_intervention_is_recorded_read_corrected_and_withdrawn(client: FlaskClient, bearer: Bearer) -> None:
    headers = bearer()
    made = client.post(ADDRESS, json=SCAM, headers=headers)
    assert made.status_code == 201, made.text
    body = made.get_json()
    assert (body["amount"], body["money"], body["version"]) == ("600.00", "prevented", 1)
    assert body["rate_set"] == "nts-observed-2021-22"
    assert [part["exact"] for part in body["contributions"]] == ["600.00", "324.0000"]
    address = f"{ADDRESS}/{body['reference']}"
    assert client.get(address, headers=headers).get_json() == body
    change = SCAM | {"amount": "650", "of_version": 1, "reason": "Bank letter"}
    corrected = client.post(f"{address}/corrections", json=change, headers=headers).get_json()
    assert (corrected["amount"], corrected["version"], corrected["reason"]) == ("650.00", 2, "Bank letter")
    assert client.post(f"{address}/corrections", json=change, headers=headers).status_code == 409
    gone = client.post(f"{address}/withdrawal", json={"of_version": 2, "reason": "Twice"}, headers=headers)
    assert gone.get_json()["is_withdrawn"] is True
    assert client.get(ADDRESS, headers=headers).get_json() == {"items": [], "next": None}


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        pytest.param({"amount": 600}, "amount", id="money-as-a-number"),
        pytest.param({"amount": 600.5}, "amount", id="money-as-a-float"),
        pytest.param({"amount": "-1"}, "amount", id="negative"),
        pytest.param({"amount": "1e400"}, "amount", id="absurd"),
        pytest.param({"units": 1.5}, "units", id="half-a-unit"),
        pytest.param({"units": True}, "units", id="true-is-no-number"),
        pytest.param({"units": "one"}, "units", id="word"),
        pytest.param({"case_id": 2**63}, "case_id", id="id-overflows"),
        pytest.param({"case_id": 999}, "case_id", id="no-such-case"),
        pytest.param({"incident_id": 999}, "incident_id", id="no-such-incident"),
        pytest.param({"on_date": "2022-05-03T10:00:00"}, "on_date", id="time-for-a-date"),
        pytest.param({"on_date": None}, "on_date", id="no-date"),
        pytest.param({"type": ["scam_victim"]}, "type", id="list-for-a-type"),
        pytest.param({"money": 5}, "money", id="number-for-a-class"),
        pytest.param({"note": "a\u0000b"}, "note", id="nul"),
        pytest.param({"verified_by": 1}, "verified_by", id="field-of-ours"),
    ],
)
def test_a_bad_request_is_a_problem_that_names_the_field(
    client: FlaskClient, bearer: Bearer, changes: dict[str, Any], field: str
) -> None:
    headers = bearer()
    answer = client.post(ADDRESS, json=SCAM | changes, headers=headers)
    assert answer.status_code == 422, answer.text
    assert answer.mimetype == "application/problem+json"
    assert field in answer.get_json()["errors"]
    assert client.get(ADDRESS, headers=headers).get_json()["items"] == []


@pytest.mark.parametrize("body", [b"", b"[]", b"{", b"\xff\xfe", b'"text"', b"null"])
def test_what_is_no_object_is_refused(client: FlaskClient, bearer: Bearer, body: bytes) -> None:
    headers = bearer() | {"Content-Type": "application/json"}
    assert client.post(ADDRESS, data=body, headers=headers).status_code in {400, 422}


def test_a_large_amount_is_verified_by_another_officer(client: FlaskClient, bearer: Bearer) -> None:
    first, second = bearer(), bearer()
    made = client.post(ADDRESS, json=SCAM | {"amount": "5000.01"}, headers=first).get_json()
    assert made["awaits_verifying"] is True
    address = f"{ADDRESS}/{made['reference']}/verification"
    assert client.post(address, json={"of_version": 1}, headers=first).status_code == 422
    assert client.post(address, json={"of_version": 1}, headers=second).get_json()["awaits_verifying"] is False


def test_a_figure_is_explained(client: FlaskClient, bearer: Bearer) -> None:
    headers = bearer()
    client.post(ADDRESS, json={"type": "call_blocker", "on_date": "2022-05-03", "units": 3}, headers=headers)
    query = {"period": "2022/23 Q1", "row": "call_blockers", "column": "financial"}
    answer = client.get("/api/v1/savings/explanation", query_string=query, headers=headers).get_json()
    assert answer["cell"] == {"exact": "49621.50", "shown": "49622", "is_incomplete": False}
    assert answer["lines"][0]["contribution"]["formula"] == "3 × £16,540.50 = £49,621.50 → £49,622"
    assert answer["lines"][0]["rate_set"] == "nts-observed-2021-22"
    assert len(answer["records"]) == 1
    assert answer["period"] == "2022/23 Q1"
    for wrong in ({"period": "2022"}, {"row": "cats"}, {"column": "cats"}, {"after": "S26-00099-X"}):
        status = client.get("/api/v1/savings/explanation", query_string=query | wrong, headers=headers).status_code
        assert status in {404, 422}


def test_rate_sets_are_read_by_all_and_continued_by_managers(client: FlaskClient, bearer: Bearer) -> None:
    headers = bearer()
    sets = client.get("/api/v1/savings/rate-sets", headers=headers).get_json()["items"]
    published = next(found for found in sets if found["slug"] == "nts-observed-2021-22")
    assert {rate["value"] for rate in published["rates"]} == {"1", "0.54", "16540.50", "23.09", "36.03"}
    address = "/api/v1/savings/rate-sets/nts-observed-2021-22"
    assert client.get(address, headers=headers).get_json() == published
    span = {"effective_from": "2023-04-01", "effective_to": None}
    assert client.post(f"{address}/continuations", json=span, headers=headers).status_code == 403
    made = client.post(f"{address}/continuations", json=span, headers=bearer(RoleName.MANAGER))
    assert made.status_code == 201
    assert made.get_json()["effective_from"] == "2023-04-01"


@pytest.mark.parametrize("path", ["interventions", "interventions/S26-00001-A", "savings/rate-sets"])
def test_a_stranger_is_asked_for_a_token(client: FlaskClient, path: str) -> None:
    answer = client.get(f"/api/v1/{path}")
    assert answer.status_code == 401
    assert answer.headers["WWW-Authenticate"] == "Bearer"


def test_what_does_not_exist_is_not_found(client: FlaskClient, bearer: Bearer) -> None:
    headers = bearer()
    for path in (
        "interventions/S26-00001-A",
        "interventions/9223372036854775808",
        "savings/rate-sets/none",
        "savings/rate-sets/%00",
    ):
        assert client.get(f"/api/v1/{path}", headers=headers).status_code == 404


@pytest.mark.parametrize("path", ["interventions?perod=2022/23", "savings/explanation?period=2022/23&rows=scams"])
def test_a_parameter_that_nobody_knows_is_refused(client: FlaskClient, bearer: Bearer, path: str) -> None:
    answer = client.get(f"/api/v1/{path}", headers=bearer())
    assert answer.status_code == 422
    assert "We do not know this field." in answer.get_json()["errors"].values()
