"""A call about an address where an incident is open opens no second one unasked, and is never held up twice."""

import re
from collections.abc import Callable

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select
from sqlalchemy.orm import Session

from tests.response.conftest import roof_call
from tests.telephone.conftest import call_in
from tsalert.core.actors import Actor
from tsalert.core.clock import utc_now
from tsalert.response import service
from tsalert.response.models import Incident
from tsalert.response.opening import seal_opening
from tsalert.response.service import LoggedCall
from tsalert.staff.rules import RoleName

ASKED = "Say whether the call is about the incident that is open there."
NEIGHBOUR = {
    "disposition": "new_incident",
    "category": "doorstep_crime",
    "happening": "Shouting on the roof next door",
    "address": "1 Example Rd",
    "has_threat": "yes",
    "grade": "proposed",
}


@pytest.fixture
def desk(signed_in: Callable[..., FlaskClient]) -> FlaskClient:
    return signed_in(RoleName.DUTY_OFFICER)


@pytest.fixture
def first(session: Session, duty: Actor) -> LoggedCall:
    """The call that opened the incident, a moment ago."""
    return service.log_call(roof_call(), actor=duty, now=utc_now())


def told(**changes: str) -> dict[str, str]:
    return {"opened": seal_opening(utc_now())} | NEIGHBOUR | changes


def incidents(session: Session) -> list[str]:
    return list(session.scalars(select(Incident.reference)))


def test_it_is_asked_once_and_added_by_one_button(session: Session, desk: FlaskClient, first: LoggedCall) -> None:
    asked = desk.post("/calls", data=told())
    assert asked.status_code == 422
    assert ASKED in asked.text
    assert "so nobody is paged" in asked.text
    assert "Shouting on the roof next door" in asked.text
    answers = re.findall(r'name="is_about"[^>]*value="([^"]+)"|value="([^"]+)"[^>]*name="is_about"', asked.text)
    assert [one or other for one, other in answers] == ["another", first.incident_reference]
    saved = desk.post("/calls", data=told(is_about=first.incident_reference or ""))
    assert saved.location == f"/incidents/{first.incident_id}"
    assert incidents(session) == [first.incident_reference]


def test_it_is_asked_too_where_the_street_is_spelt_otherwise_and_not_for_another_house(
    desk: FlaskClient, first: LoggedCall
) -> None:
    asked = desk.post("/calls", data=told(address="1 Exampel Road"))
    assert (asked.status_code, ASKED in asked.text, (first.incident_reference or "?") in asked.text) == (
        422,
        True,
        True,
    )
    for other in ("3 Exampel Road", "Example Road"):
        assert desk.post("/calls", data=told(address=other)).status_code == 303, other


def test_something_else_is_a_new_incident_and_another_fault_does_not_bring_the_question_back(
    session: Session, desk: FlaskClient, first: LoggedCall
) -> None:
    refused = desk.post("/calls", data=told(is_about="another", grade="none"))
    assert (refused.status_code, ASKED in refused.text) == (422, False)
    assert 'name="is_about" value="another"' in refused.text
    assert desk.post("/calls", data=told(is_about="another")).status_code == 303
    assert len(incidents(session)) == 2


def test_nothing_is_asked_where_the_form_has_shown_it_or_no_incident_is_to_be_opened(
    session: Session, desk: FlaskClient, first: LoggedCall
) -> None:
    assert desk.post("/calls", data=told(join="", join_shown=first.incident_reference or "")).status_code == 303
    advice = {"disposition": "advice", "category": "", "grade": ""}
    assert desk.post("/calls", data=told(**advice)).status_code == 303
    assert desk.post("/calls", data=told(address="99 Other Road")).status_code == 303


def test_no_to_one_incident_is_no_answer_about_another_that_was_opened_meanwhile(
    session: Session, desk: FlaskClient, duty: Actor, first: LoggedCall
) -> None:
    later = service.log_call(roof_call(), actor=duty, now=utc_now())
    both = f"{first.incident_reference} {later.incident_reference}"
    shown = desk.post("/calls/matches", data=told(), headers={"HX-Request": "true"}).text
    assert set(re.findall(r'name="join_shown" value="([^"]+)"', shown)[0].split()) == set(both.split())
    asked = desk.post("/calls", data=told(join="", join_shown=first.incident_reference or ""))
    assert (asked.status_code, ASKED in asked.text) == (422, True)
    question = asked.text[asked.text.index('id="is_about"') :]
    assert (later.incident_reference or "?") in question[: question.index("</ul>")]
    assert (first.incident_reference or "?") not in question[: question.index("</ul>")]
    assert desk.post("/calls", data=told(join="", join_shown=both)).status_code == 303


def test_the_part_beside_the_form_answers_nothing_for_the_officer(desk: FlaskClient, first: LoggedCall) -> None:
    seen = told(join="", join_shown=first.incident_reference or "")
    for sent, is_answered in ((told(), False), (told(join=""), False), (seen, True)):
        part = desk.post("/calls/matches", data=sent, headers={"HX-Request": "true"}).text
        radios = re.findall(r'<input[^>]*name="join"[^>]*>', part)
        assert [radio.endswith(" checked>") for radio in radios] == [False, is_answered]


def test_a_second_copy_leads_to_what_the_first_one_opened(session: Session, desk: FlaskClient) -> None:
    form = told(submission="a" * 32)
    one, other = desk.post("/calls", data=form), desk.post("/calls", data=form)
    assert (one.status_code, other.location) == (303, one.location)


def test_a_voicemail_is_asked_about_too(session: Session, desk: FlaskClient, first: LoggedCall) -> None:
    waits = call_in(caller="anonymous")
    asked = desk.post(f"/calls/{waits}/write-up", data=told())
    assert (asked.status_code, ASKED in asked.text) == (422, True)
    saved = desk.post(f"/calls/{waits}/write-up", data=told(is_about=first.incident_reference or ""))
    assert saved.location == f"/incidents/{first.incident_id}"
