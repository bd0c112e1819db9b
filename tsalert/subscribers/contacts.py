"""Reading what somebody typed into the one field for an address, as this installation allows."""

from collections.abc import Collection

from flask import current_app

from tsalert.config import Settings
from tsalert.core.errors import RuleViolation
from tsalert.delivery.rules import Channel
from tsalert.delivery.telephones import is_of_an_organisation, is_on_the_islands
from tsalert.installation.service import is_demo
from tsalert.subscribers import rules


def read_contact(typed: str) -> tuple[Channel, str]:
    """Read an email address or a telephone number.

    :raises RuleViolation: it is neither, or a number to which nothing goes; the field is ``contact``.
    """
    return rules.read_contact(typed, allow_drama=is_demo(), countries=texted_countries())


def require_private(channel: Channel, address: str) -> None:
    """Refuse a visitor's number that is none of a home here, so that nobody has a helpline rung at our cost.

    A number of Jersey, Guernsey or Man shares +44, but is charged as one abroad.

    :raises RuleViolation: it is one; the field is ``contact``.
    """
    if channel is Channel.VOICE and is_of_an_organisation(address):
        raise RuleViolation(
            "That number belongs to an organisation. Enter that of your own telephone, or an email address.",
            field="contact",
        )
    if channel is not Channel.EMAIL and is_on_the_islands(address):
        raise RuleViolation(
            "We cannot send to numbers of Jersey, Guernsey or the Isle of Man. Enter an email address.",
            field="contact",
        )


def texted_countries() -> Collection[int]:
    """Return the calling codes whose mobiles get texts."""
    settings: Settings = current_app.extensions["tsalert_settings"]
    return settings.sms_countries
