"""What two installations write to each other, when a message is taken, and when it is sent again. Pure."""

import json
import re
from collections.abc import Mapping
from datetime import datetime, timedelta
from hashlib import sha256
from typing import Any

from msgspec import Struct

from tsalert.core.clock import as_utc
from tsalert.core.errors import Conflict, NotAllowed, RuleViolation
from tsalert.core.words import Word
from tsalert.linked.rules import LONGEST_CONTENT, read_object
from tsalert.webhooks.rules import next_try, stamp

VERSION = 1
MESSAGES_PATH = "/exchange/messages"
OLDEST = timedelta(days=30)
# Two clocks may differ by so much.
_DRIFT = timedelta(minutes=10)
_LONGEST_FAULT = 300
# The other side has read these and says no for good; everything else may mend itself.
_FOR_GOOD = frozenset({409, 413, 422})
_NAMES = frozenset({"version", "id", "kind", "from", "to", "made_at", "content"})
_KEY = re.compile(r"[0-9a-f]{32}")
_NO_MESSAGE = "This is no message of a service like ours."


class Kind(Word):
    """What a message says."""

    HANDOVER_OFFER = "handover.offer", "Offer"
    HANDOVER_WITHDRAWAL = "handover.withdrawal", "Withdrawal"
    HANDOVER_ANSWER = "handover.answer", "Answer"


class Sending(Word):
    """How far a message has come."""

    WAITING = "waiting", "Waits to be sent"
    DELIVERED = "delivered", "Received by them"
    GIVEN_UP = "given_up", "Could not be sent"


class State(Word):
    """How far a handover has come that was offered to us."""

    OFFERED = "offered", "Offered to us"
    ACCEPTED = "accepted", "Accepted"
    REFUSED = "refused", "Refused"
    WITHDRAWN = "withdrawn", "Taken back"
    LAPSED = "lapsed", "Lapsed"


class Head(Struct, frozen=True):
    """What every message says of itself; ``sender`` and ``addressee`` are the addresses of two services."""

    key: str
    kind: Kind
    sender: str
    addressee: str
    made_at: datetime


class Message(Struct, frozen=True):
    """One message as it was signed; ``digest`` is the SHA-256 of its bytes."""

    head: Head
    content: dict[str, Any]
    digest: str


def write_message(head: Head, content: Mapping[str, Any]) -> str:
    """Return a message as it is signed.

    :raises RuleViolation: it is too long.
    """
    told = {"version": VERSION, "id": head.key, "kind": head.kind.value, "from": head.sender, "to": head.addressee}
    told |= {"made_at": stamp(head.made_at)}
    written = json.dumps({**told, "content": dict(content)}, ensure_ascii=True, separators=(",", ":"))
    if len(written) > LONGEST_CONTENT:
        raise RuleViolation("This is too long to be signed. Shorten the facts, or hand it over as a document.")
    return written


def read_message(body: bytes) -> Message:
    """Return a message whose signature was proved; what it says is not looked at yet.

    :raises RuleViolation: it is of a version that we do not know, or is no message.
    """
    told = read_object(body)
    if told.get("version") != VERSION:
        raise RuleViolation("This is of a version that we do not know. One of the two services must be updated.")
    if set(told) != _NAMES or not isinstance(told["content"], dict):
        raise RuleViolation(_NO_MESSAGE)
    return Message(_read_head(told), told["content"], sha256(body).hexdigest())


def _read_head(told: Mapping[str, Any]) -> Head:
    key, kind, sender, addressee, made_at = (told[name] for name in ("id", "kind", "from", "to", "made_at"))
    if not all(isinstance(each, str) for each in (key, kind, sender, addressee, made_at)):
        raise RuleViolation(_NO_MESSAGE)
    if not _KEY.fullmatch(key) or kind not in [*Kind]:
        raise RuleViolation(_NO_MESSAGE)
    try:
        return Head(key, Kind.of(kind), sender, addressee, as_utc(datetime.fromisoformat(made_at)))
    except (ValueError, OverflowError, RuleViolation) as error:
        raise RuleViolation(_NO_MESSAGE) from error


def require_meant(message: Message, *, own: str, signer: str, now: datetime) -> None:
    """Refuse what is not for us, is not from whoever signed it, or is of another time.

    :raises NotAllowed: it is for somebody else, or says that it is from somebody else.
    :raises RuleViolation: it is too old, or of a time to come.
    """
    if message.head.sender != signer:
        raise NotAllowed("This says that it is from another authority than the one that signed it.")
    if message.head.addressee != own:
        raise NotAllowed("This is for another authority.")
    if message.head.made_at > as_utc(now) + _DRIFT:
        raise RuleViolation("This was made at a time to come. One of the two clocks is wrong.")
    if message.head.made_at < as_utc(now) - OLDEST:
        raise RuleViolation("This is older than 30 days. Ask them to offer it again.")


def require_same(message: Message, *, kept: str) -> None:
    """Refuse a second message that has the number of a first and other words.

    :raises Conflict: that is so.
    """
    if message.digest != kept:
        raise Conflict("We have another message with this number.")


def require_unanswered(state: State, *, answer_by: datetime, now: datetime) -> None:
    """Refuse to answer what was answered, was taken back, or has lapsed; at exactly that second is in time.

    :raises Conflict: saying which.
    """
    if state is not State.OFFERED:
        raise Conflict(f"This is no longer offered to us: {state.label.lower()}.")
    if as_utc(now) > as_utc(answer_by):
        raise Conflict("The time to answer is over, so the offer has lapsed. Ring them.")


def tried_again_at(tries: int, status: int | None, *, now: datetime) -> datetime | None:
    """Return when a message that was not taken is sent again; None where it is given up."""
    return None if status in _FOR_GOOD else next_try(tries, now=now)


def read_fault(body: bytes) -> str | None:
    """Return why the other side did not take something, in its own words; None where it gives no reason."""
    try:
        said = read_object(body).get("detail")
    except RuleViolation:
        return None
    if not isinstance(said, str):
        return None
    return "".join(each for each in said if each.isprintable())[:_LONGEST_FAULT] or None
