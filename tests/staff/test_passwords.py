"""Which passwords are taken, and how an officer gets another one."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import pytest
import time_machine
from click.testing import Result
from flask import Flask
from flask.testing import FlaskClient
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import select
from sqlalchemy.orm import Session

from tests.conftest import PASSWORD
from tsalert.audit.models import AuditEvent
from tsalert.core.errors import RuleViolation
from tsalert.db import db
from tsalert.delivery.models import Mailing
from tsalert.staff import queries, service
from tsalert.staff.accounts import list_accounts
from tsalert.staff.passwords.rules import check_password, words_of
from tsalert.staff.rules import RoleName

pytestmark = pytest.mark.db

KIM, LEE, OTHER = "kim@example.org", "lee@example.org", "purple otter lamp"
OWN = words_of("Kim Example", KIM, "London Borough of Bromley")


@pytest.fixture
def kim(session: Session) -> str:
    now = datetime.now(UTC)
    for email, role in ((KIM, RoleName.ADMINISTRATOR), (LEE, RoleName.DUTY_OFFICER)):
        service.create_officer(email, name="Pat Example", roles=[role], password=PASSWORD, now=now)
    return KIM


def signed_in_as(app: Flask, email: str, password: str = PASSWORD) -> FlaskClient:
    browser = app.test_client()
    assert browser.post("/sign-in", data={"email": email, "password": password}).status_code == 303
    return browser


@pytest.mark.parametrize("password", ["purple otter lamp", "tangerinelorryotter", "correct horse battery staple"])
def test_three_random_words_are_enough(password: str) -> None:
    check_password(password, OWN)


@pytest.mark.parametrize(
    ("password", "reason"),
    [
        ("password1234", "tried first"),
        ("aaaaaaaaaaaaaa", "repeats"),
        ("abcdefghijklmnop", "alphabet"),
        ("qwertyuiop[]asdf", "keyboard"),
        ("bromleyBROMLEY1", "is based on your name"),
        ("KimExample2024!", "is based on your name"),
        ("Trading Standards 24", "is based on your name"),
        ("purple", "at least 12"),
    ],
)
def test_what_is_soon_guessed_is_refused_with_the_reason(password: str, reason: str) -> None:
    with pytest.raises(RuleViolation, match=reason):
        check_password(password, OWN)


@given(st.lists(st.sampled_from([*OWN, " ", "1", "!"]), min_size=1, max_size=12).map("".join))
def test_nothing_made_of_own_words_alone_is_taken(password: str) -> None:
    with pytest.raises(RuleViolation):
        check_password(password, OWN)


def test_an_officer_changes_their_password_and_everybody_else_is_out(app: Flask, session: Session, kim: str) -> None:
    here, elsewhere = signed_in_as(app, KIM), signed_in_as(app, KIM)
    refused = here.post("/account/password", data={"old_password": "a guess", "new_password": OTHER})
    assert (refused.status_code, 'href="#old_password"' in refused.text) == (422, True)
    weak = here.post("/account/password", data={"old_password": PASSWORD, "new_password": "testshire 123"})
    assert (weak.status_code, "is based on your name" in weak.text) == (422, True)
    assert here.post("/account/password", data={"old_password": PASSWORD, "new_password": OTHER}).status_code == 303
    assert here.get("/account").status_code == 200
    assert elsewhere.get("/account").status_code == 303
    signed_in_as(app, KIM, OTHER)
    assert "password changed" in session.scalars(select(AuditEvent.action)).all()
    assert session.scalars(select(Mailing.text)).all()[-1].startswith("The password of your account was changed.")


def test_guesses_at_the_old_password_lock_like_those_at_signing_in(app: Flask, kim: str) -> None:
    browser = signed_in_as(app, KIM)
    typed = {"old_password": "a guess", "new_password": OTHER}
    assert [browser.post("/account/password", data=typed).status_code for _ in range(6)] == [422] * 5 + [403]
    assert "Too many tries" in app.test_client().post("/sign-in", data={"email": KIM, "password": PASSWORD}).text


def test_a_link_sets_a_password_once(app: Flask, session: Session, kim: str) -> None:
    lee = queries.get_officer(session, LEE).id
    working, page = signed_in_as(app, LEE), signed_in_as(app, KIM).post(f"/sign-in-help/{lee}/password-link").text
    path = "/new-password/" + page.partition("/new-password/")[2].partition("<")[0]
    stranger = app.test_client()
    assert stranger.get(path).status_code == 200
    assert working.get("/account").status_code == 200
    assert stranger.post(path, data={"new_password": "short"}).status_code == 422
    assert stranger.post(path, data={"new_password": OTHER}).location == "/sign-in"
    assert working.get("/account").status_code == 303
    assert [stranger.get(path).status_code, stranger.post(path, data={"new_password": OTHER}).status_code] == [404, 404]
    signed_in_as(app, LEE, OTHER)
    assert not any("new-password" in text for text in session.scalars(select(Mailing.text)))


def test_an_administrator_makes_no_link_on_a_page_left_open_nor_for_themselves(
    app: Flask, session: Session, kim: str
) -> None:
    kim_id, lee_id = (queries.get_officer(session, each).id for each in (KIM, LEE))
    browser = signed_in_as(app, KIM)
    refused = browser.post(f"/sign-in-help/{kim_id}/password-link")
    assert (refused.status_code, "with the old one" in refused.text) == (422, True)
    with time_machine.travel(datetime.now(UTC) + timedelta(minutes=6)):
        assert browser.post(f"/sign-in-help/{lee_id}/password-link").status_code == 422
        confirmed = browser.post(f"/sign-in-help/{lee_id}/password-link", data={"password": PASSWORD})
    assert "/new-password/" in confirmed.text


@pytest.mark.parametrize(
    "ended", ["in time", "by a newer one", "with the account", "with another password", "with one set by command"]
)
def test_a_link_ends(app: Flask, command: Callable[..., Result], kim: str, ended: str) -> None:
    path = link_path(command, LEE)
    if ended == "by a newer one":
        link_path(command, LEE)
    elif ended == "with the account":
        command("staff", "end", LEE)
    elif ended == "with another password":
        signed_in_as(app, LEE).post("/account/password", data={"old_password": PASSWORD, "new_password": OTHER})
    elif ended == "with one set by command":
        assert command("staff", "set-password", LEE, "--password-stdin", stdin=f"{OTHER}\n").exit_code == 0
    with time_machine.travel(datetime.now(UTC) + timedelta(hours=24 if ended == "in time" else 0)):
        assert app.test_client().get(path).status_code == 404


def test_a_new_account_signs_in_with_nothing_before_its_link_was_used(
    app: Flask, command: Callable[..., Result]
) -> None:
    made = command("staff", "create", KIM, "--role", "administrator")
    path = made.output.strip().removeprefix("http://127.0.0.1:8000")
    for password in ("", "None", PASSWORD):
        refused = app.test_client().post("/sign-in", data={"email": KIM, "password": password})
        assert refused.status_code == 422
    assert app.test_client().post(path, data={"new_password": OTHER}).status_code == 303
    signed_in_as(app, KIM, OTHER)


def test_the_interface_changes_a_password_and_makes_links(
    client: FlaskClient, app: Flask, session: Session, kim: str, bearer: Callable[..., dict[str, str]]
) -> None:
    own = {"Authorization": f"Bearer {service.issue_token(LEE, now=datetime.now(UTC))}"}
    told = {"old_password": PASSWORD, "new_password": OTHER}
    assert client.put("/api/v1/account/sign-in/password", json=told, headers=own).status_code == 204
    signed_in_as(app, LEE, OTHER)
    lee = queries.get_officer(db.session(), LEE).id
    address = f"/api/v1/sign-in-help/{lee}/password-link"
    assert client.post(address, json={}, headers=own).status_code == 403
    link = client.post(address, json={}, headers=bearer(RoleName.ADMINISTRATOR)).get_json()["link"]
    assert client.get(link.removeprefix("http://127.0.0.1:8000")).status_code == 200


def test_no_account_stands_in_a_new_installation(app: Flask, session: Session) -> None:
    assert list_accounts(session) == []


def link_path(command: Callable[..., Result], email: str) -> str:
    made = command("staff", "password-link", email)
    assert made.exit_code == 0, made.output
    return made.output.strip().removeprefix("http://127.0.0.1:8000")
