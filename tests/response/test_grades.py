"""Versions of grades: only for what is graded later, in the trail, and open for everybody to read."""

import re
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select
from sqlalchemy.orm import Session

from tests.conftest import NOW
from tests.response.conftest import roof_call
from tsalert.audit import queries as audit
from tsalert.core.actors import Actor
from tsalert.core.clock import in_london, utc_now
from tsalert.core.errors import Conflict, NotAllowed, RuleViolation
from tsalert.paging import queries as paging
from tsalert.response import dispatching, service
from tsalert.response.changing_grades import NewVersion, add_version
from tsalert.response.grade_versions import GradeRules, list_versions
from tsalert.response.models import Grade, IncidentClock
from tsalert.response.rules import NewIncident
from tsalert.response.vocabulary import Category, GradeName, RemoteResolution, StandDownReason, StartRule
from tsalert.staff.rules import RoleName

MINUTE, HOUR = timedelta(minutes=1), timedelta(hours=1)
BANK = RemoteResolution.BANK_STOPPED_PAYMENT


def version(name: GradeName = GradeName.IMMEDIATE, *, at: datetime | None = None, **rules: Any) -> NewVersion:
    told: dict[str, Any] = {
        "target": HOUR,
        "start_rule": StartRule.FIRST_CALL,
        "stopped_by": frozenset({BANK}),
        "pages": True,
    } | rules
    return NewVersion(name, GradeRules(**told), "The board decided it", at)


@pytest.fixture
def manager(officer: Callable[..., Actor]) -> Actor:
    return officer(RoleName.MANAGER, name="Mo Example")


def target_of_a_call(duty: Actor, session: Session, at: datetime) -> int:
    incident_id = service.log_call(roof_call(), actor=duty, now=at).incident_id
    query = select(IncidentClock.target_seconds).where(IncidentClock.incident_id == incident_id)
    return session.scalars(query).one()


def test_a_version_holds_from_its_moment_on(session: Session, duty: Actor, manager: Actor) -> None:
    add_version(version(at=NOW + HOUR), actor=manager, now=NOW)
    assert target_of_a_call(duty, session, NOW + HOUR - MINUTE) == 7200
    assert target_of_a_call(duty, session, NOW + HOUR) == 3600
    immediate = [each for each in list_versions(session) if each.name is GradeName.IMMEDIATE]
    assert [each.is_in_force(NOW) for each in immediate] == [False, True]
    assert [each.is_in_force(NOW + HOUR) for each in immediate] == [True, False]
    assert immediate[1].until == immediate[0].effective_from == NOW + HOUR


def test_a_reopened_incident_keeps_the_version_under_which_it_was_graded(
    session: Session, duty: Actor, manager: Actor
) -> None:
    incident_id = service.log_call(roof_call(), actor=duty, now=NOW).incident_id or 0

    dispatching.stand_down(incident_id, StandDownReason.TRADER_GONE, actor=duty, now=NOW + MINUTE)
    add_version(version(at=NOW + HOUR), actor=manager, now=NOW + HOUR)
    service.reopen_incident(incident_id, "He is back", actor=duty, now=NOW + 2 * HOUR)
    targets = session.scalars(select(IncidentClock.target_seconds).where(IncidentClock.incident_id == incident_id))
    assert list(targets) == [7200, 7200]


@pytest.mark.parametrize(
    ("new", "field"),
    [
        pytest.param(version(at=NOW - MINUTE), "effective_from", id="the-past"),
        pytest.param(version(target=None), "target_minutes", id="immediate-and-no-target"),
        pytest.param(version(GradeName.NONE), "target_minutes", id="nobody-goes-within-the-hour"),
        pytest.param(version(GradeName.NONE, target=None), "pages", id="woken-and-nobody-goes"),
        pytest.param(version(target=timedelta(0)), "target_minutes", id="no-time-at-all"),
        pytest.param(version(target=timedelta(days=29)), "target_minutes", id="more-than-four-weeks"),
    ],
)
def test_a_version_that_cannot_be_is_refused(session: Session, manager: Actor, new: NewVersion, field: str) -> None:
    with pytest.raises(RuleViolation) as refusal:
        add_version(new, actor=manager, now=NOW)
    assert refusal.value.field == field


def test_a_version_that_changes_nothing_is_refused(session: Session, manager: Actor) -> None:
    same = version(target=2 * HOUR, stopped_by=frozenset(RemoteResolution))
    with pytest.raises(RuleViolation, match="already"):
        add_version(same, actor=manager, now=NOW)


def test_the_present_minute_means_now(session: Session, manager: Actor) -> None:
    now = NOW + timedelta(seconds=42)
    number = add_version(version(at=NOW), actor=manager, now=now)
    assert session.get_one(Grade, number).effective_from == now


def test_what_is_graded_already_is_not_changed(session: Session, duty: Actor, manager: Actor) -> None:
    service.log_call(roof_call(), actor=duty, now=NOW + HOUR)
    with pytest.raises(Conflict, match="graded since"):
        add_version(version(at=NOW + HOUR), actor=manager, now=NOW)
    add_version(version(GradeName.PROMPT, at=NOW + HOUR), actor=manager, now=NOW)


def test_two_versions_cannot_begin_at_once(session: Session, manager: Actor) -> None:
    add_version(version(at=NOW + HOUR), actor=manager, now=NOW)
    with pytest.raises(Conflict, match="begins"):
        add_version(version(at=NOW + HOUR, target=2 * HOUR), actor=manager, now=NOW)


def test_who_changed_a_grade_is_in_the_trail(session: Session, manager: Actor) -> None:
    number = add_version(version(), actor=manager, now=NOW)
    (entry,) = audit.entries_about(session, "grade", number)
    assert (entry.officer_id, entry.action) == (manager.officer_id, "version added")
    assert entry.detail["target_seconds"] == 3600
    assert "decided" not in str(entry.detail), "what somebody typed is no business of the trail"


def test_an_officer_changes_no_grade(session: Session, duty: Actor) -> None:
    with pytest.raises(NotAllowed):
        add_version(version(), actor=duty, now=NOW)


def test_everybody_reads_the_rules_and_only_managers_are_offered_a_change(
    session: Session, signed_in: Callable[..., FlaskClient]
) -> None:
    for role, may in ((RoleName.DUTY_OFFICER, False), (RoleName.ADMINISTRATOR, True), (RoleName.MANAGER, True)):
        browser = signed_in(role)
        page = browser.get("/grades")
        assert page.status_code == 200
        assert "2 hours" in page.text
        assert "The bank stopped the payment" in page.text
        assert ("/grades/new" in page.text) is may
        assert (browser.get("/grades/new?name=prompt").status_code == 200) is may


def test_a_manager_adds_a_version_by_the_form(
    session: Session, signed_in: Callable[..., FlaskClient], bearer: Callable[..., dict[str, str]]
) -> None:
    browser = signed_in(RoleName.MANAGER, name="Mo Example")
    wall = f"{in_london(utc_now() + 48 * HOUR):%Y-%m-%dT%H:%M}"
    told = {
        "name": "immediate",
        "target_minutes": "90",
        "start_rule": "graded",
        "reason": "Agreed in May",
        "pages": "yes",
    }
    choices = {"stopped_by": ["bank_stopped_payment", "police_went"], "effective_from": wall}
    answer = browser.post("/grades", data=told | choices)
    assert (answer.status_code, answer.location) == (303, "/grades")
    page = browser.get("/grades").text
    for words in ("1 hour 30 minutes", "To come", "Agreed in May", "Mo Example", "first graded"):
        assert words in page
    items = browser.get("/api/v1/grades", headers=bearer()).get_json()["items"]
    assert (items[0]["target_seconds"], items[0]["stopped_by"]) == (5400, ["bank_stopped_payment", "police_went"])
    assert items[1]["until"] == items[0]["effective_from"]


def test_a_refused_version_comes_back_with_what_was_typed(
    session: Session, signed_in: Callable[..., FlaskClient]
) -> None:
    browser = signed_in(RoleName.MANAGER)
    told = {"name": "prompt", "target_minutes": "90", "start_rule": "first_call", "effective_from": "2020-01-01T10:00"}
    answer = browser.post("/grades", data=told | {"reason": "Backdated", "pages": "no"})
    assert answer.status_code == 422
    assert "keeps the rules of its time" in answer.text
    assert 'value="Backdated"' in answer.text
    assert "Change the grade “prompt”" in answer.text


def test_a_version_without_a_reason_is_asked_for_one(signed_in: Callable[..., FlaskClient]) -> None:
    answer = signed_in(RoleName.MANAGER).post("/grades", data={"name": "prompt", "start_rule": "first_call"})
    assert answer.status_code == 422
    assert "Say why it changes." in answer.text


def test_every_fault_of_a_version_is_told_at_once(signed_in: Callable[..., FlaskClient]) -> None:
    told = {"name": "none", "target_minutes": "90", "start_rule": "first_call", "effective_from": "2020-01-01T10:00"}
    browser = signed_in(RoleName.MANAGER)
    page = browser.post("/grades", data=told).text
    for words in ("there can be no target", "keeps the rules", "Say why it changes.", "Say whether officers are woken"):
        assert words in page
    page = browser.post("/grades", data=told | {"target_minutes": "", "pages": "yes"}).text
    for words in ("Officers are woken only", "keeps the rules of its time", "Say why it changes."):
        assert words in page


def test_a_version_is_added_over_the_interface_by_managers_alone(
    client: FlaskClient, bearer: Callable[..., dict[str, str]]
) -> None:
    new = {"name": "prompt", "target_minutes": 1440, "stopped_by": ["police_went"], "reason": "A trial", "pages": True}
    assert client.post("/api/v1/grades", json=new, headers=bearer()).status_code == 403
    made = client.post("/api/v1/grades", json=new, headers=bearer(RoleName.MANAGER))
    assert made.status_code == 201, made.text
    assert (made.get_json()["target_seconds"], made.get_json()["start_rule"]) == (86400, "first_call")
    assert made.get_json()["pages"] is True
    unsaid = client.post("/api/v1/grades", json={**new, "pages": None}, headers=bearer(RoleName.MANAGER))
    assert unsaid.status_code == 422
    for wrong in ({"target_minutes": 0}, {"stopped_by": ["magic"]}, {"effective_from": "2020-01-01T00:00:00Z"}):
        refused = client.post("/api/v1/grades", json=new | wrong, headers=bearer(RoleName.MANAGER))
        assert refused.status_code == 422, wrong


def test_the_page_says_which_resolution_leaves_the_clock_running(
    session: Session, signed_in: Callable[..., FlaskClient], duty: Actor, manager: Actor
) -> None:
    add_version(version(), actor=manager, now=utc_now())
    incident_id = service.log_call(roof_call(), actor=duty, now=utc_now()).incident_id
    browser = signed_in()
    page = browser.get(f"/incidents/{incident_id}/remote-resolution").text
    assert page.count("This stops the clock.") == 1
    assert page.count("The clock keeps running") == len(RemoteResolution) - 1
    answer = browser.post(f"/incidents/{incident_id}/remote-resolution", data={"how": "trader_left"})
    page = browser.get(answer.location).text
    assert "somebody still has to go" in page
    assert re.search("(59 minutes|1 hour) left", page)


def test_whether_a_grade_wakes_officers_is_said_by_its_version(session: Session, duty: Actor, manager: Actor) -> None:
    prompt = version(GradeName.PROMPT, target=4 * HOUR)
    quiet = version(GradeName.IMMEDIATE, pages=False)
    before = service.log_call(roof_call(), actor=duty, now=NOW).incident_id or 0
    add_version(prompt, actor=manager, now=NOW + MINUTE)
    add_version(quiet, actor=manager, now=NOW + MINUTE)
    assert is_paged(session, before)
    told = roof_call(incident=NewIncident(Category.SCAM, None, GradeName.PROMPT, "He has gone"))
    assert is_paged(session, service.log_call(told, actor=duty, now=NOW + HOUR).incident_id or 0)
    assert not is_paged(session, service.log_call(roof_call(), actor=duty, now=NOW + HOUR).incident_id or 0)


def test_a_page_says_that_nobody_is_paged_for_an_incident_that_waits(
    signed_in: Callable[..., FlaskClient], session: Session, duty: Actor, manager: Actor
) -> None:
    add_version(version(GradeName.IMMEDIATE, pages=False), actor=manager, now=NOW)
    incident_id = service.log_call(roof_call(), actor=duty, now=NOW + HOUR).incident_id or 0
    assert not is_paged(session, incident_id)
    assert "Nobody is paged for this. Ring whoever should go." in signed_in().get(f"/incidents/{incident_id}").text


def is_paged(session: Session, incident_id: int) -> bool:
    return bool(paging.runs_of(session, incident_id, now=NOW))
