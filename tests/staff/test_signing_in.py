"""Who gets in, and who is kept out."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from subprocess import CompletedProcess
from threading import Barrier
from typing import Any, Literal
from urllib.parse import urlsplit

import pytest
import time_machine
from argon2 import PasswordHasher
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy.orm import Session

from tests.conftest import PASSWORD
from tsalert.core.errors import RuleViolation
from tsalert.db import db, transaction
from tsalert.staff import queries, service
from tsalert.staff.rules import FAILURES_BY_ACCOUNT, FAILURES_BY_NETWORK, RoleName, is_blocked
from tsalert.staff.tokens import queries as tokens

NOW = datetime.now(UTC)


class Counting(PasswordHasher):
    """A hasher that remembers what work it was given."""

    def __init__(self) -> None:
        super().__init__(time_cost=1, memory_cost=64, parallelism=1)
        self.done: list[str] = []

    def hash(self, *args: Any, **options: Any) -> str:
        self.done.append("hash")
        return super().hash(*args, **options)

    def verify(self, *args: Any, **options: Any) -> Literal[True]:
        self.done.append("verify")
        return super().verify(*args, **options)


EMAIL = "kim@example.org"


@pytest.fixture
def kim(session: Session) -> str:
    service.create_officer(EMAIL, name="Kim Example", roles=[RoleName.DUTY_OFFICER], password=PASSWORD, now=NOW)
    return EMAIL


def sign_in(client: FlaskClient, email: str = EMAIL, password: str = PASSWORD, **query: str) -> int:
    return client.post("/sign-in", data={"email": email, "password": password}, query_string=query).status_code


def test_the_right_password_lets_an_officer_in_and_signing_out_lets_them_out(client: FlaskClient, kim: str) -> None:
    assert sign_in(client, email="KIM@example.org") == 303
    assert client.get("/board").status_code == 200
    assert client.get("/sign-out").status_code == 405
    client.post("/sign-out")
    assert client.get("/board").status_code == 303


@pytest.mark.parametrize(("email", "password"), [(EMAIL, "wrong"), ("nobody@example.org", PASSWORD), ("", "")])
def test_a_stranger_learns_nothing_but_that_it_failed(client: FlaskClient, kim: str, email: str, password: str) -> None:
    page = client.post("/sign-in", data={"email": email, "password": password})
    assert page.status_code == 422
    assert client.get("/board").status_code == 303
    assert ("The email address or password is not right." in page.text) is bool(email)


def test_too_many_failures_lock_the_account_even_for_the_right_password(client: FlaskClient, kim: str) -> None:
    for _ in range(FAILURES_BY_ACCOUNT):
        sign_in(client, password="wrong")
    page = client.post("/sign-in", data={"email": EMAIL, "password": PASSWORD})
    assert "Too many tries" in page.text
    assert client.get("/board").status_code == 303


def test_the_lock_opens_after_a_quarter_of_an_hour(client: FlaskClient, kim: str) -> None:
    for _ in range(FAILURES_BY_ACCOUNT):
        sign_in(client, password="wrong")
    with time_machine.travel(datetime.now(UTC) + timedelta(minutes=16)):
        assert sign_in(client) == 303


def test_a_network_that_tries_many_accounts_is_locked_too() -> None:
    assert is_blocked(failures_by_account=0, failures_by_network=FAILURES_BY_NETWORK)
    assert not is_blocked(failures_by_account=FAILURES_BY_ACCOUNT - 1, failures_by_network=FAILURES_BY_NETWORK - 1)


def test_whoever_holds_a_block_of_addresses_is_one_network(client: FlaskClient, kim: str) -> None:
    for host in range(FAILURES_BY_NETWORK):
        typed = {"email": f"somebody{host}@example.org", "password": "wrong"}
        client.post("/sign-in", data=typed, environ_base={"REMOTE_ADDR": f"2001:db8:5:6::{host:x}"})
    told = {"email": EMAIL, "password": PASSWORD}
    same = client.post("/sign-in", data=told, environ_base={"REMOTE_ADDR": "2001:db8:5:6:7::1"})
    assert (same.status_code, "Too many tries" in same.text) == (422, True)
    assert client.post("/sign-in", data=told, environ_base={"REMOTE_ADDR": "2001:db8:5:7::1"}).status_code == 303


@pytest.mark.parametrize("elsewhere", ["https://evil.example.com/", "//evil.example.com", "\\\\evil.example.com"])
def test_signing_in_never_leads_to_another_site(client: FlaskClient, kim: str, elsewhere: str) -> None:
    answer = client.post("/sign-in", data={"email": EMAIL, "password": PASSWORD}, query_string={"next": elsewhere})
    assert urlsplit(answer.location or "").netloc == ""


def test_an_address_that_leads_elsewhere_does_not_count_as_a_failure(client: FlaskClient, kim: str) -> None:
    assert sign_in(client, next="https://evil.example.com/") == 303
    assert client.get("/board").status_code == 200


def test_no_browser_is_remembered_longer_than_its_session(client: FlaskClient, kim: str) -> None:
    answer = client.post("/sign-in", data={"email": EMAIL, "password": PASSWORD, "remember": "y"})
    assert [cookie.partition("=")[0] for cookie in answer.headers.getlist("Set-Cookie")] == ["session"]


def test_an_unknown_address_costs_the_same_work_as_a_known_one(
    app: Flask, client: FlaskClient, kim: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    sign_in(client, email="somebody@example.org")  # what strangers are compared with is made once
    counting = Counting()
    monkeypatch.setitem(app.extensions, "tsalert_password_hasher", counting)
    service.create_officer("new@example.org", name="New", roles=[RoleName.MANAGER], password=None, now=NOW)
    for email in (EMAIL, "nobody@example.org", "new@example.org"):
        counting.done.clear()
        assert sign_in(client, email=email, password="wrong") == 422
        assert counting.done == ["verify"]


def test_a_session_begins_afresh_with_each_sign_in(client: FlaskClient, kim: str) -> None:
    with client.session_transaction() as planted:
        planted.update(csrf_token="known to a stranger", second_step="passkey", waits_for_second_step=["", 0, "/x"])
    sign_in(client)
    with client.session_transaction() as session:
        assert set(session) == {"officer", "shown_at", "acted_at"}


def test_a_session_ends_after_twelve_hours_however_busy_it_was(client: FlaskClient, kim: str) -> None:
    sign_in(client)
    start = datetime.now(UTC)
    for hours, status in ((6, 200), (11.9, 200), (12.1, 303)):
        with time_machine.travel(start + timedelta(hours=hours)):
            client.post("/account/shortcut", data={"key": "j"})
            assert client.get("/board").status_code == status


def test_a_password_hashed_at_another_cost_is_hashed_anew_when_it_is_given(
    app: Flask, client: FlaskClient, kim: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = queries.get_officer(db.session(), EMAIL).password
    monkeypatch.setitem(app.extensions, "tsalert_password_hasher", PasswordHasher(2, 64, 1))
    assert sign_in(client) == 303
    assert queries.get_officer(db.session(), EMAIL).password != before
    client.post("/sign-out")
    assert sign_in(client) == 303


def test_a_letter_with_its_accent_is_the_same_on_every_keyboard(client: FlaskClient, session: Session) -> None:
    roles = [RoleName.MANAGER]
    service.create_officer(EMAIL, name="Zoe Example", roles=roles, password="caf\u00e9 lorry otter", now=NOW)
    assert sign_in(client, password="cafe\u0301 lorry otter") == 303


def test_a_grant_that_is_taken_away_counts_at_the_next_request(client: FlaskClient, kim: str) -> None:
    sign_in(client)
    assert client.get("/cases").status_code == 200
    with transaction() as session:
        officer = queries.get_officer(session, EMAIL)
        officer.roles.clear()
    assert client.get("/cases").status_code == 403


def test_an_officer_who_left_is_out_at_the_next_request(client: FlaskClient, kim: str) -> None:
    sign_in(client)
    with transaction() as session:
        queries.get_officer(session, EMAIL).active = False
    assert client.get("/board").status_code in {303, 403}


def test_a_token_opens_the_api_and_nothing_else(client: FlaskClient, kim: str) -> None:
    header = {"Authorization": f"Bearer {service.issue_token(EMAIL, now=NOW)}"}
    assert tokens.find_actor(db.session(), header["Authorization"][7:], now=NOW) is not None
    assert client.get("/board", headers=header).status_code == 303


@pytest.mark.parametrize("token", ["nonsense", "", "é", "x" * 10_000])
def test_a_wrong_token_is_nobodys(session: Session, kim: str, token: str) -> None:
    assert tokens.find_actor(db.session(), token, now=NOW) is None


def test_a_token_ends_by_itself(session: Session, kim: str) -> None:
    token = service.issue_token(EMAIL, now=NOW)
    assert tokens.find_actor(db.session(), token, now=NOW + timedelta(days=89))
    assert tokens.find_actor(db.session(), token, now=NOW + timedelta(days=90)) is None


def test_short_passwords_and_taken_addresses_are_refused(session: Session, kim: str) -> None:
    with pytest.raises(RuleViolation, match="12 characters"):
        service.create_officer("x@example.org", name="X", roles=[RoleName.MANAGER], password="short", now=NOW)
    with pytest.raises(RuleViolation, match="already"):
        service.create_officer("Kim@Example.org", name="X", roles=[RoleName.MANAGER], password=PASSWORD, now=NOW)


@pytest.mark.parametrize(
    "email", ["no address", "", "x@example.org\r\nBcc: y@example.org", "<script>@x", "\udcff@x.org"]
)
def test_an_officer_needs_an_address_that_mail_can_reach(session: Session, email: str) -> None:
    with pytest.raises(RuleViolation, match="email address"):
        service.create_officer(email, name="X", roles=[RoleName.MANAGER], password=PASSWORD, now=NOW)


@pytest.mark.parametrize(
    "password", ["x" * 1001, "a nul \x00 in the middle", "\udcff" * 12], ids=["huge", "nul", "binary"]
)
def test_a_password_that_nobody_could_type_is_refused(session: Session, password: str) -> None:
    with pytest.raises(RuleViolation, match="letters, digits"):
        service.create_officer(EMAIL, name="X", roles=[RoleName.MANAGER], password=password, now=NOW)


def test_a_role_named_twice_is_held_once(session: Session) -> None:
    roles = [RoleName.MANAGER, RoleName.MANAGER]
    service.create_officer(EMAIL, name="X", roles=roles, password=PASSWORD, now=NOW)
    assert [role.name for role in queries.get_officer(session, EMAIL).roles] == ["manager"]


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("create", EMAIL, "--name", "A\nB", "--role", "manager", "--password-stdin"), "cannot be seen"),
        (("token", "\udcff"), "not text in UTF-8"),
    ],
    ids=["name of two lines", "bytes for an address"],
)
def test_a_command_says_in_words_what_it_cannot_take(
    run_command: Callable[..., CompletedProcess[str]], arguments: tuple[str, ...], said: str
) -> None:
    refused = run_command("staff", *arguments, stdin=PASSWORD + "\n")
    assert (refused.returncode, "Traceback" in refused.stderr) == (1, False)
    assert said in refused.stderr


@pytest.mark.any_database
def test_officers_are_made_from_the_command_line(
    run_process: Callable[..., CompletedProcess[str]], run_command: Callable[..., CompletedProcess[str]]
) -> None:
    arguments = ("staff", "create", EMAIL, "--name", "Kim Example", "--role", "manager", "--password-stdin")
    made = run_process(*arguments, stdin=PASSWORD + "\n")
    assert (made.returncode, made.stdout) == (0, f"{EMAIL} can sign in.\n")
    again = run_command(*arguments, stdin=PASSWORD + "\n")
    assert again.returncode == 1
    assert "already an officer" in again.stderr
    assert len(run_command("staff", "token", EMAIL).stdout.strip()) > 30


@pytest.mark.db
def test_who_guesses_many_at_once_is_told_of_no_more_than_who_guesses_one_by_one(fresh_app: Flask) -> None:
    with fresh_app.app_context():
        service.create_officer(EMAIL, name="Kim Example", roles=[RoleName.DUTY_OFFICER], password=PASSWORD, now=NOW)
        db.session.remove()
    start = Barrier(12)

    def guess(number: int) -> str:
        start.wait()
        return fresh_app.test_client().post("/sign-in", data={"email": EMAIL, "password": f"guess {number}"}).text

    with ThreadPoolExecutor(12) as pool:
        told = list(pool.map(guess, range(12)))
    assert sum("is not right" in page for page in told) == FAILURES_BY_ACCOUNT
    assert sum("Too many tries" in page for page in told) == 12 - FAILURES_BY_ACCOUNT


def test_a_right_password_lets_nobody_in_if_others_locked_the_account_while_it_was_checked(
    app: Flask, client: FlaskClient, kim: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    class Overtaken(Counting):
        def verify(self, *args: Any, **options: Any) -> Literal[True]:
            for _ in range(FAILURES_BY_ACCOUNT):
                service.record_failed_sign_in(EMAIL, "203.0.113.9", now=NOW)
            return super().verify(*args, **options)

    monkeypatch.setitem(app.extensions, "tsalert_password_hasher", Overtaken())
    assert "Too many tries" in client.post("/sign-in", data={"email": EMAIL, "password": PASSWORD}).text
    assert client.get("/board").status_code == 303
