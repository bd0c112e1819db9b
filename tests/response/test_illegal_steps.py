"""Whatever may not be done in a state is refused on the page and by the interface, with what may be done instead."""

from collections.abc import Callable
from typing import Any

import pytest
from flask.testing import FlaskClient
from sqlalchemy.orm import Session

from tests.response.conftest import roof_call
from tsalert.core.actors import Actor
from tsalert.core.clock import utc_now
from tsalert.response import queries, service
from tsalert.response.opening import seal_opening
from tsalert.response.rules import NewIncident
from tsalert.response.steps import Step
from tsalert.response.vocabulary import Category
from tsalert.staff.rules import RoleName

# How each step is asked for: where, and with what.
ASKED: dict[Step, tuple[str, dict[str, str]]] = {
    Step.GRADED: ("grade", {"grade": "appointment", "grade_reason": "x", "basis": "wrong_triage"}),
    Step.EN_ROUTE: ("milestones", {"step": "en_route"}),
    Step.ON_SCENE: ("milestones", {"step": "on_scene"}),
    Step.CLEARED: ("milestones", {"step": "cleared"}),
    Step.ACKNOWLEDGED: ("take", {}),
    Step.RESOLVED_REMOTELY: ("remote-resolution", {"how": "trader_left"}),
    Step.STOOD_DOWN: ("stand-down", {"reason": "withdrawn"}),
    Step.HANDOVER_OFFERED: ("handover-offer", {"body": "Otherborough"}),
    Step.HANDED_OVER: ("handover", {"accepted_by": "Otherborough, J Example"}),
    Step.HANDOVER_REFUSED: ("handover-refusal", {"reason": "x"}),
    Step.OUTCOME_RECORDED: ("outcome", {"outcome": "advice_given"}),
    Step.CLOSED: ("close", {}),
    Step.REOPENED: ("reopen", {"reason": "x"}),
}
# The steps that lead a graded incident into each state.
LEADS = {
    "graded": [],
    "offered": [Step.HANDOVER_OFFERED],
    "refused": [Step.HANDOVER_OFFERED, Step.HANDOVER_REFUSED],
    "taken": [Step.ACKNOWLEDGED],
    "on-the-way": [Step.EN_ROUTE],
    "on-scene": [Step.ON_SCENE],
    "left": [Step.ON_SCENE, Step.CLEARED],
    "resolved": [Step.RESOLVED_REMOTELY],
    "stood-down": [Step.STOOD_DOWN],
    "handed-over": [Step.HANDOVER_OFFERED, Step.HANDED_OVER],
    "closed": [Step.RESOLVED_REMOTELY, Step.OUTCOME_RECORDED, Step.CLOSED],
    "reopened": [Step.STOOD_DOWN, Step.REOPENED],
}


@pytest.fixture
def desk(signed_in: Callable[..., FlaskClient]) -> FlaskClient:
    return signed_in(RoleName.DUTY_OFFICER)


def test_every_step_can_be_asked_for() -> None:
    assert set(ASKED) == set(Step)


@pytest.mark.parametrize("steps", LEADS.values(), ids=LEADS)
def test_what_is_not_legal_is_refused_everywhere_and_changes_nothing(
    desk: FlaskClient,
    client: FlaskClient,
    bearer: Callable[..., dict[str, str]],
    session: Session,
    duty: Actor,
    steps: list[Step],
) -> None:
    incident_id = service.log_call(roof_call(), actor=duty, now=utc_now()).incident_id or 0
    for step in steps:
        path, sent = ASKED[step]
        assert desk.post(f"/incidents/{incident_id}/{path}", data=sent).status_code == 303, step
    before = queries.get_incident(session, incident_id)
    legal, head = before.situation.legal, bearer(RoleName.DUTY_OFFICER)
    illegal = set(Step) - set(legal)
    assert illegal
    for step in illegal:
        path, sent = ASKED[step]
        page = desk.post(f"/incidents/{incident_id}/{path}", data=sent)
        problem = client.post(f"/api/v1/incidents/{incident_id}/{path}", json=sent, headers=head)
        assert (page.status_code, problem.status_code) == (409, 409), step
        assert problem.get_json()["legal"] == [each.label for each in legal]
        assert all(f"<li>{each.label}</li>" in page.text for each in legal)
    assert queries.get_incident(session, incident_id) == before


def test_what_is_legal_is_offered_on_the_page_and_taken(desk: FlaskClient, session: Session, duty: Actor) -> None:
    ungraded = roof_call(incident=NewIncident(Category.SCAM))
    for step in set(Step) - {Step.ACKNOWLEDGED, Step.CLEARED, Step.HANDOVER_REFUSED, Step.CLOSED, Step.REOPENED}:
        incident_id = service.log_call(ungraded, actor=duty, now=utc_now()).incident_id
        path, asked = ASKED[step]
        sent = {name: value for name, value in asked.items() if name != "basis"}  # a first grade starts at the call
        assert desk.get(f"/incidents/{incident_id}/{path}").status_code == 200, step
        assert desk.post(f"/incidents/{incident_id}/{path}", data=sent).status_code == 303, step


FORMS: dict[str, list[dict[str, Any]]] = {
    "grade": [{}, {"grade": "soon"}, {"grade": "prompt"}, {"grade": "prompt", "facts_at": "yesterday"}],
    "milestones": [{}, {"step": "dance"}, {"step": "closed"}, {"step": "on_scene", "at": "noon"}, {"officer_id": "x"}],
    "remote-resolution": [{}, {"how": "luck"}, {"how": "trader_left", "at": "2999-01-01T00:00"}],
    "stand-down": [{}, {"reason": "other"}, {"reason": "withdrawn", "note": "x" * 401}],
    "handover-offer": [{}, {"body": " "}, {"body": "x" * 201}, {"body": "a\x00"}],
    "handover": [{}, {"accepted_by": "x", "their_reference": "x" * 201}],
    "outcome": [{}, {"outcome": "fine"}, {"outcome": "other"}],
    "reopen": [{}],
}
# What a library says of itself and no officer says.
FOREIGN = ("Missing data", "Not a valid", "Must be one of", "Invalid value", "Unknown field", "Field may not", "Length")


@pytest.mark.parametrize(("form", "tries"), FORMS.items(), ids=FORMS)
def test_wrong_input_to_a_step_is_told_in_our_own_words(
    desk: FlaskClient, duty: Actor, form: str, tries: list[dict[str, Any]]
) -> None:
    incident_id = service.log_call(roof_call(), actor=duty, now=utc_now()).incident_id
    if form == "reopen":
        desk.post(f"/incidents/{incident_id}/stand-down", data={"reason": "withdrawn"})
    for sent in [*tries, {"surprise": "1"}]:
        page = desk.post(f"/incidents/{incident_id}/{form}", data=sent)
        assert page.status_code == 422, sent
        assert "There is a problem" in page.text
        assert [words for words in FOREIGN if words in page.text] == [], sent


@pytest.mark.parametrize(
    "sent",
    [
        {},
        {"disposition": "new_incident"},
        {"disposition": "new_incident", "category": "scam", "grade": "soon"},
        {"disposition": "added_to_incident"},
        {"disposition": "added_to_incident", "incident": "R26-00000-A"},
        {"disposition": "advice", "is_safe_to_call_back": "perhaps"},
        {"disposition": "advice", "has_threat": "2"},
        {"disposition": "advice", "claimed_at": "noon"},
        {"disposition": "advice", "claimed_at": "1999-01-01T00:00"},
        {"disposition": "advice", "money_amount": "lots"},
        {"disposition": "advice", "money_amount": "4"},
        {"disposition": "advice", "postcode": "BR1"},
        {"disposition": "advice", "ward_code": "E99"},
        {"disposition": "advice", "phone": "x" * 41},
        {"disposition": "advice", "surprise": "1"},
    ],
    ids=str,
)
def test_wrong_input_to_a_call_is_told_in_our_own_words(desk: FlaskClient, sent: dict[str, str]) -> None:
    page = desk.post("/calls", data={"opened": seal_opening(utc_now())} | sent)
    assert page.status_code == 422
    assert "There is a problem" in page.text
    assert [words for words in FOREIGN if words in page.text] == []
