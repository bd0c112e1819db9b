"""What a timeline is made of, and how it is ordered. Pure."""

from collections.abc import Iterable
from datetime import date, datetime, timedelta

from msgspec import Struct

from tsalert.core.clock import london_date, london_midnight
from tsalert.core.words import Word

# What is written down within a minute was written down at once.
_AT_ONCE = timedelta(minutes=1)


class EventKind(Word):
    """What sort of thing happened."""

    LOG = "log", "Log"
    MONEY = "money", "Money"
    ACTION = "action", "Enforcement"
    COURT = "court", "Courts"
    INCIDENT = "incident", "Incidents"
    LINK = "link", "Links"
    LETTER = "letter", "Letters"


class Event(Struct, frozen=True):
    """One thing that happened, when, and when it was written down.

    :param at: the instant, or the London midnight of ``on`` where only the day is known.
    :param on: the day, where no time is known.
    :param gone: why it no longer stands; None where it does.
    """

    kind: EventKind
    id: int
    at: datetime
    recorded_at: datetime
    what: str
    text: str = ""
    on: date | None = None
    who: int | None = None
    gone: str | None = None

    @property
    def is_recorded_later(self) -> bool:
        """True where it was written down at another time than it happened."""
        if self.on is not None:
            return london_date(self.recorded_at) != self.on
        return abs(self.recorded_at - self.at) > _AT_ONCE


def start_of(on: date | None, recorded_at: datetime) -> datetime:
    """Return where an event of a day stands in order: at its beginning, or when recorded where no day is known."""
    return london_midnight(on) if on is not None else recorded_at


def place_of(event: Event) -> tuple[datetime, datetime, str, int]:
    """Return what an event stands by: when it happened; of one time, when it was written down."""
    return event.at, event.recorded_at, event.kind.value, event.id


def in_order(events: Iterable[Event]) -> list[Event]:
    """Return events as they happened; what happened at one time, as it was written down."""
    return sorted(events, key=place_of)
