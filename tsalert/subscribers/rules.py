"""What subscribers are, what they may choose, and the limits on joining."""

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Protocol, TypeVar

from msgspec import Struct

from tsalert.core.clock import as_utc
from tsalert.core.errors import RuleViolation, blame
from tsalert.delivery.rules import Channel, Status, normalise_email, normalise_phone
from tsalert.delivery.telephones import BRITISH

EVERY_TOPIC = "all"
LARGE_PRINT = "large_print"
CONFIRM_LIFE = timedelta(days=7)
WATCHED_SPAN = timedelta(hours=1)
SIGN_UPS_PER_ADDRESS = 3
LOST_TRIED_EVERY = timedelta(days=1)
SIGN_UPS_PER_NETWORK = 30
PAID_PER_NETWORK = 10
QUESTIONS_BY_CALL = 3
BETWEEN_QUESTIONS = timedelta(days=1)


class Kind(StrEnum):
    """Who subscribes: a person, or an organisation that passes alerts on to its own readers."""

    RESIDENT = "resident"
    PARTNER = "partner"


class Frequency(StrEnum):
    """How often somebody hears from us; an urgent alert goes to everybody at once."""

    IMMEDIATE = "immediate"
    DAILY = "daily"
    WEEKLY = "weekly"


OFFERED = tuple(Frequency)
# How often, and in which formats, as one question: the form to join has room for no fifth.
MANNERS: Mapping[str, tuple[Frequency, tuple[str, ...]]] = {
    " ".join((often, *formats)): (often, formats) for often in OFFERED for formats in ((), (LARGE_PRINT,))
}


class Source(StrEnum):
    """How a subscription came to be."""

    WEB = "web"
    PHONE = "phone"
    IMPORT = "import"
    SMS = "sms"
    KEY = "telephone key"
    PAPER = "paper"
    COMPLAINT = "complaint"


class EndedReason(StrEnum):
    """Why a subscription ended."""

    UNSUBSCRIBED = "unsubscribed"
    STOP_TEXT = "stop text"
    STOP_KEY = "key on a call"
    BY_OFFICER = "ended by an officer"
    REPLACED = "left out of a later import"
    CHANGED = "no longer chosen"
    RETIMED = "comes at another pace since"
    MADE_ONE = "came to the same address twice"
    MOVED = "moved to another address"
    ERASED = "erased"
    BOUNCED = "messages came back"
    COMPLAINED = "reported as spam"


class Act(StrEnum):
    """What a consent event records."""

    GIVEN = "given"
    CONFIRMED = "confirmed"
    WITHDRAWN = "withdrawn"
    CHANGED = "changed"


# What ended for one of these does not start again when its reader comes back.
_SETTLED = frozenset(
    {
        EndedReason.REPLACED,
        EndedReason.CHANGED,
        EndedReason.RETIMED,
        EndedReason.MOVED,
        EndedReason.MADE_ONE,
        EndedReason.ERASED,
    }
)
WEB_WORDING = (
    "Send me Trading Standards alerts about the topics I have chosen. "
    "I can stop them at any time by the link or word in every message."
)
PHONE_SCRIPT = (
    "We will send you Trading Standards alerts on the topics you choose. We use your details for nothing else, "
    "and you can stop the alerts at any time. Is that all right?"
)
PHONE_WORDING = f"The officer read out: {PHONE_SCRIPT}"
SMS_WORDING = "They texted YES, START or JOIN to our number."
PAPER_WORDING = f"They signed a form that says: {WEB_WORDING}"
KEY_WORDING = "They pressed 1 on a call of ours that asked whether they want alerts by call."
IMPORT_WORDING = "In the words of the source named."
WORDINGS = {
    Source.WEB: WEB_WORDING,
    Source.PHONE: PHONE_WORDING,
    Source.SMS: SMS_WORDING,
    Source.KEY: KEY_WORDING,
    Source.PAPER: PAPER_WORDING,
    Source.IMPORT: IMPORT_WORDING,
}


class Question(StrEnum):
    """How far the question to a landline, whether it wants alerts, has come."""

    JOINED = "pressed 1: on the list"
    NEVER = "asked never to be rung"
    TO_RING = "waits to be rung"
    RUNG = "rung: waiting for a key"
    NO_KEY = "answered, no key pressed"
    NO_ANSWER = "nobody answered"
    NOT_RUNG = "not rung: asked too often"
    FAILED = "could not be rung"


_QUESTIONS = {
    Status.PENDING: Question.TO_RING,
    Status.CLAIMED: Question.TO_RING,
    Status.UNKNOWN: Question.RUNG,
    Status.ACCEPTED: Question.RUNG,
    Status.DELIVERED: Question.NO_KEY,
    Status.UNDELIVERED: Question.NO_ANSWER,
}


def read_question(call: Status | None, *, is_confirmed: bool, is_suppressed: bool) -> Question:
    """Say how far the question to a landline has come.

    :param call: where its call stands; None where none was made.
    """
    if is_suppressed:
        return Question.NEVER
    if is_confirmed:
        return Question.JOINED
    return Question.NOT_RUNG if call is None else _QUESTIONS.get(call, Question.FAILED)


class Reader(Protocol):
    """Somebody known to read an address."""

    @property
    def name(self) -> str | None:
        """Their name, if they gave one."""

    @property
    def has_email(self) -> bool:
        """True where one of their addresses is an email address."""


_Reader = TypeVar("_Reader", bound=Reader)


class Held(Struct, frozen=True):
    """One topic that somebody gets at one address, or did until ``ended_reason``."""

    topic: str
    frequency: str
    source: str
    ended_reason: str | None = None


class Changes(Struct, frozen=True):
    """What to change at one address: topics to start, and positions of those held to end or to send at another pace."""

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
        return next((one for one in by_email if same_name(one.name, name)), by_email[0])
    alike = next((one for one in by_phone if same_name(one.name, name)), None)
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
    cut_down = any(one.ended_reason not in {None, EndedReason.REPLACED, EndedReason.RETIMED} for one in held)
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


def changes_by_choice(held: Sequence[Held], topics: Sequence[str], frequency: str | None) -> Changes:
    """Say what changes at one address when its reader chooses topics: they come on top of what is there."""
    open_ones = {one.topic: n for n, one in enumerate(held) if one.ended_reason is None}
    return Changes(
        start=tuple(topic for topic in tidy_topics(topics) if topic not in open_ones),
        retime=tuple(n for n in open_ones.values() if frequency not in {None, held[n].frequency}),
    )


def changes_by_return(held: Sequence[Held], kind: str = Kind.RESIDENT) -> Changes:
    """Say what starts again at an address whose reader had left and comes back.

    A resident has an officer end what they had; that a partner's contact is one no longer is the officer's decision.
    """
    if any(one.ended_reason is None for one in held):
        return Changes()
    settled = _SETTLED | ({EndedReason.BY_OFFICER} if kind == Kind.PARTNER else set())
    return Changes(start=tuple(dict.fromkeys(one.topic for one in held if one.ended_reason not in settled)))


def same_reader(name: str | None, readers: Sequence[_Reader]) -> _Reader | None:
    """Tell which reader of an address it is who asks; None for somebody new.

    Without a name it is the first of them. A name fits its owner, else somebody whose name is not known.
    """
    if name is None:
        return next(iter(readers), None)
    alike = next((one for one in readers if same_name(one.name, name)), None)
    return alike or next((one for one in readers if one.name is None), None)


def topics_reached(topic: str) -> frozenset[str] | None:
    """Return the slugs whose subscribers an alert on a topic reaches; None where it reaches all of them."""
    return None if topic == EVERY_TOPIC else frozenset({topic, EVERY_TOPIC})


def tidy_topics(chosen: Collection[str]) -> tuple[str, ...]:
    """Return the topics to subscribe to: none chosen means all, and all makes the rest needless."""
    return (EVERY_TOPIC,) if not chosen or EVERY_TOPIC in chosen else tuple(sorted(set(chosen)))


def may_be_asked(asked: Sequence[datetime], now: datetime) -> bool:
    """Tell whether a landline that was asked to confirm at these times may be rung again.

    It is rung once in 24 hours and three times in all, since whoever owns it may have asked for nothing.
    """
    is_fresh = any(as_utc(now) - as_utc(at) < BETWEEN_QUESTIONS for at in asked)
    return len(asked) < QUESTIONS_BY_CALL and not is_fresh


def read_contact(
    text: str, *, allow_drama: bool, countries: Collection[int] = frozenset({BRITISH})
) -> tuple[Channel, str]:
    """Read what somebody typed into the one field for an email address or a telephone number.

    :param countries: the calling codes whose mobiles get texts.
    :raises RuleViolation: it is neither; the field is ``contact``.
    """
    if not any(character == "@" or character.isdecimal() for character in text):
        raise RuleViolation("Enter an email address or a telephone number.", field="contact")
    with blame("contact"):
        if "@" in text:
            return Channel.EMAIL, normalise_email(text)
        return normalise_phone(text, allow_drama=allow_drama, countries=countries)


def same_name(one: str | None, other: str | None) -> bool:
    """Tell whether two names are one, however they are written; having none is a name too."""
    return (one or "").casefold() == (other or "").casefold()
