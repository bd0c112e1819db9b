"""The buttons, the policy's page, the warnings above every page, and the same through the JSON interface."""

import re
from collections.abc import Callable

import pytest
from flask.testing import FlaskClient
from msgspec.structs import replace
from sqlalchemy import Engine, event, select
from sqlalchemy.orm import Session

from tests.paging.conftest import PRIMARY, Night, Team, at
from tsalert.core.actors import Actor
from tsalert.core.clock import utc_now
from tsalert.core.errors import NotAllowed
from tsalert.db import db
from tsalert.delivery.ports import RetryLater
from tsalert.paging import policies
from tsalert.paging.models import PagingPolicy
from tsalert.response import answering, dispatching
from tsalert.response.board import read_board
from tsalert.response.dispatching import NewMilestone
from tsalert.response.steps import Step
from tsalert.staff.rules import RoleName

Page = Callable[..., int]
SignedIn = Callable[..., FlaskClient]
FORM = {
    "steps": "0:00 primary text\n1:00 primary call\n\n 4:30 Backup Text",
    "repeat_after": "5",
    "repage_after": "15",
    "welfare_after": "30",
    "welfare_answer": "5",
    "welfare_misses": "2",
    "welfare_chain": "Manager\nbackup",
    "down_after": "30",
}


@pytest.fixture(autouse=True)
def clock(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let pages be read shortly after noon."""
    for module in ("views", "answer_views", "answer_api"):
        monkeypatch.setattr(f"tsalert.response.{module}.utc_now", lambda: at(45))


@pytest.fixture
def browser(signed_in: SignedIn) -> FlaskClient:
    return signed_in(RoleName.DUTY_OFFICER, name="Robin Reader")


def test_the_button_takes_it_and_stops_the_pages(browser: FlaskClient, team: Team, night: Night, page: Page) -> None:
    incident_id = page()
    before = browser.get(f"/incidents/{incident_id}").text
    assert "Officers are being paged. What comes next is due at 1:01pm." in before
    assert "I take it" in before
    assert browser.post(f"/incidents/{incident_id}/take").status_code == 303
    after = browser.get(f"/incidents/{incident_id}").text
    assert "You have it since" in after
    assert "I cannot go: pass it on" in after
    assert "I take it" not in after


@pytest.mark.parametrize(("after", "said"), [(64, "due at 1:01pm"), (66, "overdue since 10 June 2026 at 1:01pm")])
def test_what_comes_next_is_overdue_once_its_moment_is_past(
    browser: FlaskClient, team: Team, page: Page, monkeypatch: pytest.MonkeyPatch, after: int, said: str
) -> None:
    incident_id = page()
    monkeypatch.setattr("tsalert.response.views.utc_now", lambda: at(after))
    shown = browser.get(f"/incidents/{incident_id}").text
    assert said in shown
    assert ("What comes next is due" in shown) == (after == 64)


def test_pages_that_were_to_begin_again_and_did_not_are_overdue_too(
    browser: FlaskClient, team: Team, night: Night, page: Page, monkeypatch: pytest.MonkeyPatch
) -> None:
    incident_id = page()
    browser.post(f"/incidents/{incident_id}/take")
    monkeypatch.setattr("tsalert.response.views.utc_now", lambda: at(45 + 15 * 60 + 6))
    shown = browser.get(f"/incidents/{incident_id}").text
    assert "Officers should have been paged again, and were not: overdue since" in shown
    assert "unless somebody is on the way" not in shown


def test_whoever_comes_second_reads_who_has_it(
    browser: FlaskClient, signed_in: SignedIn, team: Team, page: Page
) -> None:
    incident_id = page()
    browser.post(f"/incidents/{incident_id}/take")
    other = signed_in(RoleName.DUTY_OFFICER)
    answer = other.post(f"/incidents/{incident_id}/take")
    assert f'href="/incidents/{incident_id}">See how it stands now</a>' in answer.text
    assert (answer.status_code, "Robin Reader has it already." in answer.text) == (409, True)
    shown = other.get(f"/incidents/{incident_id}").text
    assert "Robin Reader has it since" in shown
    assert "pass it on" not in shown


def test_the_button_passes_it_on(browser: FlaskClient, team: Team, night: Night, page: Page) -> None:
    incident_id = page()
    answer = browser.post(f"/incidents/{incident_id}/pass", follow_redirects=True)
    assert answer.status_code == 200, answer.text
    assert "Passed on" in answer.text
    assert browser.post("/incidents/999/pass").status_code == 404


def test_the_button_says_that_an_officer_is_safe(
    browser: FlaskClient, session: Session, team: Team, night: Night, page: Page
) -> None:
    incident_id = page()
    assert "I am safe" not in browser.get(f"/incidents/{incident_id}").text
    browser.post(f"/incidents/{incident_id}/milestones", data={"step": "on_scene"})
    assert "I am safe" in browser.get(f"/incidents/{incident_id}").text
    answer = browser.post(f"/incidents/{incident_id}/safe", follow_redirects=True)
    assert "Recorded that you are safe." in answer.text
    assert any(line.startswith("Said to be safe, Robin Reader") for line in night.story(incident_id))


def test_while_pages_fail_every_page_says_so_and_the_incident_says_whom_to_ring(
    browser: FlaskClient, team: Team, night: Night, page: Page
) -> None:
    night.answer = RetryLater("503: down")
    incident_id = page()
    assert "do not go out" not in browser.get("/calls").text
    night.tick(40)
    for path in ("/calls", "/board", "/cases"):
        shown = browser.get(path).text
        assert "Text messages to officers do not go out: 503: down" in shown
        assert f'href="/incidents/{incident_id}"' in shown
    shown = browser.get(f"/incidents/{incident_id}").text
    assert f'href="tel:{PRIMARY}"' in shown
    browser.post(f"/incidents/{incident_id}/take")
    assert f'href="tel:{PRIMARY}"' not in browser.get(f"/incidents/{incident_id}").text


def test_what_stands_above_a_page_is_asked_for_once(browser: FlaskClient, team: Team) -> None:
    asked: list[str] = []

    def keep(_connection: object, _cursor: object, statement: str, *_: object) -> None:
        asked.extend(re.findall(r"FROM provider_outage|FROM welfare_watch", statement))

    event.listen(Engine, "before_cursor_execute", keep)
    browser.get("/calls")
    event.remove(Engine, "before_cursor_execute", keep)
    assert sorted(asked) == ["FROM provider_outage", "FROM welfare_watch"]


def test_a_page_that_is_left_open_is_told_when_pages_fail_and_when_they_no_longer_do(
    browser: FlaskClient, team: Team, night: Night, page: Page, monkeypatch: pytest.MonkeyPatch
) -> None:
    for module in ("response.waiting_views", "app"):
        monkeypatch.setattr(f"tsalert.{module}.utc_now", lambda: at(45))
    incident_id = page()
    before = browser.get("/calls/waiting?seen=none").text
    seen = before.split('value="')[1].split('"')[0]
    assert browser.get(f"/calls/waiting?seen={seen}").status_code == 204
    night.answer = RetryLater("503: down")
    night.tick(40)
    told = browser.get(f"/calls/waiting?seen={seen}").text
    assert '<div id="page-troubles" hx-swap-oob="true">' in told
    assert "Text messages to officers do not go out: 503: down" in told
    browser.post(f"/incidents/{incident_id}/take")
    again = browser.get("/calls/waiting", query_string={"seen": told.split('value="')[1].split('"')[0]})
    assert again.status_code == 200
    assert "Ring by hand" not in again.text


def test_nobody_who_has_not_signed_in_reads_of_troubles(
    client: FlaskClient, team: Team, night: Night, page: Page
) -> None:
    night.answer = RetryLater("503: down")
    page()
    night.tick(40)
    assert "do not go out" not in client.get("/welcome").text


def test_numbers_are_shown_to_those_who_run_incidents_alone(
    signed_in: SignedIn, team: Team, night: Night, page: Page
) -> None:
    night.answer = RetryLater("503: down")
    incident_id = page()
    night.tick(40)
    administrator = signed_in(RoleName.ADMINISTRATOR)
    assert PRIMARY not in administrator.get(f"/incidents/{incident_id}").text
    assert "Text messages to officers do not go out" in administrator.get("/board").text


def test_a_manager_reads_the_policy_and_sets_a_new_version_from_now(signed_in: SignedIn, session: Session) -> None:
    manager = signed_in(RoleName.MANAGER)
    page = manager.get("/paging/policy").text
    assert "after 10 minutes: ring the manager" in " ".join(page.split())
    answer = manager.post("/paging/policy", data=FORM)
    assert (answer.status_code, answer.location) == (303, "/paging/policy")
    version = policies.policy_in_force(db.session(), at=utc_now())
    assert version is not None
    assert [int(step.after.total_seconds()) for step in version.policy.steps] == [0, 60, 270]
    assert len(session.scalars(select(PagingPolicy)).all()) == 2
    assert "4:30 backup text" in manager.get("/paging/policy").text


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"steps": "at once, everybody"}, "“at once, everybody” is no step"),
        ({"steps": "1:00 primary text"}, "The first step must come at once"),
        ({"steps": ""}, "Write at least one step."),
        ({"steps": "0:00 primary email"}, "An email wakes nobody"),
        ({"repage_after": "0"}, "Enter 1 to 120 minutes."),
        ({"repage_after": ""}, "Enter 1 to 120 minutes."),
        ({"welfare_misses": "x"}, "Enter 1 to 10 missed answers."),
        ({"welfare_chain": "manager\nthe mayor"}, "“the mayor” is nobody to ring."),
        ({"welfare_chain": ""}, "Write whom to ring."),
        ({"effective_from": "2020-01-01T10:00"}, "cannot begin in the past"),
    ],
)
def test_a_policy_that_is_none_is_shown_again_with_what_to_mend(
    signed_in: SignedIn, session: Session, change: dict[str, str], said: str
) -> None:
    answer = signed_in(RoleName.MANAGER).post("/paging/policy", data=FORM | change)
    assert answer.status_code == 422
    assert said in answer.text
    assert len(session.scalars(select(PagingPolicy)).all()) == 1


def test_the_policy_is_for_managers(signed_in: SignedIn, officer: Callable[..., Actor]) -> None:
    assert signed_in(RoleName.DUTY_OFFICER).get("/paging/policy").status_code == 403
    version = policies.policy_in_force(db.session(), at=utc_now())
    assert version is not None
    with pytest.raises(NotAllowed):
        policies.set_policy(version.policy, actor=officer(), now=utc_now())


def test_a_run_keeps_the_policy_it_began_with(session: Session, team: Team, night: Night, page: Page) -> None:
    page()
    version = policies.policy_in_force(db.session(), at=at(0))
    assert version is not None
    only = version.policy.steps[:1]
    manages = team.manager
    policies.set_policy(replace(version.policy, steps=only), actor=manages, now=at(10))
    night.tick(60)
    assert len(night.reached) == 2
    page(70)
    night.tick(70 + 200)
    assert len(night.reached) == 3


def test_everything_a_page_can_do_has_its_operation(
    client: FlaskClient, bearer: Callable[..., dict[str, str]], team: Team, night: Night, page: Page, session: Session
) -> None:
    incident_id = page()
    night.tick(60)
    officer, manager = bearer(RoleName.DUTY_OFFICER), bearer(RoleName.MANAGER)
    url = f"/api/v1/incidents/{incident_id}"
    (run,) = client.get(f"{url}/pages", headers=officer).json["items"]  # type: ignore[index]
    assert [(each["channel"], each["said"]) for each in run["attempts"]] == [
        ("sms", "Accepted by the provider"),
        ("voice", "Ringing"),
    ]
    assert client.post(f"{url}/take", headers=officer).json["state"] == "acknowledged"  # type: ignore[index]
    refused = client.post(f"{url}/take", headers=manager)
    assert (refused.status_code, refused.json["current"]["state"]) == (409, "acknowledged")  # type: ignore[index]
    assert client.post(f"{url}/pass", headers=officer).json["state"] == "paged"  # type: ignore[index]
    assert client.post(f"{url}/safe", headers=officer).status_code == 409
    assert client.post(f"{url}/alarm", headers=officer).status_code == 409
    assert client.get("/api/v1/incidents/999/pages", headers=officer).status_code == 404
    (policy,) = client.get("/api/v1/paging/policies", headers=manager).json["items"]  # type: ignore[index]
    told = {name: value for name, value in policy.items() if name not in {"id", "made_by", "made_at", "effective_from"}}
    made = client.post("/api/v1/paging/policies", json=told, headers=manager)
    assert made.status_code == 201
    assert made.json["steps"] == policy["steps"]  # type: ignore[index]
    assert made.json["welfare_chain"] == ["manager", "backup", "manager"]  # type: ignore[index]
    assert client.post("/api/v1/paging/policies", json=told | {"steps": []}, headers=manager).status_code == 422
    assert client.post("/api/v1/paging/policies", json=told, headers=officer).status_code == 403


def test_the_board_names_who_has_taken_an_incident_until_they_set_out(session: Session, team: Team, page: Page) -> None:
    incident_id = page()
    assert taken_by(session) == [None]
    answering.take_incident(incident_id, actor=team.backup, now=at(20))
    assert taken_by(session) == [team.backup.name]
    answering.pass_incident(incident_id, actor=team.backup, now=at(30))
    assert taken_by(session) == [None]


def taken_by(session: Session) -> list[str | None]:
    return [line.taken_by for line in read_board(session, now=at(40)).lines]


def test_an_alarm_about_a_silent_officer_is_dealt_with_by_a_button(
    session: Session, night: Night, team: Team, page: Page, browser: FlaskClient
) -> None:
    incident_id = page()
    dispatching.record_milestone(incident_id, NewMilestone(Step.ON_SCENE), actor=team.primary, now=at(0))
    for number in range(3):
        night.tick(1800 + number * 300)
    url = f"/incidents/{incident_id}"
    assert "An officer here does not answer." in browser.get(url).text
    answer = browser.post(f"{url}/alarm", follow_redirects=True)
    assert "You deal with it: nobody else is rung." in answer.text
    assert "An officer here does not answer." not in answer.text
    assert browser.post(f"{url}/alarm").status_code == 409
