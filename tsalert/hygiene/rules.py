"""When an address counts as dead, when reports are held back, which spellings are one mailbox, and months. Pure."""

from collections.abc import Mapping
from datetime import date, timedelta

from tsalert.core.words import Word

LAST_ALERTS = 5
SOFT_DAYS = 3
FEWEST_HELD = 10
UNCONFIRMED_AFTER = timedelta(days=7)
CLEARED_AFTER = timedelta(days=30)
CANARY_TIME = timedelta(minutes=15)
# Texts and calls of which the network said for good that nobody is there. Source: Twilio's list of error codes.
DEAD_NUMBER_CODES: Mapping[str, str] = {
    "30005": "unknown or no longer in use",
    "30006": "a landline, or its network takes no texts",
    "30011": "a landline, or its network takes no texts",
    "13224": "not a valid number",
    "21211": "not a valid number",
    "21214": "cannot be reached",
    "21217": "not a valid number",
    "21614": "not a mobile number",
    "21635": "a landline",
}
# A phone that is off, or a full network: it may answer next time.
UNREACHED_NUMBER_CODES: Mapping[str, str] = {"30003": "could not be reached", "30008": "not delivered, no reason given"}
_PLUS_ONLY = frozenset({"outlook.com", "hotmail.com", "hotmail.co.uk", "live.co.uk", "live.com", "icloud.com"})
_DOTLESS = {"gmail.com": "gmail.com", "googlemail.com": "gmail.com"}


class Kind(Word):
    """What was reported of an address."""

    HARD = "hard", "Came back for good"
    SOFT = "soft", "Came back this time"
    COMPLAINT = "complaint", "Reported as spam"


class Effect(Word):
    """What a report did."""

    ENDED = "ended", "Not written to any more"
    COUNTED = "counted", "Counted"
    HELD = "held", "Held for a decision"
    LET_ALONE = "let_alone", "Nothing: not on the list"
    DISMISSED = "dismissed", "Nothing: an officer decided so"
    RESTORED = "restored", "Written to again: an officer decided so"


class Verdict(Word):
    """What an officer found of two who may be the same."""

    SAME = "same", "The same person"
    DIFFERENT = "different", "Two people"


class Because(Word):
    """Why two may be the same."""

    SPELLING = "spelling", "One mailbox in two spellings"
    NAME = "name", "Same name and postcode"


def is_dead(days: int) -> bool:
    """Tell whether an address counts as dead after coming back on so many days among its last alerts."""
    return days >= SOFT_DAYS


def must_hold(ended: int, size: int, *, percent: int) -> bool:
    """Tell whether ending one more address of a mailing's audience goes beyond what is believed without a person.

    A small audience may lose a few addresses at any time.
    """
    return ended + 1 > max(FEWEST_HELD, size * percent // 100)


def mailbox_of(address: str) -> str:
    """Return the mailbox behind an address: dots and plus count for nothing only where we know that they do."""
    local, _, domain = address.casefold().rpartition("@")
    if domain in _DOTLESS:
        return f"{local.partition('+')[0].replace('.', '')}@{_DOTLESS[domain]}"
    return f"{local.partition('+')[0]}@{domain}" if domain in _PLUS_ONLY else f"{local}@{domain}"


def spelled_domains() -> tuple[str, ...]:
    """Return the domains known to take one mailbox in several spellings."""
    return (*_DOTLESS, *sorted(_PLUS_ONLY))


def month_of(day: date) -> date:
    """Return the first day of a day's month."""
    return day.replace(day=1)


def next_month(month: date) -> date:
    """Return the first day of the month after."""
    return (month + timedelta(days=32)).replace(day=1)


def back(month: date, months: int) -> date:
    """Return the first day of the month so many months earlier."""
    place = month.year * 12 + month.month - 1 - months
    return date(place // 12, place % 12 + 1, 1)
