"""A desk that nobody uses is covered, and gives nothing away but the board's clocks."""

import re
from collections.abc import Callable, Iterator
from datetime import timedelta
from io import BytesIO

import pytest
import time_machine
from flask import Flask
from flask.testing import FlaskClient
from msgspec.structs import replace
from sqlalchemy.orm import Session

from tests.conftest import NOW, PASSWORD
from tsalert.sign_in_settings import SignInSettings
from tsalert.staff.rules import RoleName

LOCKED = "This desk is locked"
PART = {"HX-Request": "true"}


@pytest.fixture(autouse=True)
def noon() -> Iterator[time_machine.Traveller]:
    with time_machine.travel(NOW, tick=False) as clock:
        yield clock


@pytest.fixture
def desk(
    app: Flask, session: Session, signed_in: Callable[..., FlaskClient], monkeypatch: pytest.MonkeyPatch
) -> FlaskClient:
    sign_in = SignInSettings(second_step_roles=frozenset())
    monkeypatch.setitem(
        app.extensions, "tsalert_settings", replace(app.extensions["tsalert_settings"], sign_in=sign_in)
    )
    return signed_in(RoleName.MANAGER, name="Dee Example")


def form_in(page: str) -> dict[str, str]:
    """Return the hidden fields of the form that asks for the password."""
    form = next(each for each in re.findall(r"<form.*?</form>", page, re.DOTALL) if 'name="unlock_password"' in each)
    return dict(re.findall(r'<input type="hidden" name="([^"]+)" value="([^"]*)"', form))


def test_a_quarter_of_an_hour_without_anything_done_covers_the_desk(
    desk: FlaskClient, noon: time_machine.Traveller
) -> None:
    noon.shift(14 * 60)
    assert desk.get("/calls").status_code == 200
    noon.shift(14 * 60 + 59)
    assert desk.get("/desk/cover", headers=PART).headers["Retry-After"] == "1"
    noon.shift(1)
    page = desk.get("/calls?page=2")
    assert (page.status_code, LOCKED in page.text) == (401, True)
    for path in ("/", "/sign-in"):
        assert LOCKED in desk.get(path, follow_redirects=True).text


def test_a_page_that_brings_itself_up_to_date_is_nothing_done_and_typing_is(
    desk: FlaskClient, noon: time_machine.Traveller
) -> None:
    for _ in range(14):
        noon.shift(60)
        assert desk.get("/board/lines", headers=PART).status_code == 200
    assert desk.post("/desk/active").status_code == 204
    noon.shift(14 * 60)
    assert desk.get("/desk/cover", headers=PART).status_code == 204
    noon.shift(60)
    assert desk.get("/desk/cover", headers=PART).status_code == 401


def test_a_page_is_told_whose_desk_it_is_now(desk: FlaskClient, signed_in: Callable[..., FlaskClient]) -> None:
    """One that another officer left open in a tab is no page of whoever signed in since (desk.js)."""
    for browser in (desk, signed_in(RoleName.MANAGER, name="Sam Example")):
        drawn = re.search(r'data-desk-of="(\d+)"', browser.get("/account").text)
        assert drawn
        for answer in (browser.get("/desk/cover", headers=PART), browser.post("/desk/active")):
            assert answer.headers["Desk-Of"] == drawn[1]


def test_under_the_cover_only_the_boards_clocks_go_on(desk: FlaskClient, noon: time_machine.Traveller) -> None:
    noon.shift(900)
    page = desk.get("/board").text
    assert 'id="board-lines"' in page
    assert 'href="/incidents' not in page
    assert desk.get("/board/lines", headers=PART).status_code == 200
    for path in ("/calls/waiting", "/incidents/1", "/account"):
        part = desk.get(path, headers=PART)
        assert (part.status_code, "unlock_password" in part.text) == (401, False)
    assert desk.get("/no-such-page").status_code == 404
    assert "Dee Example</a>" not in desk.get("/no-such-page").text


def test_the_password_leads_back_to_where_the_officer_was(desk: FlaskClient, noon: time_machine.Traveller) -> None:
    noon.shift(900)
    sent = form_in(desk.get("/calls?page=2").text)
    wrong = desk.post("/desk/unlock", data=sent | {"unlock_password": "a guess"})
    assert (wrong.status_code, "That is not your password." in wrong.text) == (401, True)
    assert desk.post("/desk/unlock", data=sent).status_code == 401
    right = desk.post("/desk/unlock", data=form_in(wrong.text) | {"unlock_password": PASSWORD})
    assert (right.status_code, right.location) == (303, "/calls?page=2")
    assert desk.get("/calls").status_code == 200
    away = desk.post("/desk/unlock", data={"onward": "//evil.example.com", "unlock_password": PASSWORD})
    assert away.location == "/"


def test_a_form_on_its_way_is_carried_out_once_the_password_is_right(
    desk: FlaskClient, noon: time_machine.Traveller
) -> None:
    noon.shift(900)
    covered = desk.post("/account/shortcut", data={"key": "j", "submission": "k" * 32})
    assert (covered.status_code, "not saved yet" in covered.text) == (401, True)
    wrong = desk.post("/account/shortcut", data=form_in(covered.text) | {"unlock_password": "a guess"})
    assert form_in(wrong.text) == {"key": "j", "submission": "k" * 32}
    saved = desk.post("/account/shortcut", data=form_in(wrong.text) | {"unlock_password": PASSWORD})
    assert (saved.status_code, saved.location) == (303, "/account")
    assert ">J</kbd>" in desk.get("/account").text


def test_a_file_on_its_way_is_said_to_be_lost(desk: FlaskClient, noon: time_machine.Traveller) -> None:
    noon.shift(900)
    sent = desk.post("/subscribers/import", data={"file": (BytesIO(b"x"), "x.csv")})
    assert (sent.status_code, "does not come back by itself" in sent.text) == (401, True)


def test_guesses_at_the_cover_lock_the_account(desk: FlaskClient, noon: time_machine.Traveller) -> None:
    noon.shift(900)
    for _ in range(5):
        desk.post("/desk/unlock", data={"unlock_password": "a guess"})
    answer = desk.post("/desk/unlock", data={"unlock_password": PASSWORD})
    assert (answer.status_code, "Too many tries" in answer.text) == (401, True)


def test_somebody_else_can_sign_the_officer_out(desk: FlaskClient, noon: time_machine.Traveller) -> None:
    noon.shift(900)
    assert desk.post("/sign-out").location == "/sign-in"
    assert desk.get("/calls").location.startswith("/sign-in")


def test_no_longer_session_comes_of_unlocking(desk: FlaskClient, noon: time_machine.Traveller) -> None:
    for _ in range(47):
        noon.shift(timedelta(minutes=15))
        assert desk.post("/desk/unlock", data={"unlock_password": PASSWORD}).status_code == 303
    noon.shift(timedelta(minutes=16))
    assert desk.post("/desk/unlock", data={"unlock_password": PASSWORD}).status_code == 401
    assert desk.get("/calls").location.startswith("/sign-in")


def test_a_strangers_form_is_carried_out_for_nobody_who_unlocks(
    app: Flask, desk: FlaskClient, noon: time_machine.Traveller, monkeypatch: pytest.MonkeyPatch
) -> None:
    noon.shift(900)
    monkeypatch.setitem(app.config, "WTF_CSRF_ENABLED", value=True)
    covered = desk.post("/account/shortcut", data={"key": "j"})
    answer = desk.post("/account/shortcut", data=form_in(covered.text) | {"unlock_password": PASSWORD})
    assert answer.status_code == 400
    assert ">J</kbd>" not in desk.get("/account").text
