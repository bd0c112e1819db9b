"""Operations on alerts."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from flask.testing import FlaskClient
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from tests.alerts.conftest import settle
from tsalert.alerts import queries
from tsalert.alerts.models import Alert
from tsalert.delivery.models import Mailing
from tsalert.staff.rules import RoleName

ALERTS = "/api/v1/alerts"
Headers = dict[str, str]


def words(**changes: Any) -> dict[str, Any]:
    given = {
        "headline": "Roofers in Bickley",
        "body": "They *knock*.",
        "topic": "doorstep-crime",
        "channels": ["email", "sms"],
        "expires_at": (datetime.now(UTC) + timedelta(days=7)).isoformat(),
    }
    return given | changes


@pytest.fixture
def token(bearer: Callable[..., Headers]) -> Headers:
    return bearer()


@pytest.fixture
def other(bearer: Callable[..., Headers]) -> Headers:
    return bearer()


def make(client: FlaskClient, token: Headers, **changes: Any) -> Any:
    answer = client.post(ALERTS, json=words(**changes), headers=token)
    assert answer.status_code == 201, answer.text
    return answer.json


def test_an_alert_is_written_submitted_approved_and_followed(
    client: FlaskClient, session: Session, token: Headers, other: Headers, people: None
) -> None:
    made = make(client, token)
    place = f"{ALERTS}/{made['id']}"
    assert (made["status"], made["preview"]["reach"]) == ("draft", {"email": 2, "sms": 1})
    assert made["preview"]["sms_segments"] == 1
    assert made["steps"] == ["edit", "submit", "send alone"]
    assert client.post(f"{place}/submit", headers=token).json["status"] == "pending_approval"  # type: ignore[index]
    approved = client.post(f"{place}/approve", json={"digest": made["digest"]}, headers=other)
    assert approved.status_code == 200
    assert approved.json["status"] == "sending"  # type: ignore[index]
    progress = client.get(f"{place}/progress", headers=token).json
    assert progress is not None
    assert (progress["total"], progress["pending"], progress["channels"]["sms"]) == (3, 3, {"pending": 1})
    settle(session, queries.mailings_of(session, made["id"])[0], "accepted")
    progress = client.get(f"{place}/progress", headers=token).json
    assert progress is not None
    assert (progress["status"], progress["sent"], progress["pending"]) == ("completed", 3, 0)


def test_the_owner_of_a_token_cannot_approve_what_it_wrote(client: FlaskClient, token: Headers, people: None) -> None:
    made = make(client, token)
    client.post(f"{ALERTS}/{made['id']}/submit", headers=token)
    answer = client.post(f"{ALERTS}/{made['id']}/approve", json={"digest": made["digest"]}, headers=token)
    assert answer.status_code == 403
    assert answer.mimetype == "application/problem+json"


def test_an_approval_of_another_digest_is_a_conflict(
    client: FlaskClient, session: Session, token: Headers, other: Headers, people: None
) -> None:
    made = make(client, token)
    client.post(f"{ALERTS}/{made['id']}/submit", headers=token)
    answer = client.post(f"{ALERTS}/{made['id']}/approve", json={"digest": "0" * 64}, headers=other)
    assert answer.status_code == 409
    assert session.scalar(select(func.count()).select_from(Mailing)) == 0


def test_a_draft_cannot_be_approved_and_the_answer_says_what_can_be_done(
    client: FlaskClient, token: Headers, other: Headers, people: None
) -> None:
    made = make(client, token)
    answer = client.post(f"{ALERTS}/{made['id']}/approve", json={"digest": made["digest"]}, headers=other)
    assert answer.status_code == 409
    assert answer.json["legal"] == [  # type: ignore[index]
        "change its text or its audience",
        "submit it for approval",
        "send it without approval",
    ]


def test_alerts_are_listed_newest_first_in_pages(
    client: FlaskClient, token: Headers, people: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    made = [make(client, token)["reference"] for _ in range(queries.PAGE + 1)]
    first = client.get(ALERTS, headers=token).json
    assert first is not None
    rest = client.get(f"{ALERTS}?after={first['next']}", headers=token).json
    assert rest is not None
    assert [item["reference"] for item in [*first["items"], *rest["items"]]] == made[::-1]
    assert rest["next"] is None


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"colour": "red"}, "colour"),
        ({"headline": 5}, "headline"),
        ({"headline": "a\r\nBcc: b@example.org"}, "headline"),
        ({"body": "x" * 20_001}, "body"),
        ({"body": None}, "body"),
        ({"body": "<https://other.example>"}, "body"),
        ({"advice": "[Us](//other.example)"}, "advice"),
        ({"channels": "email"}, "channels"),
        ({"channels": []}, "channels"),
        ({"channels": ["pigeon"]}, "channels"),
        ({"wards": ["Nowhere"]}, "wards"),
        ({"wards": [1]}, "wards"),
        ({"wards": ["x"] * 201}, "wards"),
        ({"topic": "gardening"}, "topic"),
        ({"expires_at": "2027-01-01T10:00:00"}, "expires_at"),
        ({"expires_at": "2020-01-01T10:00:00Z"}, "expires_at"),
        ({"expires_at": 5}, "expires_at"),
        ({"case_id": 2**63}, "case_id"),
        ({"case_id": "x"}, "case_id"),
        ({"urgency": "panic"}, "urgency"),
    ],
    ids=str,
)
def test_what_is_wrong_is_named_and_nothing_is_kept(
    client: FlaskClient, session: Session, token: Headers, people: None, change: dict[str, Any], field: str
) -> None:
    answer = client.post(ALERTS, json=words(**change), headers=token)
    assert answer.status_code == 422
    assert answer.json is not None
    assert field in answer.json["errors"]
    assert session.scalar(select(func.count()).select_from(Alert)) == 0


@pytest.mark.parametrize("number", [0, 999999, 2**31, 2**63, 2**70])
@pytest.mark.parametrize("rest", ["", "/progress"])
def test_an_alert_that_does_not_exist_is_not_found(client: FlaskClient, token: Headers, number: int, rest: str) -> None:
    assert client.get(f"{ALERTS}/{number}{rest}", headers=token).status_code == 404


def test_progress_of_a_draft_is_not_found(client: FlaskClient, token: Headers, people: None) -> None:
    assert client.get(f"{ALERTS}/{make(client, token)['id']}/progress", headers=token).status_code == 404


@pytest.mark.parametrize("query", ["after=x", "after=0", f"after={2**63}", "colour=red"])
def test_a_query_that_is_wrong_is_refused(client: FlaskClient, token: Headers, query: str) -> None:
    assert client.get(f"{ALERTS}?{query}", headers=token).status_code == 422


def test_a_stranger_and_an_administrator_are_kept_out(client: FlaskClient, bearer: Callable[..., Headers]) -> None:
    assert client.get(ALERTS).status_code == 401
    assert client.get(ALERTS, headers=bearer(RoleName.ADMINISTRATOR)).status_code == 403
    assert client.post(ALERTS, json=words(), headers=bearer(RoleName.ADMINISTRATOR)).status_code == 403


def test_an_alert_is_held_let_go_on_and_withdrawn_by_programs(
    client: FlaskClient, session: Session, token: Headers, other: Headers, people: None
) -> None:
    made = make(client, token)
    place = f"{ALERTS}/{made['id']}"
    client.post(f"{place}/submit", headers=token)
    client.post(f"{place}/approve", json={"digest": made["digest"]}, headers=other)
    for step, status in (("pause", "paused"), ("resume", "sending")):
        assert client.post(f"{place}/{step}", headers=other).json["status"] == status  # type: ignore[index]
    assert client.get(place, headers=other).json["steps"] == ["pause", "withdraw"]  # type: ignore[index]
    settle(session, queries.mailings_of(session, made["id"])[0], "accepted")
    empty = client.post(f"{place}/withdraw", json={"reason": "Oh."}, headers=other)
    assert empty.status_code == 422
    told = {"reason": "The firm that we named had nothing to do with it."}
    withdrawn = client.post(f"{place}/withdraw", json=told, headers=other).json
    assert withdrawn is not None
    assert (withdrawn["status"], withdrawn["steps"]) == ("cancelled", [])
    assert withdrawn["withdrawn_because"] == told["reason"]
    assert client.post(f"{place}/withdraw", json=told, headers=other).status_code == 409
