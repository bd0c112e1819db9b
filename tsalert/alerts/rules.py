"""Who may decide on an alert, and what its words and its audience must satisfy."""

import json
import re
from collections.abc import Collection, Mapping
from datetime import date, datetime, timedelta
from enum import StrEnum
from hashlib import sha256
from typing import Any

from msgspec import Struct

from tsalert.alerts.speaking import LONGEST_CALL, seconds, spoken
from tsalert.core.clock import as_utc, london_date
from tsalert.core.errors import Conflict, NotAllowed, RuleViolation
from tsalert.delivery.rules import ACKNOWLEDGE_LINK, PARTNER_MARK, UNSUBSCRIBE_LINK

LONGEST_BODY = 20_000
LONGEST_HEADLINE = 120
LONGEST_ADVICE = 2_000
LONGEST_SMS = LONGEST_VOICE = 600
# The longest message that anybody may paste to have it checked: a whole mail with its headers.
LONGEST_MESSAGE = 50_000
LONGEST_LIFE = timedelta(days=366)
SHORTEST_REASON = 10
LONGEST_PUBLIC_REASON = 500
_LONGEST = {
    "headline": LONGEST_HEADLINE,
    "body": LONGEST_BODY,
    "advice": LONGEST_ADVICE,
    "sms": LONGEST_SMS,
    "voice": LONGEST_VOICE,
}

_REFERENCE = re.compile(r"TS([0-9]{4})([0-9]{1,9})")
# A call says "T S, 2 0 2 6, 0 1 4", a text ends its sentence after the number, and many write O for 0.
_BETWEEN = re.compile(r"[\s.,:;()#_\u2010-\u2015-]+")
_MEANT = str.maketrans("OIL", "011")
# Line breaks would forge mail headers.
_BREAKS_A_LINE = re.compile(r"[\x00-\x1f\x7f\x85\u2028\u2029]")


class Kind(StrEnum):
    """What an alert is to those before it."""

    ALERT = "alert"
    UPDATE = "update"
    CANCEL = "cancel"
    ALL_CLEAR = "all_clear"

    @property
    def ends_another(self) -> bool:
        """Whether it says that an alert is over, so that nobody is told until when it applies itself."""
        return self in {Kind.CANCEL, Kind.ALL_CLEAR}


class Urgency(StrEnum):
    """Whether an alert goes before everything else."""

    ROUTINE = "routine"
    URGENT = "urgent"


class Channel(StrEnum):
    """A way to reach people."""

    EMAIL = "email"
    SMS = "sms"
    VOICE = "voice"


class Edition(StrEnum):
    """A form in which an alert goes out by mail, in the order in which readers are given theirs.

    Who belongs to a partner gets what may be passed on, else who asked for large print gets that.
    """

    PARTNER = "partner"
    LARGE_PRINT = "large_print"
    ORDINARY = "ordinary"


class Verdict(StrEnum):
    """What a manager thought of an alert that was sent alone."""

    JUSTIFIED = "justified"
    NOT_JUSTIFIED = "not_justified"


class Draft(Struct, frozen=True):
    """What an officer writes, and for whom; no wards means the whole area.

    :param with_neighbours: the wards next to those are meant too; ``named`` and ``left_out`` point to one person each.
    """

    headline: str
    body: str
    topic: str
    channels: tuple[Channel, ...]
    expires_at: datetime
    advice: str = ""
    sms: str = ""
    voice: str = ""
    wards: tuple[str, ...] = ()
    urgency: Urgency = Urgency.ROUTINE
    case_id: int | None = None
    with_neighbours: bool = False
    partner_kinds: tuple[int, ...] = ()
    but_wards: tuple[str, ...] = ()
    named: tuple[str, ...] = ()
    left_out: tuple[str, ...] = ()


class FollowUp(Struct, frozen=True):
    """What an officer writes to those who got an alert: more of it, or that it is over."""

    kind: Kind
    headline: str
    body: str
    expires_at: datetime
    advice: str = ""
    sms: str = ""
    voice: str = ""
    urgency: Urgency = Urgency.ROUTINE


def require_other_eyes(writers: Collection[int], officer_id: int | None) -> None:
    """Refuse those who wrote any of an alert, and anything that is not a person, as its approver.

    :raises NotAllowed: the officer wrote some of it.
    """
    if officer_id is None:
        raise NotAllowed("Only an officer can approve an alert.")
    if officer_id in writers:
        raise NotAllowed("You wrote some of this alert, so somebody else must approve it.")


def require_other_reviewer(sender_id: int | None, officer_id: int | None) -> None:
    """Refuse the officer who sent an alert alone as the one who reviews that.

    :raises NotAllowed: it is the same officer.
    """
    if officer_id is None or officer_id == sender_id:
        raise NotAllowed("You sent this alert yourself, so somebody else must review it.")


def require_same(shown: str, current: str) -> None:
    """Refuse an approval of anything but what the approver was shown.

    :raises Conflict: the text or the audience has changed since.
    """
    if shown != current:
        raise Conflict(
            "The alert has changed since you read it. Read it again before you decide.", legal=["read it again"]
        )


def check_reason(reason: str) -> str:
    """Return a reason worth keeping, trimmed.

    :raises RuleViolation: it is too short to mean anything.
    """
    if len(reason.strip()) < SHORTEST_REASON:
        raise RuleViolation(f"Give a reason of at least {SHORTEST_REASON} characters.", field="reason")
    return reason.strip()


def check_public_reason(reason: str) -> str:
    """Return a reason that everybody may read, trimmed.

    :raises RuleViolation: it is too short or too long, or would be filled in for each reader.
    """
    _check_text("reason", reason, LONGEST_PUBLIC_REASON)
    return check_reason(reason)


def check_draft(draft: Draft, *, topics: Collection[str], now: datetime) -> None:
    """Refuse a draft that could not be sent as it stands, whatever door it came through.

    :raises RuleViolation: naming the field at fault.
    """
    _check_words(draft)
    if draft.topic not in topics:
        raise RuleViolation(f"Choose one of these topics: {', '.join(topics)}.", field="topic")
    if not draft.channels:
        raise RuleViolation("Choose at least one way to send it.", field="channels")
    check_expiry(draft.expires_at, now)


def settle_wards(wanted: Collection[str], known: Mapping[str, str]) -> tuple[str, ...]:
    """Return each ward as it is stored, whether it was given by code or by name, in any letter case.

    :param known: every name and code in lower case, and what is stored for it.
    :raises RuleViolation: one of them is not a ward here; an alert must not silently miss a place.
    """
    unknown = [ward for ward in wanted if ward.casefold() not in known]
    if unknown:
        raise RuleViolation(f"There is no ward {unknown[0]} here.", field="wards")
    return tuple(sorted({known[ward.casefold()] for ward in wanted}))


def check_expiry(expires_at: datetime, now: datetime) -> None:
    """Refuse an end that has passed or lies more than a year ahead.

    :raises RuleViolation: naming the field.
    """
    left = as_utc(expires_at) - as_utc(now)
    if left <= timedelta(0):
        raise RuleViolation("The alert must end in the future.", field="expires_at")
    if left > LONGEST_LIFE:
        raise RuleViolation("The alert must end within a year.", field="expires_at")


def last_day(expires_at: datetime) -> date:
    """Return the last day in London on which an alert applies: one that ends at midnight ends with the day before."""
    return london_date(as_utc(expires_at) - timedelta(seconds=1))


def check_audience(size: int, *, continues: str | None = None) -> None:
    """Refuse to send to nobody, neither at once nor with a daily or weekly mail.

    :param continues: the reference of the alert whose readers alone are meant.
    :raises RuleViolation: the audience is empty.
    """
    if size == 0 and continues is not None:
        raise RuleViolation(
            f"Nobody would get this: {continues} has reached nobody who can be told now. "
            "To stop messages that are still waiting, withdraw it."
        )
    if size == 0:
        raise RuleViolation(
            "Nobody would get this alert: no confirmed subscriber has this topic, these wards and these channels."
        )


def write_reference(year: int, number: int) -> str:
    """Write the reference of a year's alert, short enough to read out: ``TS-2026-014``."""
    return f"TS-{year}-{number:03}"


def read_reference(text: str) -> str | None:
    """Return a reference as it is stored, however it was typed, or None where it cannot be one."""
    found = _REFERENCE.fullmatch(_BETWEEN.sub("", text).upper().translate(_MEANT))
    return write_reference(int(found[1]), int(found[2])) if found else None


def follow_up_of(reference: str, kind: Kind, *, of: Kind = Kind.ALERT) -> str:
    """Return the sentence with which whatever continues an alert begins in every form; nothing for a first alert.

    Who reads that an all-clear was withdrawn must not take the warning itself for withdrawn.

    :param of: what it continues.
    """
    match kind:
        case Kind.UPDATE:
            return f"This is an update to our alert {reference}."
        case Kind.ALL_CLEAR:
            return f"All clear: what our alert {reference} warned of is over."
        case Kind.CANCEL:
            return f"We have withdrawn our {'all-clear' if of is Kind.ALL_CLEAR else 'alert'} {reference}."
        case _:
            return ""


def digest(parts: Mapping[str, Any]) -> str:
    """Return SHA-256 of everything an approver is shown, as canonical JSON, in hexadecimal."""
    return sha256(json.dumps(parts, sort_keys=True, separators=(",", ":")).encode()).hexdigest()


def _check_words(draft: Draft) -> None:
    for name, limit in _LONGEST.items():
        _check_text(name, getattr(draft, name), limit)
    if _BREAKS_A_LINE.search(draft.headline):
        raise RuleViolation("Write the headline on one line.", field="headline")
    if seconds(spoken(draft.voice)) > LONGEST_CALL:
        raise RuleViolation(f"Keep this to what can be said in {LONGEST_CALL} seconds.", field="voice")
    for name in ("headline", "body"):
        if not getattr(draft, name).strip():
            raise RuleViolation("Enter some text.", field=name)


def _check_text(name: str, text: str, longest: int) -> None:
    if len(text) > longest:
        raise RuleViolation(f"Keep this to {longest:,} characters or fewer.", field=name)
    if UNSUBSCRIBE_LINK in text:
        raise RuleViolation(f"Take out {UNSUBSCRIBE_LINK}: every mail has that link at its foot.", field=name)
    if ACKNOWLEDGE_LINK in text:
        raise RuleViolation(f"Take out {ACKNOWLEDGE_LINK}: partners' mail has that link at its head.", field=name)
    if PARTNER_MARK in text:
        raise RuleViolation(f"Take out {PARTNER_MARK}: links to join have a partner's code by themselves.", field=name)
