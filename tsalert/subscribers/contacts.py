"""Reading what somebody typed into the one field for an address, as this installation allows."""

from collections.abc import Collection

from flask import current_app

from tsalert.config import Settings
from tsalert.delivery.rules import Channel
from tsalert.installation.service import is_demo
from tsalert.subscribers import rules


def read_contact(typed: str) -> tuple[Channel, str]:
    """Read an email address or a telephone number.

    :raises RuleViolation: it is neither, or a number to which nothing goes; the field is ``contact``.
    """
    return rules.read_contact(typed, allow_drama=is_demo(), countries=texted_countries())


def texted_countries() -> Collection[int]:
    """Return the calling codes whose mobiles get texts."""
    settings: Settings = current_app.extensions["tsalert_settings"]
    return settings.sms_countries
