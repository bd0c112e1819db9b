"""How long pages stay open, what a choice changes, and how people are shown to those who share an address. Pure."""

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from enum import StrEnum

from msgspec import Struct

from tsalert.core.clock import as_utc
from tsalert.core.words import Word

LINK_LIFE = timedelta(hours=1)
OPEN_LIFE = timedelta(hours=1)
WATCHED_SPAN = timedelta(hours=1)
ASKED_PER_ADDRESS = 3
ASKED_PER_NETWORK = 30
MOVES_PER_ADDRESS = 3
MOVES_PER_READER = 5
LANGUAGES = (("en-GB", "English"),)
EVERY_WARD = "every"
TYPED_TO_ERASE = "erase"


class Pause(Word):
    """For how long somebody may stop alerts without leaving."""

    TWO_WEEKS = "two_weeks", "Two weeks"
    MONTH = "month", "A month"
    THREE_MONTHS = "three_months", "Three months"
    HALF_A_YEAR = "half_a_year", "Six months"

    @property
    def days(self) -> int:
        """How long it is."""
        return _DAYS[self]

    def ends_at(self, now: datetime) -> datetime:
        """Return when a pause that begins now is over."""
        return as_utc(now) + timedelta(days=self.days)


_DAYS = {Pause.TWO_WEEKS: 14, Pause.MONTH: 31, Pause.THREE_MONTHS: 92, Pause.HALF_A_YEAR: 183}


class WhyLeft(Word):
    """Why somebody left, in our words: nobody can type what would have to be kept about them."""

    TOO_MANY = "too_many", "Too many messages"
    NOT_USEFUL = "not_useful", "They were not about things that matter to me"
    MOVED_AWAY = "moved_away", "I have moved away"
    OTHER_SOURCE = "other_source", "I hear of scams in another way"
    NOT_ME = "not_me", "I did not ask for them"
    OTHER = "other", "Something else"


class Refused(StrEnum):
    """Why a page of preferences does not open, in words for whoever came."""

    UNKNOWN = "This link does not work. It may have been cut short."
    OLD = "This link is more than an hour old."
    USED = "This link was used before."
    CLOSED = "This page has closed, as it does after an hour or a change of address. What you saved is saved."


class Difference(Struct, frozen=True):
    """What a choice changes at one address; nothing where it is as it was."""

    start: tuple[str, ...] = ()
    end: tuple[str, ...] = ()
    retime: tuple[str, ...] = ()


def compare(held: Mapping[str, str], wanted: Sequence[str], frequency: str) -> Difference:
    """Say which topics start, end and come at another pace when exactly the wanted ones are to be had.

    :param held: how often each topic comes now.
    """
    return Difference(
        start=tuple(topic for topic in wanted if topic not in held),
        end=tuple(topic for topic in held if topic not in wanted),
        retime=tuple(topic for topic, often in held.items() if topic in wanted and often != frequency),
    )


def is_open(began_at: datetime | None, life: timedelta, now: datetime) -> bool:
    """Tell whether something that began lately has not run out; at exactly the end of its life it has."""
    return began_at is not None and as_utc(now) - as_utc(began_at) < life


def mask_name(name: str | None) -> str | None:
    """Show enough of a name for its owner to know it: ``A••• E•••``; None where there is no name."""
    return " ".join(f"{word[:1]}•••" for word in (name or "").split()) or None
