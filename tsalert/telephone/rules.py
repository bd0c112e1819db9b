"""Who may be rung for a call, how often, and when a call counts as missed. Pure."""

import re
from collections.abc import Collection, Iterable
from datetime import datetime, timedelta

import phonenumbers
from msgspec import Struct

from tsalert.core.clock import as_utc
from tsalert.core.errors import RuleViolation
from tsalert.core.words import Word
from tsalert.delivery.rules import Channel, normalise_address

# Somebody who waits hears this many telephones ring out before a message is taken.
MOST_RINGS = 4
MOST_NOTICES = 20
SPENDING_SPAN = timedelta(hours=1)
WRITE_UP_WITHIN = timedelta(minutes=5)
# A message may be reported a little after the end of its call.
MESSAGE_GRACE = timedelta(minutes=1)
# No caller waits longer: an end that is not reported by then never will be.
LONGEST_WAIT = timedelta(minutes=10)
KEPT_FOR = timedelta(days=90)
LARGEST_RECORDING = 20 * 1024 * 1024

_LONGEST_CALLER = 200
_NUMBER = re.compile(r"\+[1-9][0-9]{6,14}")
# What Twilio puts in place of a number that the caller withholds: words, or the keys that spell them.
_WITHHELD = frozenset(
    {
        "",
        "anonymous",
        "blocked",
        "private",
        "restricted",
        "unavailable",
        "unknown",
        "+266696687",
        "+2562533",
        "+7378742833",
        "+86282452253",
        "+8656696",
    }
)


class EventKind(Word):
    """One thing that happened in a call; each happens at most once at each place in the chain."""

    RANG = "rang", "Rang"
    TAKEN = "taken", "Taken by"
    NOT_TAKEN = "not_taken", "Not taken by"
    MESSAGE_ASKED = "message_asked", "Asked for a message"
    ENDED = "ended", "Ended"


class Reason(Word):
    """Why nobody is rung (any more) and a message is asked for."""

    NOBODY_TOOK_IT = "nobody_took_it", "nobody took the call"
    NOBODY_TO_RING = "nobody_to_ring", "there was nobody to ring"
    TOO_MANY_IN_ALL = "too_many_in_all", "the hour's limit of calls put through was reached"
    TOO_MANY_FROM_THERE = "too_many_from_there", "the hour's limit of calls from such a number was reached"


LIMITS_REACHED = frozenset({Reason.TOO_MANY_IN_ALL, Reason.TOO_MANY_FROM_THERE})


class Caller(Struct, frozen=True):
    """Who rings, as far as the network tells: ``shown`` is for people, ``e164`` for ringing back."""

    shown: str
    e164: str | None
    is_withheld: bool = False

    @property
    def phone(self) -> str | None:
        """What stands on the call; nothing where the number is withheld."""
        return None if self.is_withheld else self.shown

    @property
    def prefix(self) -> str:
        """The block of a thousand numbers that the caller's is in; one word for all that have no number."""
        if self.e164:
            return self.e164[:-3]
        return "withheld" if self.is_withheld else "other"


class Candidate(Struct, frozen=True):
    """Somebody who may be rung."""

    officer_id: int
    mobile: str


class Limits(Struct, frozen=True):
    """How many times an hour an officer's mobile may be rung for callers: in all, and for one block of numbers."""

    in_all: int
    by_prefix: int


class Ring(Struct, frozen=True):
    """Ring this officer next; ``place`` counts from 0."""

    place: int
    officer_id: int
    mobile: str


class AskForMessage(Struct, frozen=True):
    """Ask the caller for a message."""

    reason: Reason


class HangUp(Struct, frozen=True):
    """The call is over."""


Answer = Ring | AskForMessage | HangUp


class Course(Struct, frozen=True):
    """What decides whether a call was missed."""

    rang_at: datetime
    taken_at: datetime | None = None
    ended_at: datetime | None = None
    was_asked_for_message: bool = False
    message_at: datetime | None = None


def read_caller(told: str) -> Caller:
    """Read what the network tells of a caller; anything at all is kept readable, and only a number can be rung."""
    word = told.strip()[:_LONGEST_CALLER]
    if word.lower() in _WITHHELD:
        return Caller("Number withheld", None, is_withheld=True)
    return Caller(word, word if _NUMBER.fullmatch(word) else None)


def may_be_rung(mobile: str | None, *, is_demo: bool) -> bool:
    """Tell whether calls may be put through to a number: to British mobiles alone.

    The islands share +44, but calls to them are charged as abroad, which is where fraud earns.

    :param is_demo: also to the mobiles that Ofcom keeps for drama.
    """
    try:
        written = normalise_address(Channel.SMS, mobile or "", allow_drama=is_demo)
    except RuleViolation:
        return False
    region = phonenumbers.region_code_for_number(phonenumbers.parse(written))
    return written == mobile and region in {"GB", None}


def next_to_ring(chain: Iterable[Candidate], rung: Collection[int]) -> Candidate | None:
    """Return the first of a chain who was not rung yet; None where nobody is left or enough were rung."""
    if len(rung) >= MOST_RINGS:
        return None
    return next((each for each in chain if each.officer_id not in rung), None)


def limit_reached(limits: Limits, *, in_all: int, by_prefix: int) -> Reason | None:
    """Return which limit the rings of the last hour have reached."""
    if in_all >= limits.in_all:
        return Reason.TOO_MANY_IN_ALL
    return Reason.TOO_MANY_FROM_THERE if by_prefix >= limits.by_prefix else None


def is_missed(course: Course, now: datetime) -> bool:
    """Tell whether somebody must be told of a call that nobody has written up.

    A call that an officer took is theirs. A message may wait five minutes; a caller who left none, not at all.
    """
    at = as_utc(now)
    if course.taken_at is not None:
        return False
    if course.message_at is not None:
        return at >= as_utc(course.message_at) + WRITE_UP_WITHIN
    if course.ended_at is not None:
        grace = MESSAGE_GRACE if course.was_asked_for_message else timedelta(0)
        return at >= as_utc(course.ended_at) + grace
    return at >= as_utc(course.rang_at) + LONGEST_WAIT
