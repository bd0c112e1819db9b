"""Sending from a file."""

import json
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from click.testing import Result
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from tests.alerts.conftest import settle
from tests.conftest import PASSWORD
from tsalert.alerts import cli
from tsalert.alerts.lone_queries import sent_alone
from tsalert.alerts.models import Alert
from tsalert.db import db
from tsalert.delivery.counting import change_counts
from tsalert.delivery.models import Mailing
from tsalert.staff import service as staff
from tsalert.staff.rules import RoleName

REASON = "Nobody else is on duty and they are at doors now."
LONE = "lone@example.org"
Send = Callable[..., Result]


def words(**changes: Any) -> dict[str, Any]:
    given = {
        "headline": "Roofers in Bickley",
        "body": "They *knock*.",
        "advice": "Say no.",
        "sms": "Roofers in Bickley.",
        "topic": "doorstep-crime",
        "wards": [],
        "channels": ["email", "sms"],
        "urgency": "urgent",
        "expires_at": (datetime.now(UTC) + timedelta(days=7)).isoformat(),
    }
    return {name: value for name, value in (given | changes).items() if value is not None}


@pytest.fixture
def send(command: Callable[..., Result], tmp_path: Path) -> Send:
    """Run the command with a file of these bytes, or of these values as JSON."""
    now = datetime.now(UTC)
    staff.create_officer(
        LONE, name="Lone Example", roles=[RoleName.DUTY_OFFICER, RoleName.LONE_SENDER], password=PASSWORD, now=now
    )
    staff.create_officer("plain@example.org", name="P", roles=[RoleName.DUTY_OFFICER], password=PASSWORD, now=now)

    def run(content: Any, *options: str, email: str = LONE, reason: str = REASON) -> Result:
        file = tmp_path / "alert.json"
        file.write_bytes(content if isinstance(content, bytes) else json.dumps(content).encode())
        return command("alerts", "send", str(file), "--as", email, "--reason", reason, *options)

    return run


def kept(session: Session) -> tuple[int | None, int | None]:
    return session.scalar(select(func.count()).select_from(Alert)), session.scalar(
        select(func.count()).select_from(Mailing)
    )


def test_a_lone_officer_sends_from_a_file_and_is_listed_for_review(session: Session, send: Send, people: None) -> None:
    result = send(words())
    assert result.exit_code == 0, result.output
    assert "is on its way to 3 addresses." in result.output
    [entry] = sent_alone(session).items
    assert (entry.alert.override_reason, entry.review) == (REASON, None)


def test_what_may_point_to_a_person_stops_it_unless_it_is_said_why_all_of_that_stays(send: Send, people: None) -> None:
    told = words(body="They *knock*. Ring them on 020 7946 0123, they say.")
    refused = send(told)
    assert (refused.exit_code, "020 7946 0123" in refused.stderr) == (1, True)
    assert send(told, "--may-stay", "PUBLIC").exit_code == 2
    assert send(told, "--may-stay", "public").exit_code == 0


@pytest.mark.parametrize(("fate", "code", "word"), [("delivered", 0, "Sent."), ("failed", 1, "Failed.")])
def test_waiting_shows_progress_and_tells_the_end_by_exit_status(
    send: Send, people: None, monkeypatch: pytest.MonkeyPatch, fate: str, code: int, word: str
) -> None:
    def work(_seconds: float) -> None:
        session = db.session()
        settle(session, session.scalars(select(Mailing.id)).one(), fate)

    monkeypatch.setattr(cli, "sleep", work)
    result = send(words(), "--wait")
    assert (result.exit_code, result.stdout.splitlines()[-1]) == (code, word)


def test_waiting_says_how_many_are_in_doubt_and_that_not_all_is_well(
    send: Send, people: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    def work(_seconds: float) -> None:
        session = db.session()
        mailing_id = session.scalars(select(Mailing.id)).one()
        settle(session, mailing_id, "accepted")
        change_counts(session, {(mailing_id, "sms", "accepted"): -1, (mailing_id, "sms", "unknown"): 1})
        session.commit()

    monkeypatch.setattr(cli, "sleep", work)
    result = send(words(), "--wait")
    assert (result.exit_code, result.stdout.splitlines()[-1]) == (1, "Sent; 1 in doubt.")


def test_waiting_for_nothing_asks_whether_a_worker_runs(
    send: Send, people: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    looks = iter(range(1000))

    def work(_seconds: float) -> None:
        if next(looks) == 70:
            session = db.session()
            settle(session, session.scalars(select(Mailing.id)).one(), "accepted")

    monkeypatch.setattr(cli, "sleep", work)
    result = send(words(), "--wait")
    assert result.exit_code == 0
    assert result.output.count("Is a worker running") == 1


@pytest.mark.parametrize(
    ("content", "line"),
    [
        pytest.param(words(colour="red"), "colour: We do not know this field.", id="an unknown field"),
        pytest.param(words(case_id=1), "case_id: We do not know this field.", id="a case"),
        pytest.param(words(headline=None), "headline: Enter a headline.", id="no headline"),
        pytest.param(words(headline="a\r\nb"), "headline: Take out the characters that cannot be seen", id="two lines"),
        pytest.param(words(body=7), "body: Give this as text.", id="a number for a text"),
        pytest.param(words(body="x" * 20_001), "body: Keep this to 20,000 characters or fewer.", id="too long"),
        pytest.param(words(body="<https://other.example>"), "Take out the link to https://other.example", id="a link"),
        pytest.param(words(channels="email"), "channels: Give this as a list.", id="a text for a list"),
        pytest.param(words(expires_at="2027-01-01T10:00:00"), "expires_at: Give the time with its zone", id="no zone"),
        pytest.param(words(expires_at="2020-01-01T10:00:00Z"), "The alert must end in the future.", id="in the past"),
        pytest.param(words(topic="gardening"), "Choose one of these topics: all, ", id="an unknown topic"),
        pytest.param(words(wards=["Nowhere"]), "There is no ward Nowhere here.", id="an unknown ward"),
        pytest.param(b"not json", "The file is not JSON", id="not JSON"),
        pytest.param(b"\xff\xfe{}", "The file is not JSON", id="not UTF-8"),
        pytest.param(b"[" * 100_000, "The file is not JSON", id="nested without end"),
        pytest.param(b"[]", "The file must hold one JSON object.", id="a list"),
        pytest.param(b"", "The file is not JSON", id="empty"),
        pytest.param(b'{"body":"' + b"x" * 1_000_001, "larger than a megabyte", id="too large"),
    ],
)
def test_a_file_that_is_wrong_is_refused_in_one_clear_line(
    session: Session, send: Send, people: None, content: Any, line: str
) -> None:
    result = send(content)
    assert result.exit_code == 1
    assert line in result.output
    assert "Traceback" not in result.output
    assert kept(session) == (0, 0)


def test_nobody_to_send_to_is_said_and_nothing_is_kept(session: Session, send: Send) -> None:
    result = send(words())
    assert result.exit_code == 1
    assert "Nobody would get this alert" in result.output
    assert kept(session) == (0, 0)


@pytest.mark.parametrize(
    ("options", "line"),
    [
        ({"email": "plain@example.org"}, "You are not allowed to send an alert alone"),
        ({"email": "nobody@example.org"}, "There is no officer nobody@example.org."),
        ({"reason": "now"}, "Give a reason of at least 10 characters."),
    ],
)
def test_only_who_may_and_says_why_sends_alone(
    session: Session, send: Send, people: None, options: dict[str, str], line: str
) -> None:
    result = send(words(), **options)
    assert result.exit_code == 1
    assert line in result.output
    assert kept(session) == (0, 0)


def test_a_file_with_a_byte_order_mark_is_read(send: Send, people: None) -> None:
    assert send(b"\xef\xbb\xbf" + json.dumps(words()).encode()).exit_code == 0
