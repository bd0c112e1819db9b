"""What a timeline is made of, how it is ordered and cut into pages. Pure."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from tsalert.core.clock import london_date, london_midnight
from tsalert.core.words import Word

PAGE = 50
LAST_PAGE = 100_000
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


@dataclass(frozen=True, slots=True)
class Event:
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


@dataclass(frozen=True, slots=True)
class Page:
    """Some events in order of occurrence; ``next`` is the number of the page that follows, None on the last."""

    items: Sequence[Event]
    number: int
    total: int
    next: int | None

    @property
    def previous(self) -> int | None:
        """The number of the page before; None on the first."""
        return self.number - 1 if self.number > 1 else None


def start_of(on: date | None, recorded_at: datetime) -> datetime:
    """Return where an event of a day stands in order: at its beginning, or when recorded where no day is known."""
    return london_midnight(on) if on is not None else recorded_at


def in_order(events: Iterable[Event]) -> list[Event]:
    """Return events as they happened; what happened at one time, as it was written down."""
    return sorted(events, key=lambda event: (event.at, event.recorded_at, event.kind, event.id))


def cut(events: Sequence[Event], number: int, *, size: int = PAGE) -> Page:
    """Return one page of events that are in order; a page beyond the last is empty."""
    first = (number - 1) * size
    more = number + 1 if len(events) > first + size else None
    return Page(events[first : first + size], number, len(events), more)
