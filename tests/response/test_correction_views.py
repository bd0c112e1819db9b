"""Corrections on pages and through the interface: the form again with both versions, and who may see which link."""

import re
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select
from sqlalchemy.orm import Session

from tests.response.conftest import roof_call
from tsalert.core.actors import Actor
from tsalert.core.clock import utc_now
from tsalert.places.models import Ward
from tsalert.response import correcting, dispatching, rows, service
from tsalert.response.dispatching import NewMilestone
from tsalert.response.facts import Correction, Fact
from tsalert.response.models import Call
from tsalert.response.steps import Step
from tsalert.restricting import service as restricting
from tsalert.staff.rules import RoleName
from tsalert.tiers.vocabulary import Subject

API = "/api/v1"
# The answers of the call as the radio buttons of its form hold them.
TICKED = {"is_trader_on_site": "yes", "is_vulnerable": "yes", "has_threat": "no", "is_work_in_progress": "no"}


@pytest.fixture
def incident_id(session: Session, duty: Actor) -> int:
    """An incident in Bickley whose call came just now."""
    session.add_all([Ward(code="W1", name="Bickley"), Ward(code="W2", name="Hayes")])
    session.commit()
    return service.log_call(roof_call(ward_code="W1"), actor=duty, now=utc_now()).incident_id or 0


@pytest.fixture
def call_id(session: Session, incident_id: int) -> int:
    return session.scalars(select(Call.id).where(Call.incident_id == incident_id)).one()


@pytest.fixture
def desk(signed_in: Callable[..., FlaskClient]) -> FlaskClient:
    return signed_in(RoleName.DUTY_OFFICER, name="Ali Example")


@pytest.fixture
def head(bearer: Callable[..., dict[str, str]]) -> dict[str, str]:
    return bearer(RoleName.DUTY_OFFICER)


def held(page: str) -> dict[str, str]:
    """What a form's fields hold, as a browser would send them back."""
    fields = dict(re.findall(r'<input[^>]*name="(\w+)"[^>]*value="([^"]*)"', page))
    chosen = {
        name: next(iter(re.findall(r'<option value="([^"]*)" selected', options)), "")
        for name, options in re.findall(r'<select[^>]*name="(\w+)"[^>]*>(.*?)</select>', page, re.DOTALL)
    }
    return {
        name: value for name, value in (fields | chosen).items() if name not in {"csrf_token", "seen", "submission"}
    }


def test_the_form_shows_what_is_held_and_saves_what_differs(desk: FlaskClient, incident_id: int) -> None:
    path = f"/incidents/{incident_id}/correction"
    typed = held(desk.get(path).text)
    assert (typed["ward_code"], typed["kind"], typed["address"]) == ("W1", "roofing", "1 Example Road")
    answer = desk.post(path, data=typed | {"ward_code": "W2", "reason": "Wrong side of the road"})
    assert answer.status_code == 303
    page = desk.get(answer.location).text
    assert "Corrected here: ward" in page
    assert "“Bickley” and is now “Hayes”. Wrong side of the road" in page


def test_a_form_without_a_reason_comes_back_with_what_was_typed(desk: FlaskClient, incident_id: int) -> None:
    path = f"/incidents/{incident_id}/correction"
    answer = desk.post(path, data=held(desk.get(path).text) | {"kind": "paving", "reason": ""})
    assert answer.status_code == 422
    assert "Say why it is corrected." in answer.text
    assert 'value="paving"' in answer.text


def test_a_stale_form_comes_back_with_both_versions_and_can_be_saved_again(
    desk: FlaskClient, duty: Actor, incident_id: int
) -> None:
    path = f"/incidents/{incident_id}/correction"
    typed = held(desk.get(path).text) | {"kind": "paving", "reason": "It is a drive"}
    other = Correction({Fact.WARD_CODE: "W2"}, "Border road")
    correcting.correct_incident(incident_id, other, actor=duty, now=utc_now())
    refused = desk.post(path, data=typed)
    assert refused.status_code == 409
    assert "Corrected here: ward" in refused.text
    assert 'value="paving"' in refused.text
    again = held(refused.text)
    assert again["version"] == "2"
    assert desk.post(path, data=again | {"ward_code": "W2"}).status_code == 303


def test_a_call_is_corrected_on_its_page_and_the_earlier_answer_is_shown(
    desk: FlaskClient, duty: Actor, call_id: int
) -> None:
    path = f"/calls/{call_id}/correction"
    page = desk.get(path).text
    typed = held(page) | {"happening": "Men on the roof want £4,000 in cash", "reason": "The trader listens in"}
    typed.pop("is_safe_to_call_back", None)
    answer = desk.post(path, data=typed | {"is_safe_to_call_back": "no"})
    assert answer.status_code == 303
    shown = desk.get(answer.location).text
    assert "What was corrected" in shown
    assert "It was “not given” and is now “no”. The trader listens in" in shown
    stale = desk.post(path, data=typed | {"is_safe_to_call_back": "yes", "version": "1"})
    assert stale.status_code == 409
    assert "safe to call back" in stale.text


def test_only_the_officer_and_a_manager_are_offered_to_correct_a_time(
    signed_in: Callable[..., FlaskClient], desk: FlaskClient, duty: Actor, incident_id: int
) -> None:
    dispatching.record_milestone(incident_id, NewMilestone(Step.ON_SCENE), actor=duty, now=utc_now())
    page = signed_in(RoleName.MANAGER, name="Mo").get(f"/incidents/{incident_id}").text
    (link,) = re.findall(r'href="(/incidents/\d+/milestones/\d+/correction)"', page)
    assert "Correct this time" not in desk.get(f"/incidents/{incident_id}").text
    assert "Only Dee Example or a manager can correct it." in desk.get(link).text
    told = {"at": "2026-01-01T10:00", "reason": "Misread"}
    assert desk.post(link, data=told).status_code == 403


def test_a_time_is_corrected_on_its_page(signed_in: Callable[..., FlaskClient], duty: Actor, incident_id: int) -> None:
    dispatching.record_milestone(incident_id, NewMilestone(Step.ON_SCENE), actor=duty, now=utc_now())
    boss = signed_in(RoleName.MANAGER, name="Mo")
    page = boss.get(f"/incidents/{incident_id}").text
    (link,) = re.findall(r'href="(/incidents/\d+/milestones/\d+/correction)"', page)
    typed = held(boss.get(link).text) | {"reason": "Misread"}
    assert "recorded already" in boss.post(link, data=typed).text
    refused = boss.post(link, data=typed | {"at": "2026-01-01T10:00"})
    assert (refused.status_code, "before the call" in refused.text) == (422, True)


def test_facts_are_corrected_through_the_interface(
    client: FlaskClient, head: dict[str, str], incident_id: int, call_id: int
) -> None:
    path = f"{API}/incidents/{incident_id}"
    told: dict[str, Any] = {"ward_code": "W2", "reason": "Border road"}
    answer = client.post(f"{path}/corrections", json=told | {"version": 1}, headers=head)
    assert (answer.status_code, answer.get_json()["ward_code"], answer.headers["ETag"]) == (200, "W2", '"2"')
    assert answer.get_json()["kind"] == "roofing"
    stale = client.post(f"{path}/corrections", json=told | {"version": 1}, headers=head)
    assert (stale.status_code, len(stale.get_json()["changes"])) == (409, 1)
    (item,) = client.get(f"{path}/corrections", headers=head).get_json()["items"]
    assert (item["fact"], item["was"], item["became"]) == ("ward_code", "W1", "W2")
    words = {"happening": None, "reason": "Another call's words", "version": 1}
    call = client.post(f"{API}/calls/{call_id}/corrections", json=words, headers=head)
    assert (call.get_json()["happening"], call.headers["ETag"]) == (None, '"2"')
    assert client.get(f"{API}/calls/{call_id}", headers=head).headers["ETag"] == '"2"'
    refused = client.post(f"{API}/calls/{call_id}/corrections", json=words | {"happening": "x"}, headers=head)
    assert (refused.status_code, refused.get_json()["changes"][0]["fact"]) == (409, "happening")
    assert len(client.get(f"{API}/calls/{call_id}/corrections", headers=head).get_json()["items"]) == 1


def test_a_time_is_corrected_through_the_interface(
    client: FlaskClient, head: dict[str, str], bearer: Callable[..., dict[str, str]], incident_id: int
) -> None:
    path = f"{API}/incidents/{incident_id}/milestones"
    client.post(path, json={"step": "on_scene"}, headers=head)
    (step,) = client.get(path, headers=head).get_json()["items"]
    told = {"at": "2026-01-01T10:00:00Z", "reason": "Misread"}
    refused = client.post(f"{path}/{step['id']}/correction", json=told, headers=head)
    assert (refused.status_code, list(refused.get_json()["errors"])) == (422, ["at"])
    other = client.post(f"{path}/{step['id']}/correction", json=told, headers=bearer(RoleName.DUTY_OFFICER))
    assert other.status_code == 403


def test_an_arrival_in_the_hour_that_came_twice_is_corrected_to_the_passing_that_was_meant(
    signed_in: Callable[..., FlaskClient], session: Session, duty: Actor
) -> None:
    came = datetime(2025, 10, 26, 0, 50, tzinfo=UTC)  # ten to two, before the clocks went back
    number = service.log_call(roof_call(), actor=duty, now=came).incident_id or 0
    arrived = NewMilestone(Step.ON_SCENE)
    dispatching.record_milestone(number, arrived, actor=duty, now=came + timedelta(minutes=30))
    boss = signed_in(RoleName.MANAGER, name="Mo")
    (link,) = re.findall(r'href="(/incidents/\d+/milestones/\d+/correction)"', boss.get(f"/incidents/{number}").text)
    page = boss.get(link).text
    assert "1:20am GMT" in page
    assert re.search(r'value="GMT"\s+checked', page)
    typed = {"at": "2025-10-26T01:25", "reason": "Misread"}
    asked = boss.post(link, data=typed)
    assert (asked.status_code, "came twice" in asked.text, 'name="at_zone"' in asked.text) == (422, True, True)
    assert not re.search(r'value="GMT"\s+checked', asked.text)
    assert boss.post(link, data=typed | {"at_zone": "GMT"}).status_code == 303
    session.expire_all()
    (visit,) = rows.attendances_of(session, number)
    assert visit.on_scene_at == came + timedelta(minutes=35)


def test_a_call_that_is_no_report_any_more_is_said_to_leave_the_figures(
    signed_in: Callable[..., FlaskClient], incident_id: int, call_id: int
) -> None:
    boss, path = signed_in(RoleName.MANAGER, name="Mo"), f"/calls/{call_id}/correction"
    told = {"disposition": "test", "reason": "A trial run"}
    typed = held(boss.get(path).text) | TICKED | told
    page = boss.get(boss.post(path, data=typed).location).text
    assert "no longer counts as a report. The figures follow." in page
    assert "It was “New incident” and is now “Test”. A trial run" in page
    shown = boss.get(f"/incidents/{incident_id}").text
    assert "None of its calls counts as a report, so it is in no figure." in shown
    back = boss.post(path, data=held(boss.get(path).text) | TICKED | told | {"disposition": "new_incident"})
    assert "may be counted as a report now" in boss.get(back.location).text


def test_a_grade_that_would_be_proposed_otherwise_is_shown_and_not_given(
    desk: FlaskClient, duty: Actor, incident_id: int, call_id: int, head: dict[str, str]
) -> None:
    path = f"/calls/{call_id}/correction"
    typed = held(desk.get(path).text) | TICKED | {"is_trader_on_site": "no", "reason": "He had gone"}
    assert "propose “prompt”. No grade changes by itself." in desk.get(desk.post(path, data=typed).location).text
    assert "It is graded “immediate”. Is the grade still right?" in desk.get(f"/incidents/{incident_id}").text
    answer = desk.get(f"{API}/incidents/{incident_id}", headers=head).get_json()
    assert (answer["grade"], answer["proposed_grade"]) == ("immediate", "prompt")


def test_every_fact_of_a_call_is_corrected_through_the_interface(
    desk: FlaskClient, call_id: int, bearer: Callable[..., dict[str, str]]
) -> None:
    told = {"phone": "07700 900456", "money_state": "paid", "money_amount": "400.50", "has_threat": True}
    path, manager = f"{API}/calls/{call_id}/corrections", bearer(RoleName.MANAGER)
    answer = desk.post(path, json=told | {"disposition": "test", "reason": "Misheard"}, headers=manager)
    assert answer.status_code == 200, answer.text
    shown = answer.get_json()
    assert {name: shown[name] for name in told} == told
    assert shown["disposition"] == "test"
    changed = {each["fact"] for each in desk.get(path, headers=manager).get_json()["items"]}
    assert changed == {*told, "disposition"}


def test_a_restricted_call_is_corrected_by_nobody_who_may_not_see_it(
    desk: FlaskClient,
    officer: Callable[..., Actor],
    head: dict[str, str],
    incident_id: int,
    call_id: int,
) -> None:
    manager = officer(RoleName.MANAGER, name="Mo")
    why = "The caller works for the trader"
    restricting.restrict((Subject.INCIDENT, incident_id), why, actor=manager, now=utc_now())
    told = {"phone": "07700 900456", "reason": "Misheard"}
    assert desk.get(f"/calls/{call_id}/correction").status_code == 403
    assert desk.post(f"/calls/{call_id}/correction", data=told).status_code == 403
    assert desk.post(f"{API}/calls/{call_id}/corrections", json=told, headers=head).status_code == 403
    assert desk.get(f"{API}/incidents/{incident_id}", headers=head).status_code == 403
