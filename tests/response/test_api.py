"""Calls and incidents through the API."""

from collections.abc import Callable
from typing import Any

import pytest
from flask.testing import FlaskClient
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from tsalert.response.models import Call, Incident
from tsalert.staff.rules import RoleName

CALL: dict[str, Any] = {
    "disposition": "new_incident",
    "category": "doorstep_crime",
    "kind": "roofing",
    "happening": "Men on the roof want cash",
    "address": "1 Example Road",
    "postcode": "br13uh",
    "is_trader_on_site": True,
    "is_vulnerable": True,
    "money_state": "agreed",
    "money_amount": "4,000",
}


@pytest.fixture
def head(bearer: Callable[..., dict[str, str]]) -> dict[str, str]:
    return bearer(RoleName.DUTY_OFFICER)


def test_a_call_is_logged_and_its_incident_run_to_its_end(client: FlaskClient, head: dict[str, str]) -> None:
    made = client.post("/api/v1/calls", json=CALL, headers=head)
    assert made.status_code == 201
    assert (made.get_json()["money_amount"], made.get_json()["postcode"]) == ("4000.00", "BR1 3UH")
    path = f"/api/v1/incidents/{made.get_json()['incident_id']}"
    shown = client.get(path, headers=head).get_json()
    assert (shown["state"], shown["grade"], shown["clock"]["state"]) == ("triaged", "immediate", "running")
    assert 7100 < shown["clock"]["remaining_seconds"] <= 7200
    for step in ("en_route", "on_scene", "cleared"):
        shown = client.post(f"{path}/milestones", json={"step": step}, headers=head).get_json()
    assert (shown["state"], shown["clock"]["state"]) == ("cleared", "met")
    refused = client.post(f"{path}/close", headers=head)
    assert refused.status_code == 409
    assert "Record the outcome" in refused.get_json()["legal"]
    client.post(f"{path}/outcome", json={"outcome": "trader_sent_away"}, headers=head)
    closed = client.post(f"{path}/close", headers=head).get_json()
    assert (closed["state"], closed["legal_steps"]) == ("closed", ["reopened"])
    reopened = client.post(f"{path}/reopen", json={"reason": "He came back"}, headers=head).get_json()
    assert (reopened["state"], reopened["clock"]["state"]) == ("reopened", "running")


def test_an_incident_is_graded_resolved_stood_down_and_handed_over(client: FlaskClient, head: dict[str, str]) -> None:
    def incident(**changes: Any) -> str:
        made = client.post("/api/v1/calls", json=CALL | changes, headers=head).get_json()
        return f"/api/v1/incidents/{made['incident_id']}"

    later = incident(grade="later")
    assert client.get(later, headers=head).get_json()["grade"] is None
    assert client.post(f"{later}/grade", json={"grade": "immediate"}, headers=head).get_json()["grade"] == "immediate"
    resolved = client.post(f"{incident()}/remote-resolution", json={"how": "bank_stopped_payment"}, headers=head)
    assert resolved.get_json()["clock"]["state"] == "met"
    stood = client.post(f"{incident()}/stand-down", json={"reason": "withdrawn"}, headers=head)
    assert stood.get_json()["clock"]["state"] == "not applicable"
    handed = client.post(f"{incident()}/handover", json={"accepted_by": "Otherborough"}, headers=head)
    assert handed.get_json()["state"] == "handed_over"


def test_lists_are_paged_by_the_last_id(client: FlaskClient, head: dict[str, str]) -> None:
    for _ in range(3):
        client.post("/api/v1/calls", json=CALL, headers=head)
    for path in ("/api/v1/calls", "/api/v1/incidents"):
        page = client.get(f"{path}?limit=2", headers=head).get_json()
        rest = client.get(f"{path}?limit=2&after={page['next']}", headers=head).get_json()
        assert [len(page["items"]), len(rest["items"]), rest["next"]] == [2, 1, None]


@pytest.mark.parametrize(
    ("change", "field"),
    [
        pytest.param({"surprise": 1}, "surprise", id="unknown-field"),
        pytest.param({"disposition": "eaten"}, "disposition", id="unknown-word"),
        pytest.param({"disposition": 5}, "disposition", id="number-for-a-word"),
        pytest.param({"is_vulnerable": "perhaps"}, "is_vulnerable", id="neither-yes-nor-no"),
        pytest.param({"happening": ["roof"]}, "happening", id="list-for-text"),
        pytest.param({"happening": "a\x00b"}, "happening", id="binary-in-text"),
        pytest.param({"happening": "x" * 4001}, "happening", id="too-much-text"),
        pytest.param({"address": "1 Example Road\r\nBcc: x"}, "address", id="new-line-in-an-address"),
        pytest.param({"postcode": "NOWHERE"}, "postcode", id="no-postcode"),
        pytest.param({"ward_code": "E05999999"}, "ward_code", id="no-such-ward"),
        pytest.param({"money_amount": "-1"}, "money_amount", id="negative-money"),
        pytest.param({"money_amount": "9" * 30}, "money_amount", id="absurd-money"),
        pytest.param({"money_amount": 4000}, "money_amount", id="money-as-a-number"),
        pytest.param({"money_amount": "4.005"}, "money_amount", id="part-of-a-penny"),
        pytest.param({"claimed_at": "2026-06-10T12:00:00"}, "claimed_at", id="time-without-a-zone"),
        pytest.param({"claimed_at": "2200-01-01T00:00:00Z"}, "claimed_at", id="time-to-come"),
        pytest.param({"claimed_at": "yesterday"}, "claimed_at", id="no-time"),
        pytest.param({"claimed_at": "0001-01-01T00:00:00+14:00"}, "claimed_at", id="before-time"),
        pytest.param({"category": None}, "category", id="no-category"),
        pytest.param({"grade": "none"}, "grade_reason", id="overruled-without-a-reason"),
        pytest.param({"grade": "soon"}, "grade", id="no-such-grade"),
        pytest.param({"disposition": "added_to_incident"}, "disposition", id="added-and-new-at-once"),
        pytest.param({"incident": "R26-00001-A"}, "incident", id="new-and-added-at-once"),
        pytest.param({"happening": " "}, "happening", id="nothing-happening"),
    ],
)
def test_a_bad_call_is_refused_by_the_field_and_leaves_nothing(
    client: FlaskClient, session: Session, head: dict[str, str], change: dict[str, Any], field: str
) -> None:
    answer = client.post("/api/v1/calls", json=CALL | change, headers=head)
    assert answer.status_code == 422, answer.text
    assert field in answer.get_json()["errors"]
    for table in (Call, Incident):
        assert session.scalar(select(func.count()).select_from(table)) == 0


@pytest.mark.parametrize("number", ["0", "404", str(2**31), str(2**63), "9" * 30])
def test_what_does_not_exist_is_not_found(client: FlaskClient, head: dict[str, str], number: str) -> None:
    for path in (f"/api/v1/calls/{number}", f"/api/v1/incidents/{number}"):
        assert client.get(path, headers=head).status_code == 404
    answer = client.post(f"/api/v1/incidents/{number}/milestones", json={"step": "on_scene"}, headers=head)
    assert answer.status_code == 404


@pytest.mark.parametrize("query", ["limit=0", "limit=201", "limit=x", "after=-1", f"after={2**63}", "other=1"])
def test_a_list_asked_for_wrongly_is_refused(client: FlaskClient, head: dict[str, str], query: str) -> None:
    assert client.get(f"/api/v1/calls?{query}", headers=head).status_code == 422


@pytest.mark.parametrize(
    ("body", "field"),
    [
        pytest.param({"step": "closed"}, "step", id="a-step-that-is-no-milestone"),
        pytest.param({"step": "on_scene", "officer_id": 2**63}, "officer_id", id="officer-beyond-any"),
        pytest.param({"step": "on_scene", "officer_id": 40404}, "officer_id", id="officer-unknown"),
        pytest.param({"step": "on_scene", "at": "2200-01-01T00:00:00Z"}, "at", id="to-come"),
        pytest.param({"step": "on_scene", "at": "2020-01-01T00:00:00Z"}, "at", id="before-the-call"),
        pytest.param({}, "step", id="nothing"),
    ],
)
def test_a_bad_milestone_is_refused(
    client: FlaskClient, head: dict[str, str], body: dict[str, Any], field: str
) -> None:
    made = client.post("/api/v1/calls", json=CALL, headers=head).get_json()
    answer = client.post(f"/api/v1/incidents/{made['incident_id']}/milestones", json=body, headers=head)
    assert answer.status_code == 422
    assert field in answer.get_json()["errors"]


def test_an_administrator_reads_no_call(client: FlaskClient, bearer: Callable[..., dict[str, str]]) -> None:
    head = bearer(RoleName.ADMINISTRATOR)
    assert client.get("/api/v1/calls", headers=head).status_code == 403
    assert client.post("/api/v1/calls", json=CALL, headers=head).status_code == 403
    assert client.get("/api/v1/incidents/1").status_code == 401


def test_the_board_is_returned_without_anything_of_the_people(client: FlaskClient, head: dict[str, str]) -> None:
    made = client.post("/api/v1/calls", json=CALL, headers=head).get_json()
    path = f"/api/v1/incidents/{made['incident_id']}"
    client.post(f"{path}/milestones", json={"step": "en_route"}, headers=head)
    answer = client.get("/api/v1/board", headers=head)
    (line,) = answer.get_json()["items"]
    assert (line["grade"], line["state"], line["urgency"], line["clock"]["state"]) == (
        "immediate", "en_route", "running", "running"
    )  # fmt: skip
    assert [officer["on_scene_at"] for officer in line["officers"]] == [None]
    assert answer.get_json()["on_duty"] == []
    assert "1 Example Road" not in answer.text
