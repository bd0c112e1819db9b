"""Each sign-in is listed, ends by itself, and is over at once where somebody ends it."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import pytest
import time_machine
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import event, func, select
from sqlalchemy.exc import OperationalError
from sqlalchemy.orm import Session

from tests.conftest import NOW, PASSWORD
from tsalert.audit.models import AuditEvent
from tsalert.core.actors import Actor
from tsalert.db import db
from tsalert.staff import service
from tsalert.staff.models import SignIn
from tsalert.staff.rules import RoleName
from tsalert.staff.sign_ins import service as sign_ins
from tsalert.staff.sign_ins.rules import LONGEST, SEEN_EVERY

pytestmark = pytest.mark.db

EMAIL = "kim@example.org"
FIREFOX = "Mozilla/5.0 (Windows NT 10.0; Win64; x64; rv:150.0) Gecko/20100101 Firefox/150.0"


@pytest.fixture
def browsers(app: Flask, session: Session) -> tuple[FlaskClient, FlaskClient]:
    """Two browsers in which the same officer is signed in."""
    service.create_officer(EMAIL, name="Kim Example", roles=[RoleName.DUTY_OFFICER], password=PASSWORD, now=NOW)
    pair = (app.test_client(), app.test_client())
    for browser in pair:
        sent = {"email": EMAIL, "password": PASSWORD}
        told = {"User-Agent": FIREFOX}
        answer = browser.post("/sign-in", data=sent, headers=told, environ_base={"REMOTE_ADDR": "203.0.113.77"})
        assert answer.status_code == 303
    return pair


def is_in(browser: FlaskClient) -> bool:
    return browser.get("/board").status_code == 200


def kept() -> list[SignIn]:
    db.session.expire_all()
    return list(db.session.scalars(select(SignIn).order_by(SignIn.id)))


def test_an_officer_sees_where_they_are_signed_in_and_no_more_than_that(browsers: tuple[FlaskClient, ...]) -> None:
    page = browsers[0].get("/account/sign-ins").text
    assert page.count("Firefox on Windows") >= 2
    assert page.count("This browser") == 1
    assert "203.0.113.0/24" in page
    assert "203.0.113.77" not in page
    assert all(FIREFOX not in repr(vars(row)) for row in kept())


def test_what_an_officer_ends_is_out_at_its_next_request(browsers: tuple[FlaskClient, ...]) -> None:
    here, there = browsers
    assert here.post(f"/account/sign-ins/{kept()[1].id}/end").status_code == 303
    assert (is_in(here), is_in(there)) == (True, False)
    assert kept()[1].ending == "ended by officer"
    assert here.post(f"/account/sign-ins/{kept()[1].id}/end").status_code == 404
    assert "sign-in ended" in db.session.scalars(select(AuditEvent.action)).all()


def test_everywhere_else_is_not_here(browsers: tuple[FlaskClient, ...]) -> None:
    here, there = browsers
    assert "1 other browser" in here.post("/account/sign-ins/end-others", follow_redirects=True).text
    assert (is_in(here), is_in(there)) == (True, False)


def test_nobody_ends_anothers_but_an_administrator(
    browsers: tuple[FlaskClient, ...], signed_in: Callable[..., FlaskClient], officer: Callable[..., Actor]
) -> None:
    row = kept()[0]
    assert signed_in(RoleName.MANAGER).post(f"/account/sign-ins/{row.id}/end").status_code == 404
    stranger = signed_in(RoleName.MANAGER)
    assert stranger.post(f"/staff/{row.officer_id}/sign-ins/{row.id}/end").status_code == 403
    administrator = signed_in(RoleName.ADMINISTRATOR)
    assert "203.0.113.0/24" in administrator.get(f"/staff/{row.officer_id}").text
    assert administrator.post(f"/staff/{row.officer_id}/sign-ins/{row.id}/end").status_code == 303
    assert [is_in(browser) for browser in browsers] == [False, True]
    assert administrator.post(f"/staff/{row.officer_id}/sign-ins/end").status_code == 303
    assert not is_in(browsers[1])


def test_signing_out_ends_the_row_so_that_a_copied_cookie_opens_nothing(
    app: Flask, browsers: tuple[FlaskClient, ...]
) -> None:
    cookie = browsers[0].get_cookie("session")
    assert cookie is not None
    browsers[0].post("/sign-out")
    thief = app.test_client()
    thief.set_cookie("session", cookie.value)
    assert not is_in(thief)
    assert kept()[0].ending == "signed out"


def test_a_sign_in_lasts_twelve_hours_however_busy_it_is(app: Flask, session: Session) -> None:
    service.create_officer(EMAIL, name="Kim", roles=[RoleName.DUTY_OFFICER], password=PASSWORD, now=NOW)
    browser, start = app.test_client(), datetime.now(UTC)
    with time_machine.travel(start, tick=False):
        browser.post("/sign-in", data={"email": EMAIL, "password": PASSWORD})
    for hours in (6, 11):
        with time_machine.travel(start + timedelta(hours=hours), tick=False):
            assert browser.post("/account/shortcut", data={"key": "k"}).status_code == 303
    with time_machine.travel(start + LONGEST, tick=False):
        assert not is_in(browser)


def test_being_seen_is_noted_every_few_minutes_and_never_by_a_statement_more_each_time(
    browsers: tuple[FlaskClient, ...],
) -> None:
    first = kept()[0].last_seen_at
    statements: list[str] = []
    listen = lambda _c, _m, statement, *_: statements.append(statement)  # noqa: E731 - one expression
    event.listen(db.engine, "before_cursor_execute", listen)
    browsers[0].get("/account")
    event.remove(db.engine, "before_cursor_execute", listen)
    of_reader = [each for each in statements if "sign_in" in each or "officer_role" in each]
    assert len(of_reader) == 1, "sign-in, officer and roles are one statement"
    assert not [each for each in statements if each.startswith("UPDATE")]
    with time_machine.travel(datetime.now(UTC) + SEEN_EVERY):
        browsers[0].get("/account")
    assert kept()[0].last_seen_at - first >= SEEN_EVERY


def test_a_page_is_shown_though_being_seen_cannot_be_noted(
    browsers: tuple[FlaskClient, ...], monkeypatch: pytest.MonkeyPatch
) -> None:
    def locked(*_args: object, **_options: object) -> None:
        raise OperationalError("UPDATE", {}, Exception("database is locked"))

    monkeypatch.setattr(sign_ins, "note_seen", locked)
    with time_machine.travel(datetime.now(UTC) + SEEN_EVERY):
        assert is_in(browsers[0])


def test_a_forged_session_names_nobody(app: Flask, browsers: tuple[FlaskClient, ...]) -> None:
    with browsers[0].session_transaction() as carried:
        carried["officer"] = "guessed"
    assert not is_in(browsers[0])


def test_sign_ins_are_listed_and_ended_through_the_interface(
    client: FlaskClient, browsers: tuple[FlaskClient, ...]
) -> None:
    head = {"Authorization": f"Bearer {service.issue_token(EMAIL, now=datetime.now(UTC))}"}
    path = "/api/v1/account/sign-ins"
    listed = client.get(path, headers=head).get_json()["items"]
    assert [each["browser"] for each in listed] == ["Firefox on Windows"] * 2
    assert client.post(f"{path}/{listed[0]['id']}/end", headers=head).status_code == 204
    assert client.post(f"{path}/end", headers=head).get_json() == {"ended": 1}
    assert client.get(path, headers=head).get_json() == {"items": [], "next": None}
    assert [is_in(browser) for browser in browsers] == [False, False]


def test_of_the_token_that_a_browser_carries_nothing_usable_is_kept(browsers: tuple[FlaskClient, ...]) -> None:
    with browsers[0].session_transaction() as carried:
        token = carried["officer"]
    assert token not in repr([vars(row) for row in kept()])
    assert db.session.scalar(select(func.count()).select_from(SignIn)) == 2
