"""A step that was decided on an older version of an incident is refused, and both versions are shown."""

import re
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from flask.testing import FlaskClient
from sqlalchemy.orm import Session

from tests.response.conftest import NOON, roof_call
from tsalert.core.actors import Actor
from tsalert.core.clock import utc_now
from tsalert.core.errors import Overtaken
from tsalert.response import dispatching, queries, service
from tsalert.response.dispatching import NewMilestone
from tsalert.response.rules import GradeDecision
from tsalert.response.steps import Step
from tsalert.response.vocabulary import Disposition, GradeName, Outcome, StartBasis
from tsalert.staff.rules import RoleName

PROMPT = {"grade": "prompt", "grade_reason": "He left", "basis": "wrong_triage"}


@pytest.fixture
def incident_id(session: Session, duty: Actor) -> int:
    """An incident whose call came just now."""
    return service.log_call(roof_call(), actor=duty, now=utc_now()).incident_id or 0


@pytest.fixture
def desk(signed_in: Callable[..., FlaskClient]) -> FlaskClient:
    return signed_in(RoleName.DUTY_OFFICER, name="Ali Example")


def version_on(page: str) -> str:
    found: list[str] = re.findall(r'name="version" value="(\d+)"', page)
    return found[0]


def set_out(incident_id: int, actor: Actor) -> None:
    dispatching.record_milestone(incident_id, NewMilestone(Step.EN_ROUTE), actor=actor, now=utc_now())


def test_each_change_by_a_person_makes_a_version_and_time_passing_makes_none(session: Session, duty: Actor) -> None:
    logged = service.log_call(roof_call(), actor=duty, now=NOON)
    assert logged.incident_id is not None
    made = []
    joined = roof_call(
        disposition=Disposition.ADDED_TO_INCIDENT, incident=None, incident_reference=logged.incident_reference
    )
    for change in (
        lambda: service.record_breaches(NOON.replace(hour=15)),
        lambda: service.log_call(joined, actor=duty, now=NOON),
        lambda: dispatching.record_milestone(logged.incident_id, NewMilestone(Step.EN_ROUTE), actor=duty, now=NOON),
        lambda: service.record_outcome(logged.incident_id, Outcome.ADVICE_GIVEN, actor=duty, now=NOON),
    ):
        change()
        made.append(queries.get_incident(session, logged.incident_id).version)
    assert made == [1, 2, 3, 4]


def test_a_step_refused_changes_no_version(session: Session, duty: Actor, incident_id: int) -> None:
    set_out(incident_id, duty)
    with pytest.raises(Overtaken):
        service.record_outcome(incident_id, Outcome.ADVICE_GIVEN, seen=1, actor=duty, now=utc_now())
    incident = queries.get_incident(session, incident_id)
    assert (incident.version, incident.outcome) == (2, None)


def test_the_second_to_grade_sees_both_decisions_and_can_save_again(
    desk: FlaskClient, session: Session, duty: Actor, incident_id: int
) -> None:
    path = f"/incidents/{incident_id}/grade"
    seen = version_on(desk.get(path).text)
    first = GradeDecision(GradeName.APPOINTMENT, "He comes on Friday", StartBasis.WRONG_TRIAGE)
    service.grade_incident(incident_id, first, actor=duty, now=utc_now())
    refused = desk.post(path, data=PROMPT | {"version": seen})
    assert refused.status_code == 409
    for words in ("Graded by appointment", "Dee Example", "He comes on Friday", "He left", "Nothing was recorded"):
        assert words in refused.text
    assert queries.get_incident(session, incident_id).grade is GradeName.APPOINTMENT
    again = desk.post(path, data=PROMPT | {"version": version_on(refused.text)})
    assert again.status_code == 303
    assert queries.get_incident(session, incident_id).grade is GradeName.PROMPT


def test_a_call_that_came_in_meanwhile_overtakes_a_grade(
    desk: FlaskClient, session: Session, duty: Actor, incident_id: int
) -> None:
    reference = queries.get_incident(session, incident_id).reference
    joined = roof_call(disposition=Disposition.ADDED_TO_INCIDENT, incident=None, incident_reference=reference)
    call = service.log_call(joined, actor=duty, now=utc_now())
    refused = desk.post(f"/incidents/{incident_id}/grade", data=PROMPT | {"version": "1"})
    assert refused.status_code == 409
    assert f"Call {call.reference}" in refused.text


def test_standing_down_while_a_colleague_sets_out_is_refused_with_their_name(
    desk: FlaskClient, duty: Actor, incident_id: int
) -> None:
    set_out(incident_id, duty)
    refused = desk.post(f"/incidents/{incident_id}/stand-down", data={"reason": "withdrawn", "version": "1"})
    assert refused.status_code == 409
    assert "On the way</strong>, by Dee Example" in refused.text
    assert re.search(r'value="withdrawn"\s+checked', refused.text)


def test_a_step_that_is_no_longer_legal_keeps_what_was_typed_in_sight(
    desk: FlaskClient, duty: Actor, incident_id: int
) -> None:
    dispatching.record_milestone(incident_id, NewMilestone(Step.ON_SCENE), actor=duty, now=utc_now())
    typed = {"reason": "other", "note": "They rang back", "version": "1"}
    refused = desk.post(f"/incidents/{incident_id}/stand-down", data=typed)
    assert refused.status_code == 409
    for words in ("They rang back", "Another reason", "On scene", "Dee Example", "Leave the scene"):
        assert words in refused.text


def test_an_arrival_is_true_whatever_was_recorded_meanwhile(desk: FlaskClient, duty: Actor, incident_id: int) -> None:
    dispatching.record_milestone(incident_id, NewMilestone(Step.ON_SCENE), actor=duty, now=utc_now())
    told = {"step": "on_scene", "version": "1"}
    assert desk.post(f"/incidents/{incident_id}/milestones", data=told).status_code == 303


def test_a_tap_that_got_through_late_counts_from_when_it_was_made(
    desk: FlaskClient, session: Session, duty: Actor
) -> None:
    now = utc_now()
    incident_id = service.log_call(roof_call(), actor=duty, now=now - timedelta(minutes=30)).incident_id or 0
    tapped = now - timedelta(minutes=9)
    at = tapped.isoformat(timespec="milliseconds").replace("+00:00", "Z")
    assert desk.post(f"/incidents/{incident_id}/milestones", data={"step": "on_scene", "at": at}).status_code == 303
    clock = queries.get_incident(session, incident_id).clock
    assert clock is not None
    assert clock.stopped_at == tapped.replace(microsecond=0)


def test_an_arrival_told_by_the_desk_meanwhile_is_said_so(
    desk: FlaskClient, duty: Actor, officer: Callable[..., Actor], incident_id: int
) -> None:
    told = NewMilestone(Step.ON_SCENE, officer_id=duty.officer_id)
    dispatching.record_milestone(incident_id, told, actor=officer(name="Sam Example"), now=utc_now())
    again = {"step": "on_scene", "officer_id": str(duty.officer_id), "version": "1"}
    refused = desk.post(f"/incidents/{incident_id}/milestones", data=again)
    assert refused.status_code == 409
    assert "already recorded as on scene" in refused.text
    assert "(recorded by Sam Example)" in desk.get(f"/incidents/{incident_id}").text


def test_closing_what_has_changed_asks_again(
    desk: FlaskClient, session: Session, duty: Actor, incident_id: int
) -> None:
    path = f"/incidents/{incident_id}"
    desk.post(f"{path}/remote-resolution", data={"how": "trader_left"})
    desk.post(f"{path}/outcome", data={"outcome": "advice_given"})
    seen = version_on(desk.get(path).text)
    set_out(incident_id, duty)
    refused = desk.post(f"{path}/close", data={"version": seen})
    assert refused.status_code == 409
    assert "On the way" in refused.text
    assert desk.post(f"{path}/close", data={"version": version_on(refused.text)}).status_code == 303


def test_a_form_refused_for_its_fields_keeps_the_version_that_was_seen(
    desk: FlaskClient, duty: Actor, incident_id: int
) -> None:
    path = f"/incidents/{incident_id}/stand-down"
    set_out(incident_id, duty)
    refused = desk.post(path, data={"version": "1"})
    assert refused.status_code == 422
    assert version_on(refused.text) == "1"


@pytest.mark.parametrize("version", ["0", "-1", "x", "9" * 30, "99"])
def test_a_version_that_never_was_is_refused(desk: FlaskClient, incident_id: int, version: str) -> None:
    answer = desk.post(f"/incidents/{incident_id}/grade", data=PROMPT | {"version": version})
    assert answer.status_code == 422
    assert "version" in answer.text


@pytest.mark.parametrize(
    ("body", "headers"),
    [
        pytest.param({"version": 1}, {}, id="in-the-body"),
        pytest.param({}, {"If-Match": '"1"'}, id="in-the-header"),
    ],
)
def test_the_interface_refuses_a_step_on_an_older_version_and_tells_the_state(
    client: FlaskClient,
    bearer: Callable[..., dict[str, str]],
    duty: Actor,
    incident_id: int,
    body: dict[str, Any],
    headers: dict[str, str],
) -> None:
    head, path = bearer(RoleName.DUTY_OFFICER), f"/api/v1/incidents/{incident_id}"
    assert client.get(path, headers=head).headers["ETag"] == '"1"'
    set_out(incident_id, duty)
    refused = client.post(f"{path}/grade", json=PROMPT | body, headers=head | headers)
    assert (refused.status_code, refused.mimetype) == (409, "application/problem+json")
    problem = refused.get_json()
    assert (problem["current"]["version"], problem["current"]["state"]) == (2, "en_route")
    assert [(each["what"], each["who"]) for each in problem["changes"]] == [("On the way", "Dee Example")]
    fresh = client.post(f"{path}/grade", json=PROMPT | {"version": 2}, headers=head)
    assert (fresh.status_code, fresh.headers["ETag"]) == (200, '"3"')


def test_the_interface_says_what_a_version_looks_like(
    client: FlaskClient, bearer: Callable[..., dict[str, str]], incident_id: int
) -> None:
    head, path = bearer(RoleName.DUTY_OFFICER), f"/api/v1/incidents/{incident_id}/grade"
    for wrong in ("never", '"0"', '"1", "2"', f'"{"9" * 5000}"', f'"{2**31}"'):
        refused = client.post(path, json=PROMPT, headers=head | {"If-Match": wrong})
        assert refused.status_code == 422
    assert client.post(path, json=PROMPT, headers=head | {"If-Match": "*"}).status_code == 200


def test_a_handover_is_offered_and_refused_through_the_interface(
    client: FlaskClient, bearer: Callable[..., dict[str, str]], incident_id: int
) -> None:
    head, path = bearer(RoleName.DUTY_OFFICER), f"/api/v1/incidents/{incident_id}"
    offered = client.post(f"{path}/handover-offer", json={"body": "Otherborough"}, headers=head).get_json()
    assert (offered["offered_to"], offered["clock"]["state"]) == ("Otherborough", "running")
    refused = client.post(f"{path}/handover-refusal", json={"reason": "Nobody free"}, headers=head).get_json()
    assert (refused["offered_to"], refused["clock"]["state"]) == (None, "running")
