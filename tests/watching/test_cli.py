"""The command for a timer: it prints what is wrong, exits 1, and writes to the managers once an hour by itself."""

import subprocess
import sys
from collections.abc import Callable
from datetime import timedelta
from os import EX_TEMPFAIL
from subprocess import PIPE, STDOUT

import pytest
from click.testing import Result
from flask import Flask
from sqlalchemy import select, update
from sqlalchemy.exc import OperationalError
from sqlalchemy.orm import Session

from tests.conftest import command_environment
from tests.delivery.conftest import Provider
from tsalert.core.actors import Actor
from tsalert.core.clock import utc_now
from tsalert.db import db
from tsalert.delivery.models import Delivery
from tsalert.delivery.ports import Unavailable
from tsalert.installation import signs
from tsalert.installation.models import SignOfLife
from tsalert.staff.rules import RoleName

MINUTE = timedelta(minutes=1)
Heard = Callable[[timedelta], None]


@pytest.fixture
def mail(console: Flask, monkeypatch: pytest.MonkeyPatch) -> Provider:
    """The mail server, which a worker would use."""
    provider = Provider()
    monkeypatch.setitem(console.extensions, "tsalert_gateways", (provider,))
    return provider


@pytest.fixture
def watch(command: Callable[..., Result]) -> Callable[..., tuple[int, list[str]]]:
    """Run the command: its exit status and its lines."""

    def run(*options: str) -> tuple[int, list[str]]:
        done = command("watch", *options)
        return done.exit_code, done.output.splitlines()

    return run


def test_with_nothing_wrong_it_says_so_and_exits_0(heard: Heard, mail: Provider, watch: Callable[..., object]) -> None:
    heard(MINUTE)
    assert watch() == (0, ["All is well."])
    assert mail.sent == []


def test_it_writes_to_every_manager_without_a_worker(
    officer: Callable[..., Actor], heard: Heard, mail: Provider, watch: Callable[..., tuple[int, list[str]]]
) -> None:
    officer(RoleName.MANAGER, name="Mo Manager")
    officer(RoleName.MANAGER, name="Max Manager")
    officer(name="Dee Desk")
    heard(10 * MINUTE)
    status, lines = watch()
    assert status == 1
    assert lines[0].startswith("The worker has not been heard of since")
    assert lines[-1] == "2 managers were written to."
    assert len(mail.sent) == 2
    assert b"is not fully working" in mail.sent[0].content
    assert set(db.session().scalars(select(Delivery.status))) == {"accepted"}


def test_it_writes_once_an_hour_and_fails_each_time(
    session: Session,
    officer: Callable[..., Actor],
    heard: Heard,
    mail: Provider,
    watch: Callable[..., tuple[int, list[str]]],
) -> None:
    officer(RoleName.MANAGER)
    heard(10 * MINUTE)
    watch()
    status, lines = watch()
    assert (status, lines[-1]) == (1, "The managers were written to within the last hour.")
    assert len(mail.sent) == 1
    mails = SignOfLife.name.in_([signs.WATCH_MAIL, signs.PRESSING_MAIL])
    an_hour_ago = update(SignOfLife).where(mails).values(at=utc_now() - 61 * MINUTE)
    session.execute(an_hour_ago)
    assert watch()[1][-1] == "1 manager was written to."
    assert len(mail.sent) == 2


def test_who_was_told_of_what_can_wait_is_told_at_once_that_nobody_is_paged(
    session: Session,
    officer: Callable[..., Actor],
    heard: Heard,
    mail: Provider,
    watch: Callable[..., tuple[int, list[str]]],
) -> None:
    officer(RoleName.MANAGER)
    heard(MINUTE)
    signs.note(session, signs.BACKUP, now=utc_now() - timedelta(days=3))
    told, again = "1 manager was written to.", "The managers were written to within the last hour."
    assert [watch()[1][-1], watch()[1][-1]] == [told, again]
    heard(10 * MINUTE)
    assert [watch()[1][-1], watch()[1][-1]] == [told, again]
    assert len(mail.sent) == 2


def test_a_mail_server_that_is_gone_is_said_so_and_the_next_run_hands_the_mail_over(
    officer: Callable[..., Actor], heard: Heard, mail: Provider, watch: Callable[..., tuple[int, list[str]]]
) -> None:
    manager = officer(RoleName.MANAGER)
    assert manager.officer_id
    heard(10 * MINUTE)
    mail.before = _is_gone
    status, lines = watch()
    assert (status, lines[-1]) == (1, "The managers have not got it yet: no connection")
    mail.before = id
    assert watch()[0] == 1
    assert len(mail.sent) == 1


def test_it_can_be_told_to_write_to_nobody(
    officer: Callable[..., Actor], heard: Heard, mail: Provider, watch: Callable[..., tuple[int, list[str]]]
) -> None:
    officer(RoleName.MANAGER)
    heard(10 * MINUTE)
    status, lines = watch("--quiet")
    assert (status, len(lines), mail.sent) == (1, 1, [])


def test_a_service_without_managers_says_that_nobody_was_written_to(
    heard: Heard, mail: Provider, watch: Callable[..., tuple[int, list[str]]]
) -> None:
    heard(10 * MINUTE)
    assert watch()[1][-1] == "There is no manager to write to."


def test_a_database_that_is_gone_is_what_it_says(
    watch: Callable[..., tuple[int, list[str]]], monkeypatch: pytest.MonkeyPatch
) -> None:
    def gone(*_: object, **__: object) -> None:
        raise OperationalError("SELECT 1", {}, Exception("gone"))

    monkeypatch.setattr("tsalert.watching.queries.paging.troubles", gone)
    status, lines = watch()
    assert (status, lines) == (
        1,
        ["The database does not answer.", "Nobody was written to: the addresses are in the database."],
    )


@pytest.mark.any_database
def test_a_database_out_of_reach_is_told_by_watch_and_check_and_ends_every_other_command(app: Flask) -> None:
    environment = command_environment(app, TSALERT_DATABASE_URL="postgresql://nobody@127.0.0.1:9/none")

    def run(*arguments: str) -> tuple[int, str]:
        command = [sys.executable, "-m", "flask", "--app", "wsgi", *arguments]
        done = subprocess.run(command, env=environment, stdout=PIPE, stderr=STDOUT, text=True, check=False)
        return done.returncode, done.stdout

    assert run("watch") == (
        1,
        "The database does not answer.\nNobody was written to: the addresses are in the database.\n",
    )
    status, said = run("check")
    assert status == 1
    for line in ("right  Settings: ", "WRONG  Database: connection failed: ", "right  Room: ", "right  Mail: "):
        assert line in said
    for other in (("staff", "list"), ("db", "upgrade")):
        status, said = run(*other)
        assert (status, "the database cannot be reached" in said) == (EX_TEMPFAIL, True), said


def _is_gone(_message: object) -> None:
    raise Unavailable("no connection")
