"""Access that is given and taken by command: at once, with a line in the trail, and never from the last who runs it."""

from collections.abc import Callable
from functools import partial

import pytest
from click import Context
from click.testing import Result
from flask import Flask
from flask.testing import FlaskClient
from msgspec.structs import replace
from sqlalchemy import select

from tests.conftest import NOW, PASSWORD
from tsalert.audit.models import AuditEvent
from tsalert.core.clock import utc_now
from tsalert.db import db
from tsalert.single_sign_on_settings import SingleSignOnSettings
from tsalert.staff import service
from tsalert.staff.rules import RoleName
from tsalert.staff.tokens import queries as tokens

KIM, LEE = "kim@example.org", "lee@example.org"
Command = Callable[..., Result]


@pytest.fixture
def command(command: Command) -> Command:
    """Run a command about staff, with Kim the only manager and Lee a duty officer."""
    for email, role in ((KIM, RoleName.MANAGER), (LEE, RoleName.DUTY_OFFICER)):
        service.create_officer(email, name="Pat Example", roles=[role], password=PASSWORD, now=NOW)
    return partial(command, "staff")


def trail() -> list[tuple[str, str]]:
    return [(each.action, each.via) for each in db.session.scalars(select(AuditEvent).order_by(AuditEvent.id))][2:]


def signed_in_as(client: FlaskClient, email: str, password: str = PASSWORD) -> FlaskClient:
    client.post("/sign-in", data={"email": email, "password": password})
    return client


def test_no_command_of_the_library_changes_access_behind_the_trail(console: Flask) -> None:
    assert not {"users", "roles"} & set(console.cli.list_commands(Context(console.cli)))


@pytest.mark.parametrize(
    ("arguments", "action"),
    [
        (("grant", LEE, "--role", "manager"), "role granted"),
        (("revoke", LEE, "--role", "duty_officer"), "role revoked"),
        (("suspend", LEE), "suspended"),
        (("end", LEE), "ended"),
        (("revoke-tokens", LEE), "tokens revoked"),
        (("token", LEE), "token issued"),
        (("set-password", LEE, "--password-stdin"), "password set"),
    ],
)
def test_every_change_of_access_stands_in_the_trail(command: Command, arguments: tuple[str, ...], action: str) -> None:
    answer = command(*arguments, stdin="another long pass phrase\n")
    assert answer.exit_code == 0, answer.output
    assert trail() == [(action, "command")]


def test_an_officer_who_is_shut_out_is_out_at_the_next_request(command: Command, client: FlaskClient) -> None:
    token = service.issue_token(LEE, now=utc_now())
    header = {"Authorization": f"Bearer {token}"}
    assert signed_in_as(client, LEE).get("/board").status_code == 200
    assert client.get("/api/v1/board", headers=header).status_code == 200
    command("suspend", LEE)
    assert client.get("/board").status_code == 303
    assert client.get("/api/v1/board", headers=header).status_code == 401
    assert signed_in_as(client, LEE).get("/board").status_code == 303


def test_an_officer_who_comes_back_signs_in_afresh(command: Command, client: FlaskClient) -> None:
    token = service.issue_token(LEE, now=utc_now())
    signed_in_as(client, LEE)
    command("suspend", LEE)
    assert command("activate", LEE).exit_code == 0
    assert client.get("/board").status_code == 303
    assert tokens.find_actor(db.session(), token, now=utc_now()) is None
    assert signed_in_as(client, LEE).get("/board").status_code == 200


def test_an_officer_who_left_and_comes_back_hears_of_the_ways_in_that_there_are(
    command: Command, console: Flask, monkeypatch: pytest.MonkeyPatch
) -> None:
    directory = SingleSignOnSettings("https://login.example.gov.uk", "tsalert", "no secret", "the council's directory")
    by_password = f"once they have a password: flask --app wsgi staff password-link {LEE}.\n"
    for single_sign_on, ways in (
        (None, by_password),
        (directory, f"with the council's directory, or {by_password}"),
        (replace(directory, passwords_for=frozenset({KIM})), "with the council's directory.\n"),
    ):
        settings = replace(console.extensions["tsalert_settings"], single_sign_on=single_sign_on)
        monkeypatch.setitem(console.extensions, "tsalert_settings", settings)
        command("end", LEE)
        assert command("activate", LEE).output == f"{LEE} can sign in {ways}"


def test_a_new_password_ends_the_sessions_of_the_old_one(command: Command, client: FlaskClient) -> None:
    signed_in_as(client, LEE)
    command("set-password", LEE, "--password-stdin", stdin="another long pass phrase\n")
    assert client.get("/board").status_code == 303
    assert signed_in_as(client, LEE).get("/board").status_code == 303
    assert signed_in_as(client, LEE, "another long pass phrase").get("/board").status_code == 200


@pytest.mark.parametrize("arguments", [("suspend", KIM), ("revoke", KIM, "--role", "manager")])
def test_the_last_manager_stays_until_there_is_another(command: Command, arguments: tuple[str, ...]) -> None:
    refused = command(*arguments)
    assert refused.exit_code == 1
    assert "Error: kim@example.org is the last active manager. Give that role to somebody else first." in refused.output
    assert trail() == []
    command("grant", LEE, "--role", "manager")
    assert command(*arguments).exit_code == 0


def test_a_manager_who_is_inactive_does_not_count_as_another(command: Command) -> None:
    command("grant", LEE, "--role", "manager")
    command("suspend", LEE)
    assert command("suspend", KIM).exit_code == 1


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        (("grant", LEE, "--role", "duty_officer"), "lee@example.org is duty_officer already."),
        (("grant", LEE, "--role", "manager", "--last-day", "2020-01-01"), "Choose a day from today"),
        (("grant", LEE, "--role", "manager", "--reason", "short"), "at least 10 characters"),
        (("unlink", LEE), "lee@example.org is not linked with single sign-on."),
        (("revoke", LEE, "--role", "manager"), "lee@example.org is not manager."),
        (("activate", LEE), "lee@example.org is active already."),
        (("suspend", "nobody@example.org"), "There is no officer nobody@example.org."),
    ],
)
def test_what_changes_nothing_is_refused_in_words(command: Command, arguments: tuple[str, ...], told: str) -> None:
    refused = command(*arguments)
    assert refused.exit_code == 1
    assert told in refused.output
    assert trail() == []


def test_the_list_names_every_account_with_its_roles(command: Command) -> None:
    command("grant", KIM, "--role", "lone_sender")
    command("suspend", LEE)
    assert command("suspend", LEE).exit_code == 1
    listed = command("list").output
    assert f"{KIM}\tlone_sender, manager\tactive\n{LEE}\tduty_officer\tsuspended\n" in listed
