"""The strip of a demonstration says of each channel what is true."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from flask.testing import FlaskClient

from tests.conftest import settings
from tsalert.config import TwilioSettings
from tsalert.installation.outward import describe, keeps_any
from tsalert.mail_settings import SmtpSettings
from tsalert.notify_settings import NotifySettings

HERE, THERE = "http://127.0.0.1:9", None
NOTHING = "Nothing is sent outside this machine"
NOTIFY_HERE = "to a stand-in for GOV.UK Notify on this machine"
ACCOUNT = ("AC" + "0" * 32, "token")


def twilio(api_url: str | None) -> TwilioSettings:
    return TwilioSettings(*ACCOUNT, sender="+441632960000", voice_sender="+441632960000", api_url=api_url)


def notify(api_url: str = "https://notify.example.org", **templates: str) -> NotifySettings:
    return NotifySettings("key", callback_token="t" * 32, api_url=api_url, **templates)


@pytest.mark.parametrize(
    ("chosen", "said"),
    [
        ({}, "Nothing is sent outside this machine."),
        (
            {"twilio": twilio(HERE)},
            f"{NOTHING}: mails stay in the outbox; texts and calls go to a stand-in for Twilio on this machine.",
        ),
        ({"twilio": twilio(THERE)}, "Mails stay in the outbox; texts and calls are really sent, by Twilio."),
        (
            {"smtp": SmtpSettings("mail.example.org", 25, "none")},
            "Mails are really sent, by a mail server; texts and calls stay in the outbox.",
        ),
        (
            {"smtp": SmtpSettings("127.0.0.1", 25, "none")},
            f"{NOTHING}: mails go to a stand-in for a mail server on this machine; texts and calls stay in the outbox.",
        ),
        (
            {"notify": notify(email_template="e", sms_template="s")},
            "Mails and texts are really sent, by GOV.UK Notify; calls are not made.",
        ),
        (
            {"notify": notify(HERE, sms_template="s"), "twilio": twilio(THERE)},
            f"Mails stay in the outbox; texts go {NOTIFY_HERE}; calls are really sent, by Twilio.",
        ),
    ],
)
def test_each_channel_is_told_of(tmp_path: Path, chosen: dict[str, Any], said: str) -> None:
    assert describe(settings("sqlite://", tmp_path, **chosen)) == said


def test_the_outbox_is_offered_while_anything_stays_in_it(tmp_path: Path) -> None:
    everything = {"smtp": SmtpSettings("127.0.0.1", 25, "none"), "twilio": twilio(HERE)}
    assert keeps_any(settings("sqlite://", tmp_path))
    assert not keeps_any(settings("sqlite://", tmp_path, **everything))


def test_the_strip_stands_on_pages_of_a_demonstration_alone(
    client: FlaskClient, signed_in: Callable[..., FlaskClient], monkeypatch: pytest.MonkeyPatch
) -> None:
    assert "Nothing is sent outside this machine." not in signed_in().get("/calls").text
    monkeypatch.setitem(client.application.config, "TSALERT_DEMO", bool(1))
    assert "Nothing is sent outside this machine." in signed_in().get("/calls").text
