"""An immediate call that says neither where nor how to ring back is asked for it once, and never held up."""

import re
from collections.abc import Callable

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select
from sqlalchemy.orm import Session

from tests.telephone.conftest import call_in
from tsalert.core.clock import utc_now
from tsalert.response.models import Call
from tsalert.response.opening import seal_opening
from tsalert.staff.rules import RoleName

IMMEDIATE = {
    "disposition": "new_incident",
    "category": "doorstep_crime",
    "happening": "Men on the roof",
    "has_threat": "yes",
    "grade": "proposed",
}
ASKED = "Where shall the officer go?"


@pytest.fixture
def desk(signed_in: Callable[..., FlaskClient]) -> FlaskClient:
    return signed_in(RoleName.DUTY_OFFICER)


def told(**changes: str) -> dict[str, str]:
    return {"opened": seal_opening(utc_now())} | IMMEDIATE | changes


def calls(session: Session) -> list[Call]:
    return list(session.scalars(select(Call)))


def test_it_is_asked_once_and_saved_without_the_second_time(session: Session, desk: FlaskClient) -> None:
    form = told()
    asked = desk.post("/calls", data=form)
    assert asked.status_code == 422
    assert ASKED in asked.text
    assert "How can we ring back?" in asked.text
    assert "Save it without" in asked.text
    assert "Men on the roof" in asked.text
    assert calls(session) == []
    hidden = dict(re.findall(r'name="(opened|was_asked_where)" value="([^"]+)"', asked.text))
    assert hidden == {"opened": form["opened"], "was_asked_where": "yes"}
    assert desk.post("/calls", data=form | hidden).status_code == 303
    assert len(calls(session)) == 1


def test_another_fault_after_the_question_does_not_bring_the_question_back(session: Session, desk: FlaskClient) -> None:
    form = told(was_asked_where="yes", grade="none")
    refused = desk.post("/calls", data=form)
    assert (refused.status_code, ASKED in refused.text) == (422, False)
    assert 'name="was_asked_where" value="yes"' in refused.text
    assert "Save it without" not in refused.text


@pytest.mark.parametrize(
    "way", [{"address": "1 Example Road"}, {"postcode": "BR1 3UH"}, {"phone": "07700 900123"}, {"phone": "next door"}]
)
def test_one_way_is_enough(desk: FlaskClient, way: dict[str, str]) -> None:
    assert desk.post("/calls", data=told(**way)).status_code == 303


@pytest.mark.parametrize(
    "calm", [{"has_threat": ""}, {"grade": "later"}, {"grade": "prompt", "grade_reason": "They left"}]
)
def test_a_call_that_is_not_immediate_is_not_asked(desk: FlaskClient, calm: dict[str, str]) -> None:
    assert desk.post("/calls", data=told(**calm)).status_code == 303


def test_a_call_that_waits_is_asked_too(session: Session, desk: FlaskClient) -> None:
    call_id = call_in(caller="anonymous")
    asked = desk.post(f"/calls/{call_id}/write-up", data=told())
    assert (asked.status_code, ASKED in asked.text) == (422, True)
    assert desk.post(f"/calls/{call_id}/write-up", data=told(was_asked_where="yes")).status_code == 303


def test_a_program_is_not_asked(client: FlaskClient, bearer: Callable[..., dict[str, str]]) -> None:
    assert client.post("/api/v1/calls", json=IMMEDIATE, headers=bearer()).status_code == 201
