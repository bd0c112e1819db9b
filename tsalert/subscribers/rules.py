"""What subscribers are, what they may choose, and the limits on joining."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Protocol, TypeVar

from tsalert.core.clock import as_utc

EVERY_TOPIC = "all"
CONFIRM_LIFE = timedelta(days=7)
SHORTEST_FILL = timedelta(seconds=2)
WATCHED_SPAN = timedelta(hours=1)
SIGN_UPS_PER_ADDRESS = 3
SIGN_UPS_PER_NETWORK = 30


class Kind(StrEnum):
    """Who subscribes: a person, or an organisation that passes alerts on to its own readers."""

    RESIDENT = "resident"
    PARTNER = "partner"


class Frequency(StrEnum):
    """How often somebody hears from us; an urgent alert goes to everybody at once."""

    IMMEDIATE = "immediate"
    DAILY = "daily"
    WEEKLY = "weekly"


class Source(StrEnum):
    """How a subscription came to be."""

    WEB = "web"
    PHONE = "phone"
    IMPORT = "import"
    SMS = "sms"


class EndedReason(StrEnum):
    """Why a subscription ended."""

    UNSUBSCRIBED = "unsubscribed"
    STOP_TEXT = "stop text"
    BY_OFFICER = "ended by an officer"
    REPLACED = "left out of a later import"


class Act(StrEnum):
    """What a consent event records."""

    GIVEN = "given"
    CONFIRMED = "confirmed"
    WITHDRAWN = "withdrawn"


WEB_WORDING = (
    "Send me Trading Standards alerts about the topics I have chosen. "
    "I can stop them at any time by the link or word in every message."
)
IMPORT_WORDING = "In the words of the source named."
PHONE_WORDING = (
    "The officer read out: we will send you Trading Standards alerts on the topics you choose, "
    "we use your details for nothing else, and you can stop them at any time."
)


class Reader(Protocol):
    """Somebody known to read an address."""

    @property
    def name(self) -> str | None:
        """Their name, if they gave one."""

    @property
    def has_email(self) -> bool:
        """True where one of their addresses is an email address."""


_Reader = TypeVar("_Reader", bound=Reader)


@dataclass(frozen=True, slots=True)
class Held:
    """One topic that somebody gets at one address, or did until ``ended_reason``."""

    topic: str
    frequency: str
    source: str
    ended_reason: str | None = None


@dataclass(frozen=True, slots=True)
class Changes:
    """What to change at one address: topics to start, and positions of those held to end or to send anew."""

    start: tuple[str, ...] = ()
    end: tuple[int, ...] = ()
    retime: tuple[int, ...] = ()


def same_person(
    name: str | None, by_email: Sequence[_Reader], by_phone: Sequence[_Reader], *, gives_email: bool
) -> _Reader | None:
    """Tell who of the known readers of a row's addresses the row is about; None for somebody new.

    The email address decides, whatever the name. A telephone is often shared, so it decides for
    one who gives the same name, and for one who is known by nothing else.
    """
    if by_email:
        return next((one for one in by_email if _same_name(one.name, name)), by_email[0])
    alike = next((one for one in by_phone if _same_name(one.name, name)), None)
    if alike or gives_email:
        return alike
    return next((one for one in by_phone if not one.has_email), None)


def changes_by_import(held: Sequence[Held], topics: Sequence[str], frequency: str | None) -> Changes:
    """Say what an import changes at one address of one person.

    It may change what an earlier import gave. It never touches what they chose themselves, never
    adds to what they have cut down, and never brings back one who left.

    :param topics: none named means all topics for somebody new, and no change for others.
    """
    is_open = [one.ended_reason is None for one in held]
    cut_down = any(one.ended_reason not in {None, EndedReason.REPLACED} for one in held)
    if cut_down and not any(is_open):
        return Changes()
    ours = [n for n, one in enumerate(held) if is_open[n] and one.source == Source.IMPORT]
    wanted = tidy_topics(topics) if topics or not any(is_open) else ()
    having = {one.topic for n, one in enumerate(held) if is_open[n]}
    ending = tuple(n for n in ours if wanted and held[n].topic not in wanted)
    return Changes(
        start=() if cut_down else tuple(topic for topic in wanted if topic not in having),
        end=ending,
        retime=tuple(n for n in ours if n not in ending and frequency not in {None, held[n].frequency}),
    )


def topics_reached(topic: str) -> frozenset[str] | None:
    """Return the slugs whose subscribers an alert on a topic reaches; None where it reaches all of them."""
    return None if topic == EVERY_TOPIC else frozenset({topic, EVERY_TOPIC})


def tidy_topics(chosen: Collection[str]) -> tuple[str, ...]:
    """Return the topics to subscribe to: none chosen means all, and all makes the rest needless."""
    return (EVERY_TOPIC,) if not chosen or EVERY_TOPIC in chosen else tuple(sorted(set(chosen)))


def is_filled_by_machine(trap: str, drawn_at: datetime | None, now: datetime) -> bool:
    """Tell a machine by the field that people cannot see, or by a form sent faster than anybody types."""
    return bool(trap) or drawn_at is None or as_utc(now) - as_utc(drawn_at) < SHORTEST_FILL


def _same_name(one: str | None, other: str | None) -> bool:
    return (one or "").casefold() == (other or "").casefold()
