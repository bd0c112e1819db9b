"""Which provider carries which channel, by the settings alone."""

from pathlib import Path
from typing import Any

import pytest

from tests.conftest import settings
from tests.standins.notify import API_KEY, EMAIL_TEMPLATE, SMS_TEMPLATE
from tests.whole import create_app
from tsalert.config import TwilioSettings
from tsalert.delivery.rules import Channel
from tsalert.mail_settings import SmtpSettings
from tsalert.notify_settings import NotifySettings

BOTH = NotifySettings(API_KEY, "c" * 40, EMAIL_TEMPLATE, SMS_TEMPLATE)
MAIL, TEXTS = NotifySettings(API_KEY, "c" * 40, EMAIL_TEMPLATE), NotifySettings(API_KEY, "c" * 40, None, SMS_TEMPLATE)
TWILIO = TwilioSettings("AC1", "t", sender="+441632960000", voice_sender="+441632960000")
SMTP = SmtpSettings("mail.example.org", 25, "none")


@pytest.mark.parametrize(
    ("chosen", "expected"),
    [
        ({}, ["Recorder", "Recorder", "Recorder"]),
        ({"smtp": SMTP, "twilio": TWILIO}, ["SmtpEmail", "TwilioSms", "TwilioVoice"]),
        ({"notify": BOTH}, ["NotifyEmail", "NotifySms", "Unserved"]),
        ({"notify": BOTH, "twilio": TWILIO}, ["NotifyEmail", "NotifySms", "TwilioVoice"]),
        ({"notify": MAIL, "twilio": TWILIO}, ["NotifyEmail", "TwilioSms", "TwilioVoice"]),
        ({"notify": MAIL}, ["NotifyEmail", "Recorder", "Recorder"]),
        ({"notify": TEXTS, "smtp": SMTP}, ["SmtpEmail", "NotifySms", "Unserved"]),
    ],
)
def test_each_channel_goes_by_the_provider_that_was_set_for_it(
    tmp_path: Path, chosen: dict[str, Any], expected: list[str]
) -> None:
    app = create_app(settings(f"sqlite:///{tmp_path / 'tsalert.db'}", tmp_path, **chosen))
    gateways = app.extensions["tsalert_gateways"]
    assert [type(each).__name__ for each in gateways] == expected
    assert [each.channel for each in gateways] == list(Channel)
