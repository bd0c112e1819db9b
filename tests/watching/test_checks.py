"""``flask check`` tries everything out, says what is wrong and what to do, sends nothing and prints no secret."""

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from datetime import timedelta
from http.server import BaseHTTPRequestHandler
from os import EX_TEMPFAIL
from pathlib import Path

import pytest
from alembic.script import ScriptDirectory
from click.testing import Result
from flask import Flask
from msgspec.structs import replace
from sqlalchemy import NullPool, create_engine
from sqlalchemy.orm import Session

from tests.conftest import ask
from tests.conftest import settings as program_settings
from tests.database import western_database
from tests.providers.test_smtp_security import Inbox, certificate, inbox
from tests.standins import notify as notify_standin
from tests.standins import twilio as twilio_standin
from tests.standins.mail_server import MailServer, running
from tests.standins.notify import API_KEY, EMAIL_TEMPLATE, Notify, Template
from tests.standins.serving import serving
from tests.standins.twilio import ACCOUNT, TOKEN, Twilio
from tsalert.config import Settings, SettingsError, TwilioSettings
from tsalert.console import create_console
from tsalert.core.clock import utc_now
from tsalert.delivery.ports import Probed, Unavailable
from tsalert.foundation import require_database_file
from tsalert.installation import service as installation
from tsalert.installation import signs, storage
from tsalert.mail_settings import SmtpSettings
from tsalert.notify_settings import NotifySettings
from tsalert.providers.notify_email import NotifyEmail
from tsalert.providers.smtp import SmtpEmail
from tsalert.providers.twilio_sms import TwilioSms
from tsalert.providers.twilio_voice import TwilioVoice
from tsalert.watching.checks import others, own
from tsalert.watching.checks.rules import WRONG

__all__ = ["certificate", "inbox"]
Check = Callable[..., tuple[int, str]]


@pytest.fixture
def check(console: Flask, command: Callable[..., Result], monkeypatch: pytest.MonkeyPatch) -> Check:
    """Run the command with providers and settings: its status and what it printed."""

    def run(*gateways: Probed, **changes: object) -> tuple[int, str]:
        settings: Settings = console.extensions["tsalert_settings"]
        chosen = replace(settings, **changes)
        with monkeypatch.context() as patch:
            patch.setitem(console.extensions, "tsalert_settings", chosen)
            patch.setitem(console.extensions, "tsalert_gateways", gateways or console.extensions["tsalert_gateways"])
            done = command("check")
        return done.exit_code, done.output

    return run


@contextmanager
def page(status: int, text: str) -> Iterator[str]:
    """Serve one page, whatever is asked for; yields where."""

    class Page(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self.send_response(status)
            self.end_headers()
            self.wfile.write(text.encode())

        def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - the library's name
            pass

    with serving(Page, 0) as url:
        yield url


def test_with_everything_in_order_it_exits_0(check: Check, heard: Callable[[timedelta], None]) -> None:
    heard(timedelta(seconds=5))
    with page(200, "All is well.\n") as url:
        status, said = check(public_url=url)
    assert (status, "WRONG" in said) == (0, False), said
    for what in (
        "Settings",
        "Database",
        "Tables",
        "Writing",
        "Clock",
        "Start",
        "Room",
        "Worker",
        "Mail",
        "Texts",
        "Calls",
    ):
        assert f"right  {what}: " in said, what
    assert f"right  Public address: {url} leads to" in said


def test_each_thing_that_is_wrong_is_a_line_with_what_to_do(check: Check) -> None:
    nobody_listens = SmtpSettings("127.0.0.1", 9, "none", "alerts", "very secret password")
    status, said = check(SmtpEmail(nobody_listens, sender="alerts@example.org"), public_url="http://127.0.0.1:9")
    assert status == 1
    assert "WRONG  Worker: none was ever heard of\n       → Start one: python -m tsalert.worker." in said
    assert (
        "WRONG  Mail: 127.0.0.1:9 does not take us: [Errno 111] Connection refused\n       → Look at TSALERT_EMAIL"
        in said
    )
    assert "WRONG  Public address: http://127.0.0.1:9 does not answer" in said
    assert not any(secret in said for secret in ("very secret password", "s" * 40, "a" * 40))


def test_it_says_when_the_service_made_a_backup_and_that_it_made_none(check: Check, session: Session) -> None:
    _, said = check()
    assert "note   Backup: the service made none" in said
    for age, verdict in (
        (timedelta(hours=30), "right  Backup: made "),
        (timedelta(days=3), "WRONG  Backup: the last one"),
    ):
        signs.note(session, signs.BACKUP, now=utc_now() - age)
        assert verdict in check()[1]


def test_it_leaves_no_trace_but_that_it_wrote(check: Check, session: Session) -> None:
    check()
    assert signs.last_sign(session, "check") is not None


def test_a_mail_server_is_connected_to_secured_and_signed_in_and_gets_no_mail(inbox: tuple[Inbox, int]) -> None:
    kept, port = inbox
    right = SmtpEmail(SmtpSettings("127.0.0.1", port, "starttls", "alerts", "p@ss:word"), sender="alerts@example.org")
    assert right.probe() == f"127.0.0.1:{port} answers over TLS, signed in"
    settings = SmtpSettings("127.0.0.1", port, "starttls", "alerts", "wrong word")
    wrong = SmtpEmail(settings, sender="alerts@example.org", timeout=2)
    with pytest.raises(Unavailable, match="does not take us") as refusal:
        wrong.probe()
    assert "wrong word" not in str(refusal.value)
    assert kept.taken == []


def test_a_mail_server_that_knows_no_noop_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    with running(MailServer()) as server:
        settings = SmtpSettings("127.0.0.1", server.port, "none")
        with pytest.raises(Unavailable, match="answered NOOP with 502"):
            SmtpEmail(settings, sender="alerts@example.org").probe()


@pytest.fixture
def twilio() -> Iterator[Twilio]:
    with twilio_standin.running() as standing_in:
        yield standing_in


def both(url: str, token: str = TOKEN) -> Sequence[Probed]:
    settings = TwilioSettings(ACCOUNT, token, sender="+441632960000", api_url=url, voice_sender="+441632960000")
    return (
        TwilioSms(settings, callback_url="http://127.0.0.1/status"),
        TwilioVoice(settings, words_url="http://127.0.0.1/call", callback_url="http://127.0.0.1/status"),
    )


def test_twilios_account_is_fetched_and_nobody_is_texted_or_rung(twilio: Twilio) -> None:
    assert {each.probe() for each in both(twilio.url)} == {"Twilio answers, and the account is active"}
    assert (twilio.taken, twilio.calls) == ([], [])


def test_an_account_that_cannot_be_used_is_told(twilio: Twilio) -> None:
    (sms, _) = both(twilio.url, "z" * 32)
    with pytest.raises(Unavailable, match=r"Twilio refuses us: 20003: .*Authenticate") as refusal:
        sms.probe()
    assert "z" * 32 not in str(refusal.value)
    twilio.account_status = "suspended"
    with pytest.raises(Unavailable, match="the account at Twilio is suspended"):
        both(twilio.url)[0].probe()
    with pytest.raises(Unavailable, match="Twilio does not answer"):
        both("http://127.0.0.1:9")[0].probe()


@pytest.fixture
def notify() -> Iterator[Notify]:
    with notify_standin.running() as standing_in:
        yield standing_in


def test_notifys_template_is_read_and_nothing_sent(notify: Notify) -> None:
    settings = NotifySettings(API_KEY, "c" * 40, email_template=EMAIL_TEMPLATE, api_url=notify.url)
    gateway = NotifyEmail(settings, public_url="https://alerts.example.gov.uk")
    assert gateway.probe() == "Notify answers, takes the key, and has the template as it must be"
    notify.templates[EMAIL_TEMPLATE] = Template("email", ("body",))
    with pytest.raises(Unavailable, match="the template at Notify must be"):
        gateway.probe()
    assert notify.taken == []


@pytest.mark.parametrize(
    ("status", "text", "verdict"),
    [
        (200, "All is well.\n", "right"),
        (503, "tsalert is not fully working:\n- The database does not answer.\n", "note"),
        (200, "<h1>It works!</h1>", "WRONG"),
        (301, "", "WRONG"),
    ],
)
def test_what_answers_at_the_public_address_must_be_us(status: int, text: str, verdict: str) -> None:
    with page(status, text) as url:
        (finding,) = others.of_public_address(url)
    assert finding.verdict == verdict


def test_tables_that_were_never_made_are_told_as_that(tmp_path: Path) -> None:
    (tmp_path / "empty.db").touch()
    done = ask(create_console(program_settings(f"sqlite:///{tmp_path / 'empty.db'}", tmp_path)), "check")
    assert done.exit_code == 1
    assert "WRONG  Tables: not there yet\n       → Run: flask --app wsgi db upgrade" in done.output
    assert "TSALERT_DATABASE_URL names another, empty database" in done.output
    assert "WRONG  Database" not in done.output


def test_the_newest_tables_are_those_of_the_last_migration() -> None:
    assert [storage.newest_schema()] == ScriptDirectory(str(storage.MIGRATIONS)).get_heads()


@pytest.mark.db
def test_a_database_that_writes_nothing_but_a_to_z_small_is_told(session: Session, database_url: str) -> None:
    assert [each.what for each in own.of_database(session)] == ["Database", "Tables", "Writing", "Clock"]
    if database_url.startswith("sqlite"):
        return
    with (
        western_database(database_url, encoding="UTF8") as url,
        Session(create_engine(url, poolclass=NullPool)) as plain,
    ):
        (told,) = [each for each in own.of_database(plain) if each.what == "Letters"]
    assert (told.verdict, "--lc-ctype=C.UTF-8" in told.to_do) == (WRONG, True)


def test_a_mistyped_file_is_told_and_not_made(tmp_path: Path) -> None:
    mistyped = tmp_path / "folder" / "mistyped.db"
    console = create_console(program_settings(f"sqlite:///{mistyped}", tmp_path))
    done = ask(console, "check")
    assert (done.exit_code, "WRONG  Database: unable to open database file" in done.output) == (1, True)
    assert ask(console, "staff", "list").exit_code == EX_TEMPFAIL
    with pytest.raises(SettingsError, match="there is no file"):
        require_database_file(program_settings(f"sqlite:///{mistyped}", tmp_path))
    assert not mistyped.parent.exists()
    ask(console, "db", "current")
    assert mistyped.stat().st_mode & 0o777 == 0o600


def test_neither_web_nor_worker_starts_on_tables_of_another_version(
    app: Flask, session: Session, monkeypatch: pytest.MonkeyPatch
) -> None:
    settings = app.extensions["tsalert_settings"]
    installation.check_start(settings)
    for needed, to_do in (("9999", "run flask --app wsgi db upgrade"), ("0001", "put the newer program back")):
        monkeypatch.setattr("tsalert.installation.storage.newest_schema", lambda needed=needed: needed)
        with pytest.raises(SettingsError, match=to_do):
            installation.check_start(settings)


def test_tables_of_another_version_are_told(check: Check, monkeypatch: pytest.MonkeyPatch) -> None:
    for needed, to_do in (("9999", "Make a backup with the version before"), ("0001", "Put the newer program back")):
        monkeypatch.setattr("tsalert.installation.storage.newest_schema", lambda needed=needed: needed)
        status, said = check()
        assert status == 1
        assert f"this program needs {needed}\n       → {to_do}" in said
