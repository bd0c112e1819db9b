"""From a file of subscribers to every inbox and telephone: real commands, a real worker, real protocols."""

import json
import re
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from subprocess import CompletedProcess

import pytest
from flask import Flask

from tests.conftest import PASSWORD, command_environment
from tests.standins import twilio
from tests.standins.processes import mail_server, worker
from tsalert.db import transaction
from tsalert.installation.service import mark_demo
from tsalert.subscribers.rows import HEADER

Run = Callable[..., CompletedProcess[str]]
EMAILS = [f"reader.{number}@example.com" for number in range(60)]
MOBILES = [f"07700 900{number:03}" for number in range(15)]


@pytest.fixture
def list_of_subscribers(fresh_app: Flask, run_command: Run, tmp_path: Path) -> None:
    with fresh_app.app_context(), transaction() as session:
        mark_demo(session)  # telephone numbers kept for drama count in a demonstration alone
    rows = [f"Reader,{email},,,,resident,,,,paper,2026-01-05" for email in EMAILS]
    rows += [f"Reader,,{mobile},,,resident,,,,paper,2026-01-05" for mobile in MOBILES]
    rows.append("Not asked yet,quiet@example.com,,,,resident,,,,,")
    file = tmp_path / "list.csv"
    file.write_text("\n".join([HEADER, *rows]), encoding="utf-8")
    assert run_command("subscribers", "import", str(file)).returncode == 0


def test_an_alert_sent_alone_reaches_everybody_once_and_they_can_leave(
    fresh_app: Flask, run_command: Run, list_of_subscribers: None, tmp_path: Path
) -> None:
    role = ("--role", "duty_officer", "--role", "lone_sender")
    run_command("staff", "create", "kim@example.org", *role, "--password-stdin", stdin=PASSWORD)
    with twilio.running() as texts, mail_server(tmp_path / "mail.log") as port:
        settings = {
            "TSALERT_EMAIL": f"smtp://127.0.0.1:{port}",
            **twilio.environment(texts.url),
        }
        with worker(command_environment(fresh_app, **settings), tmp_path / "worker.log"):
            arguments = ("--as", "kim@example.org", "--reason", "Nobody else is on duty tonight.", "--wait")
            sent = run_command("alerts", "send", str(alert(tmp_path)), *arguments)
        assert sent.returncode == 0, sent.stderr
        mails = [json.loads(line) for line in (tmp_path / "mail.log").read_text().splitlines()]
        assert sorted(mail["to"] for mail in mails) == sorted(EMAILS)
        assert len({text["to"] for text in texts.taken}) == len(texts.taken) == len(MOBILES)
    assert_the_log_names_nobody(tmp_path / "worker.log")
    leave(fresh_app, mails[0])


def assert_the_log_names_nobody(log: Path) -> None:
    said = log.read_text(encoding="utf-8")
    assert "worker ready" in said
    private = ["reader.", "+447700900", twilio.ACCOUNT, twilio.TOKEN, "Twilio API"]
    assert [word for word in private if word in said] == []


def leave(app: Flask, mail: dict[str, str]) -> None:
    """Use the mail's own one-click header, as a mail program does."""
    link = re.fullmatch(r"<http://127\.0\.0\.1:8000(/unsubscribe/[^>]+)>", mail["leave"])
    assert link, mail
    client = app.test_client()
    assert client.get(link[1]).status_code == 200
    assert client.post(link[1], data={"List-Unsubscribe": "One-Click"}).status_code == 200


def alert(folder: Path) -> Path:
    """Write an alert's file; returns its path."""
    file = folder / "alert.json"
    content = {
        "headline": "Men who knock about the roof",
        "body": "They offer to clean gutters for £30 and ask for **thousands**.",
        "sms": "Roofers ask for thousands. Say no.",
        "topic": "all",
        "channels": ["email", "sms"],
        "urgency": "urgent",
        "expires_at": (datetime.now(UTC) + timedelta(days=3)).isoformat(),
    }
    file.write_text(json.dumps(content), encoding="utf-8")
    return file
