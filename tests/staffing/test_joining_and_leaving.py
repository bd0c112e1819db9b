"""Joiners, movers and leavers: by page and interface, with a reason, in the trail, and at once."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
import time_machine
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select
from sqlalchemy.orm import Session

from tests.cases.conftest import described
from tests.conftest import NOW, PASSWORD
from tsalert.audit.models import AuditEvent
from tsalert.cases import queries as case_queries
from tsalert.cases import service as cases
from tsalert.core.actors import Via
from tsalert.core.clock import london_date, utc_now
from tsalert.db import db
from tsalert.delivery.models import Mailing
from tsalert.rota import calendars
from tsalert.staff import queries, service
from tsalert.staff.models import Officer
from tsalert.staff.rules import RoleName

SignIn = Callable[..., FlaskClient]
LEE = "lee@example.org"
WHY = "Takes up the post of duty officer."


@pytest.fixture
def lee(session: Session) -> int:
    return service.create_officer(LEE, name="Lee Example", roles=[RoleName.DUTY_OFFICER], password=PASSWORD, now=NOW)


@pytest.fixture
def administrator(signed_in: SignIn) -> FlaskClient:
    return signed_in(RoleName.ADMINISTRATOR, name="Ada Example")


def as_lee(app: Flask) -> FlaskClient:
    browser = app.test_client()
    browser.post("/sign-in", data={"email": LEE, "password": PASSWORD})
    return browser


def roles_of(email: str = LEE) -> set[str]:
    db.session.expire_all()
    return {role.name for role in queries.get_officer(db.session(), email).roles}


def test_somebody_is_invited_by_a_mail_without_a_password(administrator: FlaskClient) -> None:
    told = {"name": "Jo Example", "email": "Jo@example.org", "roles": ["duty_officer", "case_officer"], "reason": WHY}
    made = administrator.post("/staff", data=told, follow_redirects=True)
    assert "Jo Example is invited" in made.text
    assert "Invited, has not signed in yet" in made.text
    assert WHY in made.text
    assert (queries.get_officer(db.session(), "jo@example.org").password, roles_of("jo@example.org")) == (
        None,
        {"duty_officer", "case_officer"},
    )
    mail = db.session.scalars(select(Mailing.text)).one()
    assert "http://127.0.0.1:8000/sign-in" in str(mail)


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"email": "no address"}, "email address"),
        ({"roles": []}, "Choose at least one role"),
        ({"roles": ["king"]}, "Choose one from the list"),
        ({"reason": "short"}, "at least 10 characters"),
        ({"email": LEE}, "already an officer"),
    ],
)
def test_an_invitation_that_is_wrong_comes_back_with_all_that_was_typed(
    administrator: FlaskClient, lee: int, changes: dict[str, Any], said: str
) -> None:
    told = {"name": "Jo Example", "email": "jo@example.org", "roles": ["duty_officer"], "reason": WHY, **changes}
    refused = administrator.post("/staff", data=told)
    assert refused.status_code == 422
    assert said in refused.text
    assert "Jo Example" in refused.text


def test_a_role_is_given_until_a_day_and_counts_no_second_longer(
    app: Flask, administrator: FlaskClient, lee: int
) -> None:
    today = london_date(utc_now())
    given = {"role": "manager", "last_day": today.isoformat(), "reason": "Stands in while Mo is on leave."}
    page = administrator.post(f"/staff/{lee}/roles", data=given, follow_redirects=True)
    assert "Manager, to the end of" in page.text
    token = service.issue_token(LEE, now=utc_now())
    assert as_lee(app).get("/access").status_code == 200
    with time_machine.travel(datetime.now(UTC) + timedelta(hours=26)):
        assert roles_of() == {"duty_officer"}
        head = {"Authorization": f"Bearer {token}"}
        assert app.test_client().get("/api/v1/access/grants", headers=head).status_code == 403
        assert as_lee(app).get("/access").status_code == 403


def test_a_role_that_is_given_for_a_while_keeps_nobody_else_from_going(
    administrator: FlaskClient, signed_in: SignIn, lee: int
) -> None:
    manager = signed_in(RoleName.MANAGER, name="Mo Example")
    mo = db.session.scalars(select(Officer.id).where(Officer.name == "Mo Example")).one()
    today = london_date(utc_now()).isoformat()
    administrator.post(f"/staff/{lee}/roles", data={"role": "manager", "last_day": today, "reason": WHY})
    refused = administrator.post(f"/staff/{mo}/ended", data={"reason": "Has left the council."})
    assert refused.status_code == 422
    assert "the last active manager" in refused.text
    assert "Has left the council." in refused.text
    shortened = {"role": "manager", "last_day": today, "reason": WHY}
    assert "the last active manager" in administrator.post(f"/staff/{mo}/roles", data=shortened).text
    assert manager.get("/board").status_code == 200


def test_nobody_gives_a_role_to_themselves(administrator: FlaskClient) -> None:
    ada = db.session.scalars(select(Officer.id).where(Officer.name == "Ada Example")).one()
    refused = administrator.post(f"/staff/{ada}/roles", data={"role": "manager", "reason": WHY})
    assert refused.status_code == 422
    assert "Nobody can give roles to themselves" in refused.text
    assert "the last active administrator" in administrator.post(f"/staff/{ada}/ended", data={"reason": WHY}).text


def test_a_change_without_a_reason_is_none(administrator: FlaskClient, lee: int) -> None:
    for path, told in (("roles", {"role": "manager"}), ("roles/taken", {"role": "duty_officer"}), ("ended", {})):
        assert administrator.post(f"/staff/{lee}/{path}", data=told).status_code == 422
    assert roles_of() == {"duty_officer"}


def test_a_leaver_is_out_at_once_and_what_they_held_is_listed(
    app: Flask, administrator: FlaskClient, signed_in: SignIn, lee: int
) -> None:
    browser, token = as_lee(app), service.issue_token(LEE, now=utc_now())
    actor = queries.actor_of(queries.get_officer(db.session(), LEE), Via.PAGE)
    calendar = calendars.renew_link(actor=actor, now=utc_now())
    case_id = cases.open_case(described(), actor=actor, now=NOW)
    reference = case_queries.references(db.session(), [case_id])[case_id]
    ended = administrator.post(f"/staff/{lee}/ended", data={"reason": "Has left the council."}, follow_redirects=True)
    assert reference in ended.text
    assert browser.get("/board").status_code == 303
    assert app.test_client().get("/api/v1/board", headers={"Authorization": f"Bearer {token}"}).status_code == 401
    assert app.test_client().get(f"/rota/calendar/{calendar}.ics").status_code == 404
    assert as_lee(app).get("/board").status_code == 303
    assert reference in signed_in(RoleName.MANAGER).get("/staff/to-hand-on").text
    assert "ended" in db.session.scalars(select(AuditEvent.action)).all()
    administrator.post(f"/staff/{lee}/activated", data={"reason": "Has come back."})
    assert calendars.link_since(db.session(), lee) is None
    assert as_lee(app).get("/board").status_code == 303
    assert queries.get_officer(db.session(), LEE).password is None


def test_all_of_it_can_be_done_through_the_interface(
    client: FlaskClient, bearer: Callable[..., dict[str, str]], lee: int
) -> None:
    head, path = bearer(RoleName.ADMINISTRATOR), "/api/v1/staff"
    told = {"name": "Jo", "email": "jo@example.org", "roles": ["duty_officer"], "reason": WHY}
    made = client.post(path, json=told, headers=head)
    assert (made.status_code, made.get_json()["standing"]) == (201, "invited")
    given = {"role": "case_officer", "last_day": london_date(utc_now()).isoformat(), "reason": WHY}
    assert client.post(f"{path}/{lee}/roles", json=given, headers=head).get_json()["roles"][0]["until"]
    taken = {"role": "case_officer", "reason": WHY}
    assert len(client.post(f"{path}/{lee}/roles/taken", json=taken, headers=head).get_json()["roles"]) == 1
    why = {"reason": WHY}
    for step, standing in (("suspended", "suspended"), ("activated", "active"), ("ended", "ended")):
        assert client.post(f"{path}/{lee}/{step}", json=why, headers=head).get_json()["standing"] == standing
    found = client.get(f"{path}/{lee}", headers=head).get_json()
    assert [each["what"] for each in found["changes"]][:3] == ["ended", "activated", "suspended"]
    assert client.post(f"{path}/{lee}/unlinked", json=why, headers=head).status_code == 422
    assert client.get(f"{path}/to-hand-on", headers=head).get_json() == {"items": [], "next": None}
    assert len(client.get(path, headers=head).get_json()["items"]) == 3
    assert client.get(path, headers=bearer(RoleName.MANAGER)).status_code == 403


def test_an_account_that_has_ended_does_not_end_again(administrator: FlaskClient, lee: int) -> None:
    for said in ("has ended. What they held", "has ended already"):
        answer = administrator.post(f"/staff/{lee}/ended", data={"reason": WHY}, follow_redirects=True)
        assert said in answer.text
