"""Landlines that are asked by a call: what officers see of them, and what the public site says."""

from collections.abc import Callable
from datetime import timedelta

import pytest
from flask import Flask
from flask.testing import FlaskClient
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace
from sqlalchemy import select, update
from sqlalchemy.orm import Session

from tests.conftest import NOW
from tests.subscribers.conftest import OPERATOR
from tests.subscribers.test_views import main_of
from tsalert.core.clock import utc_now
from tsalert.core.errors import RuleViolation
from tsalert.db import db
from tsalert.delivery.models import Delivery, Endpoint
from tsalert.delivery.rules import Status
from tsalert.notify_settings import NotifySettings
from tsalert.staff.rules import RoleName
from tsalert.subscribers import asked, partnering, service
from tsalert.subscribers.rules import BETWEEN_QUESTIONS, QUESTIONS_BY_CALL, Question, may_be_asked, read_question
from tsalert.subscribers.service import Wish
from tsalert.visitors.tokens import stamp

SignIn = Callable[..., FlaskClient]
PAGE = "/subscribers/landlines"


@given(st.lists(st.timedeltas(timedelta(0), BETWEEN_QUESTIONS * 9), max_size=6))
def test_nobody_is_asked_a_fourth_time_or_twice_in_a_day(ago: list[timedelta]) -> None:
    may = may_be_asked([NOW - each for each in ago], NOW)
    assert may == (len(ago) < QUESTIONS_BY_CALL and all(each >= BETWEEN_QUESTIONS for each in ago))


@pytest.mark.parametrize(
    ("call", "state"),
    [
        (None, Question.NOT_RUNG),
        (Status.PENDING, Question.TO_RING),
        (Status.ACCEPTED, Question.RUNG),
        (Status.DELIVERED, Question.NO_KEY),
        (Status.UNDELIVERED, Question.NO_ANSWER),
        (Status.FAILED, Question.FAILED),
        (Status.EXPIRED, Question.FAILED),
    ],
)
def test_what_came_of_a_question(call: Status | None, state: Question) -> None:
    assert read_question(call, is_confirmed=False, is_suppressed=False) is state
    assert read_question(call, is_confirmed=True, is_suppressed=False) is Question.JOINED
    assert read_question(call, is_confirmed=True, is_suppressed=True) is Question.NEVER


def test_an_officer_has_a_landline_asked_and_sees_that_it_waits(signed_in: SignIn) -> None:
    browser = signed_in(RoleName.MANAGER)
    assert "No landline has been asked yet." in browser.get(PAGE).text
    answer = browser.post(PAGE, data={"contact": "020 7946 0123", "topics": ["scams"]}, follow_redirects=True)
    assert "We will ring the number between 08:00 and 21:00 and ask." in answer.text
    assert "•••• 0123" in answer.text
    assert "020 7946 0123" not in answer.text
    assert "Waits to be rung" in answer.text
    again = browser.post(PAGE, data={"contact": "020 7946 0123"})
    assert again.status_code == 422
    assert "This number cannot be rung now." in again.text
    assert "020 7946 0123" in again.text


@pytest.mark.parametrize("contact", ["", "07700 900123", "pat@example.org", "0909 879 0123", "+1 202 555 0100"])
def test_what_is_no_landline_is_refused(signed_in: SignIn, contact: str) -> None:
    assert signed_in(RoleName.MANAGER).post(PAGE, data={"contact": contact}).status_code == 422


def test_who_does_not_keep_the_list_asks_nobody(signed_in: SignIn) -> None:
    desk = signed_in(RoleName.DUTY_OFFICER)
    assert desk.get(PAGE).status_code == 403
    assert desk.post(PAGE, data={"contact": "020 7946 0123"}).status_code == 403


def test_what_the_network_said_of_the_call_is_told(session: Session) -> None:
    service.sign_up("020 7946 0123", Wish(), network="192.0.2.1", now=NOW)
    session.execute(update(Delivery).values(status="undelivered"))
    (line,) = asked.asked_landlines(db.session()).items
    assert (line.masked, line.asked_at, line.source, line.state) == ("•••• 0123", NOW, "web", Question.NO_ANSWER)
    assert asked.asked_landlines(db.session(), after=line.id).items == []


def test_the_public_answer_is_the_same_for_a_landline_that_is_new_known_or_gone(client: FlaskClient) -> None:
    drawn = stamp(utc_now() - timedelta(minutes=1))
    service.add_by_phone("020 7946 0001", Wish(), actor=OPERATOR, now=NOW)
    pages = set()
    for contact in ("020 7946 0001", "020 7946 0002", "020 7946 0002"):
        answer = client.post("/join", data={"contact": contact, "drawn": drawn})
        path = answer.headers["Location"]
        pages.add((answer.status_code, main_of(client.get(path).text).replace(path, "")))
    ((status, page),) = pages
    assert status == 303
    assert "We will ring the landline you gave, once" in page


@pytest.fixture
def without_calls(app: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    """Let texts go by Notify, which makes no calls, with nobody else who does."""
    account = NotifySettings("key", "token", sms_template="one")
    chosen = replace(app.extensions["tsalert_settings"], notify=account)
    monkeypatch.setitem(app.extensions, "tsalert_settings", chosen)


@pytest.mark.usefixtures("without_calls")
def test_where_nothing_makes_calls_no_landline_is_put_on_the_list(session: Session) -> None:
    wish, landline = Wish(("scams",)), "020 7946 0123"
    for refused in (
        lambda: service.sign_up(landline, wish, network="192.0.2.1", now=NOW),
        lambda: service.ask_by_call(landline, wish, actor=OPERATOR, now=NOW),
        lambda: service.add_by_phone(landline, wish, actor=OPERATOR, now=NOW),
    ):
        with pytest.raises(RuleViolation, match="We cannot ring landlines") as refusal:
            refused()
        assert refusal.value.field == "contact"
    assert session.scalars(select(Endpoint.id)).all() == []
    assert service.add_by_phone("07700 900123", wish, actor=OPERATOR, now=NOW)


@pytest.mark.usefixtures("without_calls")
def test_where_nothing_makes_calls_no_landline_is_a_partners_contact(session: Session) -> None:
    partner_id = partnering.add_partner(session, "Bickley library", None, now=NOW)
    with pytest.raises(RuleViolation, match="We cannot ring landlines") as refusal:
        partnering.link_address(session, partner_id, "020 7946 0123", now=NOW)
    assert refusal.value.field == "address"


@pytest.mark.usefixtures("without_calls")
def test_the_public_form_asks_for_another_way_where_nothing_makes_calls(client: FlaskClient) -> None:
    drawn = stamp(utc_now() - timedelta(minutes=1))
    page = client.post("/join", data={"contact": "020 7946 0123", "topics": ["scams"], "drawn": drawn})
    assert "Enter an email address or a mobile number." in page.text
