"""Joining by a text of JOIN: the text itself is the consent, and proves the number."""

import pytest
from flask import Flask
from flask.testing import FlaskClient
from msgspec.structs import replace
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from tests.conftest import NOW
from tests.subscribers.conftest import held, status
from tsalert.config import TwilioSettings
from tsalert.inbound import service as inbound
from tsalert.inbound.rules import read_joining
from tsalert.response.models import Call
from tsalert.subscribers.models import ConsentEvent, Subscriber

MOBILE = "+447700900123"


@pytest.mark.parametrize(
    ("body", "words"),
    [
        ("JOIN", ""),
        (" join. ", ""),
        ("Join BR1 3UH", "BR1 3UH"),
        ("JOIN, br13uh scams!", "br13uh scams!"),
        ("JOIN\nBR1 3UH", "BR1 3UH"),
        ("please JOIN", None),
        ("JOINERS came to the door", None),
        ("", None),
    ],
)
def test_a_text_is_a_wish_to_join_or_a_message_for_a_person(body: str, words: str | None) -> None:
    read = read_joining(body)
    assert (read if read is None else read.strip(",. \n")) == words


def test_who_texts_join_is_on_the_list_and_hears_so(session: Session) -> None:
    answer = inbound.take_message("SM1", MOBILE, "Join BR1 3UH: scams, Doorstep Crime. BCDF2345", now=NOW)
    assert "you will get our scam alerts" in answer
    assert status(session, MOBILE) == "active"
    assert held(session, MOBILE) == [("doorstep-crime", "immediate", None), ("scams", "immediate", None)]
    assert session.scalars(select(Subscriber.postcode)).one() == "BR1 3UH"
    assert "JOIN" in session.scalars(select(ConsentEvent.wording)).one()


@pytest.mark.parametrize(
    "body",
    [
        "Join us at the pub",
        "JOIN gardening",
        "join me BR1 3UH",
        "Join him? Never",
        "Join me and the others at the front door now",
        "JOIN BR1 3UH BR2 9AA",
        "JOIN BCDF2345 FGHJ6789",
        "JOIN 2 men at No 12",
    ],
)
def test_a_text_with_any_word_that_we_do_not_know_behind_join_waits_for_an_officer(session: Session, body: str) -> None:
    answer = inbound.take_message("SM1", MOBILE, body, now=NOW)
    assert "you will get our scam alerts" not in answer
    assert session.scalars(select(Subscriber)).all() == []
    assert session.scalars(select(Call.happening)).one() == body


def test_a_repeated_report_of_the_same_text_changes_nothing(session: Session) -> None:
    answers = {inbound.take_message("SM1", MOBILE, "JOIN", now=NOW) for _ in range(2)}
    assert len(answers) == 1
    assert session.scalar(select(func.count()).select_from(ConsentEvent)) == 1


def test_a_foreign_number_that_texts_join_waits_for_an_officer(session: Session) -> None:
    inbound.take_message("SM1", "+12025550100", "JOIN", now=NOW)
    assert session.scalars(select(Subscriber)).all() == []


def test_whoever_once_texted_stop_reads_that_only_start_lets_our_texts_through(
    app: Flask, client: FlaskClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    hint, settings = "Did you once text STOP to us?", app.extensions["tsalert_settings"]
    assert hint not in client.get("/join/code/x?by=sms").text, "where no provider holds texts back"
    ours = replace(settings, twilio=TwilioSettings("AC1", "token", sender="+441632960000"))
    monkeypatch.setitem(app.extensions, "tsalert_settings", ours)
    page = client.get("/join/code/x?by=sms").text
    assert (hint in page, 'href="sms:+441632960000"' in page) == (True, True)
    assert hint not in client.get("/join/code/x?by=email").text


@pytest.mark.parametrize(
    ("sender", "is_told"),
    [({"sender": "+441632960000"}, True), ({"sender": "TradingStd"}, False), ({"messaging_service_sid": "MG1"}, False)],
)
def test_the_form_tells_the_number_to_text_where_it_is_known(
    app: Flask, client: FlaskClient, monkeypatch: pytest.MonkeyPatch, sender: dict[str, str], *, is_told: bool
) -> None:
    ours = replace(app.extensions["tsalert_settings"], twilio=TwilioSettings("AC1", "token", **sender))
    monkeypatch.setitem(app.extensions, "tsalert_settings", ours)
    page = client.get("/join").text
    assert ("sms:+441632960000" in page, "JOIN" in page) == (is_told, is_told)
