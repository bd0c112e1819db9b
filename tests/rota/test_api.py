"""Operations on the rota."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any
from urllib.parse import urlsplit

import pytest
from flask.testing import FlaskClient
from sqlalchemy.orm import Session

from tests.rota.conftest import identity, put_on_shift
from tests.rota.test_views import ahead
from tsalert.core.actors import Actor
from tsalert.core.clock import london_date, utc_now
from tsalert.rota.vocabulary import Duty
from tsalert.staff.rules import RoleName

Headers = dict[str, str]


@pytest.fixture
def planner(bearer: Callable[..., Headers]) -> Headers:
    return bearer(RoleName.MANAGER)


@pytest.fixture
def desk(bearer: Callable[..., Headers]) -> Headers:
    return bearer(RoleName.DUTY_OFFICER)


@pytest.fixture
def robin(standby: Callable[..., Actor]) -> int:
    return identity(standby("Robin"))


def shift_of(officer_id: int, **changes: Any) -> dict[str, Any]:
    told = {"duty": "primary", "officer_id": officer_id}
    return told | {"starts_at": ahead(20).isoformat(), "ends_at": ahead(30).isoformat()} | changes


def test_a_shift_is_added_given_and_cancelled(
    client: FlaskClient, planner: Headers, robin: int, standby: Callable[..., Actor]
) -> None:
    added = client.post("/api/v1/rota/shifts", json=shift_of(robin), headers=planner)
    assert added.status_code == 201, added.text
    path = f"/api/v1/rota/shifts/{added.get_json()['id']}"
    gift = {"officer_id": identity(standby("Ash")), "reason": "Wedding", "ends_at": ahead(25).isoformat()}
    given = client.post(f"{path}/give", json=gift, headers=planner).get_json()
    assert (given["officer_id"], given["is_swapped"]) == (gift["officer_id"], True)
    assert client.post(f"{path}/cancel", json={"reason": "Flu"}, headers=planner).get_json()["is_cancelled"] is True
    listed = client.get(
        "/api/v1/rota/shifts",
        query_string={"since": ahead(0).isoformat(), "until": ahead(40).isoformat()},
        headers=planner,
    ).get_json()
    assert len(listed["items"]) == 2


def test_an_overlap_is_a_problem_that_names_the_other_shift(client: FlaskClient, planner: Headers, robin: int) -> None:
    client.post("/api/v1/rota/shifts", json=shift_of(robin), headers=planner)
    answer = client.post("/api/v1/rota/shifts", json=shift_of(robin), headers=planner)
    assert answer.status_code == 422
    assert "Robin, On duty" in answer.get_json()["detail"]


def test_who_is_on_duty_comes_with_mobiles_for_planners_alone(
    client: FlaskClient, session: Session, planner: Headers, desk: Headers, robin: int
) -> None:
    put_on_shift(session, robin, Duty.PRIMARY, ahead(-2), ahead(2))
    asked = [client.get("/api/v1/rota/on-duty", headers=headers).get_json() for headers in (planner, desk)]
    assert [each["items"][0]["name"] for each in asked] == ["Robin", "Robin"]
    assert asked[0]["items"][0]["mobile"].startswith("+447700900")
    assert asked[1]["items"][0]["mobile"] is None
    assert asked[0]["next_change_at"] == asked[0]["items"][0]["until"]
    past = {"at": (utc_now() - timedelta(days=400)).isoformat()}
    assert client.get("/api/v1/rota/on-duty", query_string=past, headers=desk).get_json()["items"] == []


def test_patterns_are_added_changed_ended_and_listed(client: FlaskClient, planner: Headers, robin: int) -> None:
    today = london_date(utc_now())
    told = {
        "duty": "backup",
        "officer_id": robin,
        "weekdays": [0, 6, 6],
        "starts": "22:00",
        "ends": "06:30",
        "effective_from": str(today),
    }
    added = client.post("/api/v1/rota/patterns", json=told, headers=planner)
    assert added.status_code == 201, added.text
    assert (added.get_json()["weekdays"], added.get_json()["ends"]) == ([0, 6], "06:30")
    path = f"/api/v1/rota/patterns/{added.get_json()['id']}"
    changed = client.post(f"{path}/change", json=told | {"ends": "07:00"}, headers=planner).get_json()
    assert client.post(f"{path}/end", json={"last_day": str(today)}, headers=planner).status_code == 409
    listed = client.get("/api/v1/rota/patterns", headers=planner).get_json()["items"]
    assert [each["id"] for each in listed] == [changed["id"]]
    other = f"/api/v1/rota/patterns/{changed['id']}"
    assert client.post(f"{other}/end", json={"last_day": str(today)}, headers=planner).get_json()["effective_until"]


def test_leave_is_recorded_listed_and_cancelled(client: FlaskClient, planner: Headers, robin: int) -> None:
    day = str(london_date(ahead(72)))
    told = {"officer_id": robin, "first_day": day, "last_day": day}
    added = client.post("/api/v1/rota/leave", json=told, headers=planner)
    assert added.status_code == 201
    assert client.get("/api/v1/rota/leave", headers=planner).get_json()["items"] == [added.get_json()]
    assert client.post(f"/api/v1/rota/leave/{added.get_json()['id']}/cancel", headers=planner).status_code == 204
    assert client.get("/api/v1/rota/leave", headers=planner).get_json()["items"] == []


def test_gaps_are_listed(client: FlaskClient, session: Session, desk: Headers, robin: int) -> None:
    put_on_shift(session, robin, Duty.PRIMARY, ahead(-2), ahead(2))
    found = client.get("/api/v1/rota/gaps", headers=desk).get_json()["items"]
    assert [each["duty"] for each in found] == ["backup", "manager", "primary"]


def test_a_mobile_asks_for_a_real_number_outside_a_demonstration(client: FlaskClient, desk: Headers) -> None:
    answer = client.post("/api/v1/rota/mobile", json={"phone": "07700 900123"}, headers=desk)
    assert answer.status_code == 422
    assert client.post("/api/v1/rota/mobile/code", json={"code": "000000"}, headers=desk).status_code == 422


@pytest.mark.parametrize("sent", [[], "123456", {"code": 123456}, {"code": None}])
def test_a_code_of_another_shape_is_refused_in_words(client: FlaskClient, desk: Headers, sent: object) -> None:
    assert client.post("/api/v1/rota/mobile/code", json=sent, headers=desk).status_code == 422


def test_a_planner_takes_a_mobile_away_and_a_colleague_may_not(
    client: FlaskClient, planner: Headers, desk: Headers, robin: int
) -> None:
    path = f"/api/v1/rota/officers/{robin}/mobile"
    assert [client.delete(path, headers=each).status_code for each in (desk, planner, planner)] == [403, 204, 409]


@pytest.mark.parametrize(
    ("method", "path", "body"),
    [
        ("get", "shifts?since=2026-01-01T00:00:00Z&until=2027-01-01T00:00:00Z", None),
        ("get", "shifts?since=2026-01-02T00:00:00Z&until=2026-01-01T00:00:00Z", None),
        ("get", "shifts", None),
        ("get", "on-duty?at=2026-01-01T00:00:00", None),
        ("post", "shifts", {}),
        ("post", "shifts", {"duty": "primary", "officer_id": 2**40, "ends_at": "2030-01-01T00:00:00Z"}),
        ("post", "patterns", {"weekdays": "all"}),
        ("post", "leave", {"officer_id": 1, "first_day": "x", "last_day": "2026-01-01"}),
    ],
)
def test_what_is_malformed_is_refused(
    client: FlaskClient, planner: Headers, method: str, path: str, body: object
) -> None:
    answer = client.open(f"/api/v1/rota/{path}", method=method.upper(), json=body, headers=planner)
    assert answer.status_code == 422


@pytest.mark.parametrize("number", [404, 2**31, 2**63])
def test_what_does_not_exist_is_not_found(client: FlaskClient, planner: Headers, number: int) -> None:
    for path in ("shifts/{}/cancel", "shifts/{}/give", "leave/{}/cancel", "patterns/{}/end"):
        body = {
            "shifts/{}/cancel": {"reason": "x"},
            "shifts/{}/give": {"reason": "x", "officer_id": 1},
            "patterns/{}/end": {"last_day": "2099-01-01"},
        }.get(path)
        answer = client.post(f"/api/v1/rota/{path.format(number)}", json=body, headers=planner)
        assert answer.status_code == 404, path


def test_an_officer_may_read_and_not_change(client: FlaskClient, desk: Headers, robin: int) -> None:
    assert client.post("/api/v1/rota/shifts", json=shift_of(robin), headers=desk).status_code == 403
    assert client.get("/api/v1/rota/leave", headers=desk).status_code == 403


def test_an_officers_calendar_address_is_made_told_once_and_closed(client: FlaskClient, desk: Headers) -> None:
    path = "/api/v1/rota/calendar"
    assert client.get(path, headers=desk).get_json() == {"since": None}
    made = client.post(path, headers=desk)
    assert made.status_code == 201
    address = urlsplit(made.get_json()["address"]).path
    assert client.get(address).mimetype == "text/calendar"
    assert set(client.get(path, headers=desk).get_json()) == {"since"}
    assert client.delete(path, headers=desk).status_code == 204
    assert client.get(address).status_code == 404
    assert client.delete(path, headers=desk).status_code == 409


def test_a_mobile_is_seen_by_those_who_plan_and_by_its_owner(
    client: FlaskClient, session: Session, planner: Headers, desk: Headers, robin: int
) -> None:
    now = utc_now()
    put_on_shift(session, robin, Duty.PRIMARY, now + timedelta(hours=1), now + timedelta(hours=9))
    listed: Any = client.get("/api/v1/rota/officers", headers=planner).json
    mobile = next(each["mobile"] for each in listed["items"] if each["officer_id"] == robin)
    assert mobile.startswith("+447700900")
    place = f"/api/v1/rota/officers/{robin}"
    seen = [client.get(place, headers=each).json for each in (planner, desk)]
    assert [each["mobile"] for each in seen] == [mobile, None]  # type: ignore[index]
    assert [each["shifts"][0]["is_stood"] for each in seen] == [True, True]  # type: ignore[index]
    own: Any = client.get("/api/v1/rota/own", headers=desk).json
    assert (own["mobile"], own["shifts"], own["calendar_since"]) == (None, [], None)
