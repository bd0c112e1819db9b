"""Passkeys: both steps at once, for this service alone, each answer once."""

import html
import json
import re
from collections.abc import Callable

import pytest
from flask import Flask
from flask.testing import FlaskClient
from hypothesis import example, given
from hypothesis import strategies as st
from msgspec.structs import replace
from sqlalchemy import select
from sqlalchemy.orm import Session

from tests.conftest import PASSWORD
from tests.standins.authenticator import Authenticator
from tsalert.audit.models import AuditEvent
from tsalert.config import Settings
from tsalert.core.clock import utc_now
from tsalert.db import db
from tsalert.staff import queries, service
from tsalert.staff.factors import protocol
from tsalert.staff.factors.asking import place_of
from tsalert.staff.factors.models import Passkey
from tsalert.staff.rules import RoleName

pytestmark = pytest.mark.db

KIM, LEE = "kim@example.org", "lee@example.org"
ORIGIN = "https://alerts.example.gov.uk"
NEW, ALONE, SECOND = "/account/second-step/passkeys/new", "/sign-in/passkey", "/sign-in/second-step"


@pytest.fixture(autouse=True)
def place(app: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    moved: Settings = replace(app.extensions["tsalert_settings"], public_url=ORIGIN)
    monkeypatch.setitem(app.extensions, "tsalert_settings", moved)


@pytest.fixture
def desk(app: Flask, session: Session) -> FlaskClient:
    """A browser in which Kim is signed in by password alone."""
    for email in (KIM, LEE):
        service.create_officer(
            email, name="Pat Example", roles=[RoleName.DUTY_OFFICER], password=PASSWORD, now=utc_now()
        )
    return give_password(app, KIM)


def give_password(app: Flask, email: str) -> FlaskClient:
    browser = app.test_client()
    assert browser.post("/sign-in", data={"email": email, "password": PASSWORD}).status_code == 303
    return browser


def asked(browser: FlaskClient, path: str) -> str:
    """Return the question on a page."""
    found = re.search(r'data-options="([^"]*)"', browser.get(path).text)
    assert found is not None
    return html.unescape(found[1])


def add(browser: FlaskClient, key: Authenticator) -> int:
    made = {"name": "Work telephone", "credential": key.make(asked(browser, NEW))}
    return browser.post(NEW, data=made).status_code


def sign_in(browser: FlaskClient, key: Authenticator, page: str = ALONE) -> int:
    to = page if page == ALONE else f"{page}/passkey"
    return browser.post(to, data={"credential": key.answer(asked(browser, page))}).status_code


def is_in(browser: FlaskClient) -> bool:
    return browser.get("/account").status_code == 200


def test_a_passkey_signs_in_alone_and_after_a_password(app: Flask, session: Session, desk: FlaskClient) -> None:
    key, alone = Authenticator(ORIGIN), app.test_client()
    assert (add(desk, key), is_in(desk)) == (200, True)
    assert "Work telephone" in desk.get("/account/second-step").text
    assert (sign_in(alone, key), is_in(alone)) == (303, True)
    both = give_password(app, KIM)
    assert not is_in(both)
    assert (sign_in(both, key, SECOND), is_in(both)) == (303, True)
    assert session.scalars(select(AuditEvent.action).order_by(AuditEvent.id)).all()[-1] == "second step taken"


def test_a_question_is_answered_once(app: Flask, desk: FlaskClient) -> None:
    key, browser = Authenticator(ORIGIN), app.test_client()
    add(desk, key)
    answer = key.answer(asked(browser, ALONE))
    assert browser.post(ALONE, data={"credential": answer}).status_code == 303
    for other in (browser, app.test_client()):
        asked(other, ALONE)
        assert other.post(ALONE, data={"credential": answer}).status_code == 422
    assert not is_in(other)


def test_an_answer_is_worth_nothing_again_with_a_copy_of_the_cookie_that_holds_its_question(
    app: Flask, desk: FlaskClient
) -> None:
    key, browser, copy = Authenticator(ORIGIN, counts=False), app.test_client(), app.test_client()
    add(desk, key)
    answer = key.answer(asked(browser, ALONE))
    with browser.session_transaction() as held, copy.session_transaction() as copied:
        copied.update(held)
    assert browser.post(ALONE, data={"credential": answer}).status_code == 303
    assert copy.post(ALONE, data={"credential": answer}).status_code == 422
    assert (sign_in(copy, key), is_in(copy)) == (303, True)


@pytest.mark.parametrize(
    "key",
    [Authenticator("https://alerts.example.gov.uk.evil.example"), Authenticator(ORIGIN, asks_holder=False)],
    ids=["on another site", "without asking its holder"],
)
def test_what_a_false_page_or_a_found_stick_answers_is_refused(
    app: Flask, desk: FlaskClient, key: Authenticator
) -> None:
    assert add(desk, key) == 422
    good = Authenticator(ORIGIN)
    add(desk, good)
    false = replace(good, origin=key.origin, asks_holder=key.asks_holder)
    browser = app.test_client()
    assert (sign_in(browser, false), is_in(browser)) == (422, False)


def test_a_copy_of_a_key_shows_itself_by_its_count(app: Flask, desk: FlaskClient) -> None:
    key = Authenticator(ORIGIN)
    add(desk, key)
    copy = replace(key)
    assert sign_in(app.test_client(), key) == 303
    assert sign_in(app.test_client(), copy) == 422


def test_a_passkey_of_one_officer_is_no_second_step_of_another(app: Flask, desk: FlaskClient) -> None:
    kims, lees = Authenticator(ORIGIN), Authenticator(ORIGIN)
    add(desk, kims)
    add(give_password(app, LEE), lees)
    browser = give_password(app, KIM)
    assert sign_in(browser, lees, SECOND) == 422
    assert not is_in(browser)
    assert add(browser := signed_in_by(app, kims), lees) == 422  # somebody's already
    assert is_in(browser)


def test_an_officer_who_left_gets_in_by_no_passkey(app: Flask, desk: FlaskClient) -> None:
    key = Authenticator(ORIGIN)
    add(desk, key)
    queries.get_officer(db.session(), KIM).active = False
    db.session.commit()
    assert sign_in(app.test_client(), key) == 422


def test_wrong_answers_lock_a_passkey_too(app: Flask, desk: FlaskClient) -> None:
    key = Authenticator(ORIGIN)
    add(desk, key)
    false, browser = replace(key, key=Authenticator(ORIGIN).key), app.test_client()
    assert [sign_in(browser, false) for _ in range(6)] == [422] * 5 + [403]


def test_nobody_far_away_keeps_an_officer_from_uncovering_their_desk_with_a_passkey(
    app: Flask, desk: FlaskClient
) -> None:
    key, stranger = Authenticator(ORIGIN), app.test_client()
    add(desk, key)
    with desk.session_transaction() as held:
        held["acted_at"] -= app.extensions["tsalert_settings"].sign_in.lock_after.total_seconds()
    for _ in range(5):
        stranger.post("/sign-in", data={"email": KIM, "password": "a guess"})
    assert desk.post("/desk/unlock", data={"unlock_password": PASSWORD}).status_code == 401
    false = replace(key, key=Authenticator(ORIGIN).key)
    assert desk.post("/desk/unlock", data={"unlock_passkey": false.answer(asked(desk, "/board"))}).status_code == 401
    assert desk.post("/desk/unlock", data={"unlock_passkey": key.answer(asked(desk, "/board"))}).status_code == 303
    assert is_in(desk)


def test_a_passkey_that_was_taken_away_opens_nothing(app: Flask, session: Session, desk: FlaskClient) -> None:
    key = Authenticator(ORIGIN)
    add(desk, key)
    number = session.scalars(select(Passkey.id)).one()
    assert give_password(app, LEE).post(f"/account/second-step/passkeys/{number}/remove").status_code == 404
    assert desk.post(f"/account/second-step/passkeys/{number}/remove").status_code == 303
    assert sign_in(app.test_client(), key) == 422


def test_at_an_address_that_is_a_number_none_is_offered(
    app: Flask, desk: FlaskClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    moved = replace(app.extensions["tsalert_settings"], public_url="http://127.0.0.1:8000")
    monkeypatch.setitem(app.extensions, "tsalert_settings", moved)
    for path in ("/account/second-step", NEW, ALONE):
        assert "do not work at this address" in desk.get(path).text or desk.get(path).status_code == 303


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(),
    lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
)
PARTS = st.sampled_from(["clientDataJSON", "authenticatorData", "attestationObject", "signature", "userHandle"])
ANSWER = st.fixed_dictionaries(
    {
        "id": st.text(),
        "rawId": st.text(),
        "type": st.just("public-key"),
        "response": st.dictionaries(PARTS, st.text("AQIDhaGk-_=\u00e9")),
    }
)


@example("[" * 100_000)
@given(st.text() | (JSON | ANSWER).map(json.dumps))
def test_whatever_is_sent_for_an_answer_is_refused_in_words(answer: str) -> None:
    place = place_of(ORIGIN, "Testshire")
    reads: tuple[Callable[[], object], ...] = (
        lambda: protocol.read_new(answer, place, "AAAA", "x"),
        lambda: protocol.check(answer, place, "AAAA", public_key=b"", sign_count=0),
    )
    for read in reads:
        with pytest.raises(protocol.Refused):
            read()


def signed_in_by(app: Flask, key: Authenticator) -> FlaskClient:
    browser = app.test_client()
    assert sign_in(browser, key) == 303
    return browser
