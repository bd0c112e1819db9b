"""Reporting on the website: it becomes a call that waits, it says whom to ring first, and nothing typed is lost."""

import re
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from tests import outages
from tsalert.audit.models import AuditEvent
from tsalert.core.clock import utc_now
from tsalert.db import db
from tsalert.response import missed
from tsalert.response.models import Call
from tsalert.response.vocabulary import Disposition, Line, MoneyState
from tsalert.response.waiting import get_waiting
from tsalert.site.rules import MOST_FROM_A_NETWORK, RECEIPT_LIFE
from tsalert.visitors.tokens import stamp

STORY = "A man came about the roof and wanted £900."


@pytest.fixture
def told(session: Session) -> dict[str, str]:
    """A whole report, on a form that was drawn a minute ago."""
    return {
        "happening": STORY,
        "is_now": "no",
        "began": "This morning",
        "postcode": "br13uh",
        "money": "asked",
        "name": "Pat Example",
        "contact": "020 7946 0123",
        "is_safe": "no",
        "drawn": stamp(utc_now() - timedelta(minutes=1)),
    }


def calls(session: Session) -> list[Call]:
    session.expire_all()
    return list(session.scalars(select(Call).order_by(Call.id)))


def test_the_form_says_whom_to_ring_before_it_asks_anything(client: FlaskClient) -> None:
    page = client.get("/report").text
    main = page[page.index("<main") :]
    for words in ("tel:999", "07700 900461", "tel:159"):
        assert main.index(words) < main.index("<form")


def test_a_report_waits_for_an_officer_with_all_that_was_told(
    client: FlaskClient, session: Session, told: dict[str, str]
) -> None:
    answer = client.post("/report", data=told)
    assert answer.status_code == 303
    call = calls(session)[0]
    assert (call.line, call.disposition, call.is_trader_on_site) == (Line.WEB, Disposition.WAITING, False)
    assert (call.caller_name, call.postcode, call.money_state) == ("Pat Example", "BR1 3UH", MoneyState.ASKED)
    assert (call.phone, call.phone_e164, call.is_safe_to_call_back) == ("020 7946 0123", "+442079460123", False)
    assert call.happening == f"{STORY}\nWhen: This morning"
    page = client.get(answer.location)
    assert page.status_code == 200
    assert call.reference in page.text
    assert "Please ring" not in page.text
    for words in (STORY, "Pat Example", "BR1", "7946"):
        assert words not in page.text + answer.location


def test_two_answers_are_enough(client: FlaskClient, session: Session, told: dict[str, str]) -> None:
    little = {name: told[name] for name in ("happening", "is_now", "drawn")}
    assert client.post("/report", data=little).status_code == 303
    call = calls(session)[0]
    assert (call.phone, call.caller_name, call.is_safe_to_call_back) == (None, None, None)
    assert call.happening == f"{STORY}\nThey did not say whether money was asked for or paid."


def test_nothing_is_said_of_money_that_nobody_chose(client: FlaskClient) -> None:
    answers = re.findall(r'<input[^>]*name="money"[^>]*>', client.get("/report").text)
    assert len(answers) == len(MoneyState)
    assert not any("checked" in each for each in answers)


def test_an_email_address_stands_in_the_words_since_a_call_has_no_field_for_it(
    client: FlaskClient, session: Session, told: dict[str, str]
) -> None:
    client.post("/report", data=told | {"contact": "pat@example.org"})
    call = calls(session)[0]
    assert call.phone is None
    assert "How to reach them: pat@example.org" in (call.happening or "")


def test_what_is_to_be_mended_is_told_in_the_order_of_the_questions(client: FlaskClient, told: dict[str, str]) -> None:
    page = client.post("/report", data={"drawn": told["drawn"]}).text
    assert page.index("Say whether it is happening now.") < page.index("Tell us what happened, in your own words.")


@pytest.mark.parametrize(("now", "rings"), [("yes", True), ("no", False)])
def test_only_what_happens_now_wakes_the_officer_on_duty(
    client: FlaskClient,
    session: Session,
    told: dict[str, str],
    signed_in: Callable[..., FlaskClient],
    *,
    now: str,
    rings: bool,
) -> None:
    answer = client.post("/report", data=told | {"is_now": now})
    found = get_waiting(session, calls(session)[0].id)
    assert missed.is_due(found, utc_now()) is rings
    words = missed.words_for(found)
    assert "Report on the website" in words
    assert len(words) <= 160
    assert ("Please ring" in client.get(answer.location).text) is rings
    assert ("Happening now" in signed_in().get("/calls").text) is rings


@pytest.mark.parametrize(
    ("change", "words"),
    [
        pytest.param({"happening": ""}, "in your own words", id="no-story"),
        pytest.param({"happening": "x" * 3001}, "3,000 characters", id="a-story-without-end"),
        pytest.param({"is_now": ""}, "happening now", id="not-said-whether-now"),
        pytest.param({"money": "a lot"}, "Choose one", id="a-word-that-is-not-offered"),
        pytest.param({"postcode": "nowhere"}, "full postcode", id="no-postcode"),
        pytest.param({"drawn": "x"}, "very quick", id="a-form-that-we-did-not-draw"),
        pytest.param({"leave_empty": "me"}, "check against machines", id="a-field-that-people-do-not-see"),
        pytest.param({"name": "Pat\x00"}, "cannot be seen", id="a-character-that-cannot-be-seen"),
    ],
)
def test_a_refused_report_comes_back_with_all_that_was_typed(
    client: FlaskClient, session: Session, told: dict[str, str], change: dict[str, str], words: str
) -> None:
    answer = client.post("/report", data=told | change)
    assert answer.status_code == 422
    assert words in answer.text
    for kept in {"happening": STORY, "began": "This morning", "contact": "020 7946 0123"}.items():
        if kept[0] not in change:
            assert kept[1] in answer.text
    assert calls(session) == []


def test_a_second_report_within_the_hour_is_taken_and_a_flood_is_not(
    client: FlaskClient, session: Session, told: dict[str, str]
) -> None:
    answers = [client.post("/report", data=told) for _ in range(MOST_FROM_A_NETWORK + 1)]
    assert {answer.status_code for answer in answers[:-1]} == {303}
    last = answers[-1]
    assert last.status_code == 422
    assert "07700 900461" in last.text
    assert STORY in last.text
    assert len(calls(session)) == MOST_FROM_A_NETWORK


def test_pressing_twice_makes_one_report(client: FlaskClient, session: Session, told: dict[str, str]) -> None:
    first, second = (client.post("/report", data=told | {"submission": "a" * 32}) for _ in range(2))
    assert first.location == second.location
    assert len(calls(session)) == 1


def test_the_number_of_a_report_is_shown_to_whoever_has_its_link_and_for_a_week(
    client: FlaskClient, session: Session, told: dict[str, str]
) -> None:
    link = client.post("/report", data=told).location
    call = calls(session)[0]
    token = link.rpartition("/")[2].partition("?")[0]
    for path in ("/report/received/x", f"/report/received/{token[:-2]}AA", f"/report/received/{'A' * 32}"):
        assert client.get(path).status_code == 404
    call.received_at -= RECEIPT_LIFE + timedelta(minutes=1)
    session.commit()
    assert client.get(link).status_code == 404


def test_the_trail_holds_that_it_came_and_nothing_of_what_it_says(
    client: FlaskClient, session: Session, told: dict[str, str]
) -> None:
    client.post("/report", data=told)
    call = calls(session)[0]
    about = (AuditEvent.subject == "call", AuditEvent.subject_id == call.id)
    entry = session.scalars(select(AuditEvent).where(*about)).one()
    assert (entry.officer_id, entry.via, entry.action, entry.detail) == (None, "page", "received", {"line": "web"})
    written = " ".join(str(each.detail) for each in session.scalars(select(AuditEvent)))
    for words in (STORY, "Pat Example", "127.0.0.1"):
        assert words not in written


def test_an_officer_writes_the_report_up_from_what_was_told(
    client: FlaskClient, session: Session, signed_in: Callable[..., FlaskClient], told: dict[str, str]
) -> None:
    client.post("/report", data=told | {"is_now": "yes"})
    call = calls(session)[0]
    browser = signed_in()
    assert "Website" in browser.get("/calls").text
    page = browser.get(f"/calls/{call.id}/write-up").text
    for words in (STORY, "Pat Example", "BR1 3UH", "not safe to call back", "Report on the website"):
        assert words in page
    assert re.search(r'name="is_trader_on_site"[^>]*checked', page)
    assert re.search(r'value="asked" selected', page)


@pytest.mark.parametrize("outage", [outages.locked, outages.gone])
def test_while_the_database_is_away_the_form_comes_back_whole(fresh_app: Flask, outage: Any) -> None:
    client = fresh_app.test_client()
    with fresh_app.app_context():
        mark = stamp(utc_now() - timedelta(minutes=1))
    typed = {"happening": STORY, "is_now": "no", "name": "Pat Example", "drawn": mark, "submission": "b" * 32}
    with outage(fresh_app):
        answer = client.post("/report", data=typed)
        assert answer.status_code == 503
        assert STORY in answer.text
        assert "Pat Example" in answer.text
    assert client.post("/report", data=typed).status_code == 303
    with fresh_app.app_context():
        assert db.session.scalar(select(func.count()).select_from(Call)) == 1
