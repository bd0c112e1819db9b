"""Who approves sits there: signed in within five minutes, or the password again; nothing but an officer approves."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
import time_machine
from flask import Flask
from flask.testing import FlaskClient
from msgspec.structs import replace
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from tests.alerts.conftest import new_draft, shown
from tests.alerts.test_resending import ended
from tests.alerts.test_views import digest_on
from tests.conftest import NOW, PASSWORD
from tsalert.alerts import service
from tsalert.alerts.scheduling import service as scheduling
from tsalert.core.actors import SERVICE, Actor, Permission
from tsalert.core.errors import NotAllowed
from tsalert.delivery.models import Mailing
from tsalert.staff.models import SignInFailure
from tsalert.staff.rules import FAILURES_BY_ACCOUNT, RoleName

SignIn = Callable[..., FlaskClient]
Bearer = Callable[..., dict[str, str]]
REASON = "Nobody else is on duty and they are at doors now."
AGAIN = "You signed in more than five minutes ago"


def approve(browser: FlaskClient, alert_id: int, **typed: str) -> Any:
    digest = digest_on(browser.get(f"/alerts/{alert_id}").text)
    return browser.post(f"/alerts/{alert_id}/approve", data={"digest": digest, **typed})


def sent(session: Session) -> int:
    return session.scalar(select(func.count()).select_from(Mailing)) or 0


@pytest.fixture
def desk(signed_in: SignIn) -> FlaskClient:
    """A browser that signed in at noon."""
    with time_machine.travel(NOW, tick=False):
        return signed_in(RoleName.DUTY_OFFICER, RoleName.LONE_SENDER)


@pytest.mark.parametrize(("after", "asks"), [(timedelta(minutes=5), False), (timedelta(minutes=5, seconds=1), True)])
def test_five_minutes_after_signing_in_the_password_is_asked_again(
    session: Session, desk: FlaskClient, pending: int, after: timedelta, *, asks: bool
) -> None:
    with time_machine.travel(NOW + after, tick=False):
        page = desk.get(f"/alerts/{pending}").text
        assert ('name="password"' in page) is asks
        answer = approve(desk, pending)
    assert answer.status_code == (422 if asks else 303)
    assert sent(session) == int(not asks)
    if asks:
        assert AGAIN in answer.text
        assert 'href="#password"' in answer.text


def test_the_password_counts_for_the_next_five_minutes(session: Session, desk: FlaskClient, pending: int) -> None:
    later = NOW + timedelta(hours=2)
    with time_machine.travel(later, tick=False):
        assert approve(desk, pending, password=PASSWORD).status_code == 303
    assert sent(session) == 1
    with time_machine.travel(later + timedelta(minutes=4), tick=False):
        assert 'name="password"' not in desk.get(f"/alerts/{pending}").text


@pytest.mark.parametrize("password", ["wrong horse battery staple", "x" * 1001, "\x00", "\ud800"])
def test_a_wrong_password_sends_nothing_and_never_comes_back(
    session: Session, desk: FlaskClient, pending: int, password: str
) -> None:
    with time_machine.travel(NOW + timedelta(hours=2), tick=False):
        answer = approve(desk, pending, password=password.encode("utf-8", "replace").decode())
    assert answer.status_code == 422
    assert "That is not your password." in answer.text
    assert "wrong horse" not in answer.text
    assert sent(session) == 0
    assert session.scalar(select(func.count()).select_from(SignInFailure)) == 1


def test_who_guesses_is_locked_out_as_at_sign_in(session: Session, desk: FlaskClient, pending: int) -> None:
    with time_machine.travel(NOW + timedelta(hours=2), tick=False):
        for _ in range(FAILURES_BY_ACCOUNT):
            approve(desk, pending, password="wrong horse battery staple")
        answer = approve(desk, pending, password=PASSWORD)
    assert answer.status_code == 403
    assert "Too many tries" in answer.text
    assert sent(session) == 0


@pytest.mark.parametrize("step", ["send-alone", "schedule"])
def test_sending_alone_and_scheduling_ask_too(session: Session, desk: FlaskClient, pending: int, step: str) -> None:
    form = {"digest": shown(pending), "reason": REASON} | (
        {"starts_at": "2026-06-11T10:00"} if step == "schedule" else {}
    )
    form = form if step == "send-alone" else {name: form[name] for name in ("digest", "starts_at")}
    with time_machine.travel(NOW + timedelta(hours=2), tick=False):
        refused = desk.post(f"/alerts/{pending}/{step}", data=form)
        assert refused.status_code == 422
        assert AGAIN in refused.text
        assert step != "schedule" or '<details class="govuk-details" open>' in refused.text
        assert desk.post(f"/alerts/{pending}/{step}", data=form | {"password": PASSWORD}).status_code == 303


def test_starting_by_hand_asks_too(desk: FlaskClient, pending: int, approver: Actor) -> None:
    scheduling.schedule(pending, shown(pending), NOW + timedelta(hours=1), actor=approver, now=NOW)
    with time_machine.travel(NOW + timedelta(minutes=30), tick=False):
        assert desk.post(f"/alerts/{pending}/start", data={"digest": shown(pending)}).status_code == 422
        form = {"digest": shown(pending), "password": PASSWORD}
        assert desk.post(f"/alerts/{pending}/start", data=form).status_code == 303


def test_sending_again_asks_too(
    session: Session, desk: FlaskClient, pending: int, approver: Actor, client: FlaskClient, bearer: Bearer
) -> None:
    service.approve(pending, shown(pending), actor=approver, now=NOW)
    ended(session, ann="soft_bounced")
    mailings, token = sent(session), bearer()
    place, form = f"/alerts/{pending}/missing", {"reasons": ["bounced_for_now"], "way": "same"}
    with time_machine.travel(NOW + timedelta(minutes=6), tick=False):
        assert 'name="password"' in desk.get(place).text
        refused = desk.post(place, data=form)
        assert (refused.status_code, AGAIN in refused.text, sent(session)) == (422, True, mailings)
        assert desk.post(place, data=form | {"password": PASSWORD}).status_code == 303
        assert sent(session) == mailings + 1
    with time_machine.travel(datetime.now(UTC) + timedelta(minutes=6), tick=False):
        refused = client.post(f"/api/v1/alerts/{pending}/resends", json=form, headers=token)
        assert refused.json is not None
        assert "password" in refused.json["errors"]


def test_a_token_alone_approves_only_in_its_first_five_minutes(
    client: FlaskClient, session: Session, bearer: Callable[..., dict[str, str]], author: Actor, people: None
) -> None:
    now, headers = datetime.now(UTC), bearer()
    alert_id = service.write_draft(new_draft(expires_at=now + timedelta(days=7)), actor=author, now=now)
    service.submit(alert_id, actor=author, now=now)
    place, told = f"/api/v1/alerts/{alert_id}/approve", {"digest": shown(alert_id)}
    with time_machine.travel(now + timedelta(minutes=6), tick=False):
        for body in (told, told | {"password": None}, told | {"password": "wrong horse battery staple"}):
            refused = client.post(place, json=body, headers=headers)
            assert refused.status_code == 422
            assert refused.json is not None
            assert "password" in refused.json["errors"]
        assert sent(session) == 0
        assert client.post(place, json=told | {"password": PASSWORD}, headers=headers).status_code == 200
        again = client.post(place, json=told, headers=headers)
    assert again.status_code == 422, "a password given by API counts for that one request"


@pytest.mark.parametrize("decide", [service.approve, scheduling.start])
def test_nothing_but_an_officer_ever_approves(
    session: Session, pending: int, approver: Actor, decide: Callable[..., int]
) -> None:
    if decide is scheduling.start:
        scheduling.schedule(pending, shown(pending), NOW + timedelta(hours=1), actor=approver, now=NOW)
    machine = replace(SERVICE, permissions=frozenset(Permission))
    with pytest.raises(NotAllowed, match="Only an officer"):
        decide(pending, shown(pending), actor=machine, now=NOW)
    assert sent(session) == 0


def test_no_machine_schedules_or_sends_alone(session: Session, pending: int) -> None:
    machine = replace(SERVICE, permissions=frozenset(Permission))
    with pytest.raises(NotAllowed, match="Only an officer"):
        scheduling.schedule(pending, shown(pending), NOW + timedelta(hours=1), actor=machine, now=NOW)
    with pytest.raises(NotAllowed, match="Only an officer"):
        service.send_alone(pending, shown(pending), REASON, actor=machine, now=NOW)
    assert sent(session) == 0


def test_the_screen_on_a_wall_opens_no_alert(app: Flask, client: FlaskClient, pending: int) -> None:
    assert client.post(f"/api/v1/alerts/{pending}/approve", json={"digest": shown(pending)}).status_code == 401
    assert client.post(f"/alerts/{pending}/approve", data={"digest": shown(pending)}).status_code == 401
