"""Which facts of an incident and of a call may be corrected, and what differs from what is held. Pure."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from tsalert.core.clock import as_utc
from tsalert.core.errors import RuleViolation
from tsalert.core.words import Word
from tsalert.response.rules import OLDEST_CLAIM, possible_time
from tsalert.response.vocabulary import CallSource, Category, Line
from tsalert.web.filters import moment

Value = str | bool | datetime | None


class Fact(Word):
    """A fact that may be corrected; its code is the name of the field that holds it."""

    CATEGORY = "category", "What it is"
    KIND = "kind", "Kind"
    ADDRESS = "address", "Address"
    POSTCODE = "postcode", "Postcode"
    WARD_CODE = "ward_code", "Ward"
    IS_SAFE_TO_CALL_BACK = "is_safe_to_call_back", "Safe to call back"
    HAPPENING = "happening", "What the caller said"
    CLAIMED_AT = "claimed_at", "When the call came in"
    LINE = "line", "How it came in"
    SOURCE = "source", "Who the caller is"


OF_INCIDENT = (Fact.CATEGORY, Fact.KIND, Fact.ADDRESS, Fact.POSTCODE, Fact.WARD_CODE)
OF_CALL = (
    Fact.CLAIMED_AT, Fact.LINE, Fact.SOURCE, Fact.IS_SAFE_TO_CALL_BACK, Fact.HAPPENING,
    Fact.ADDRESS, Fact.POSTCODE, Fact.WARD_CODE,
)  # fmt: skip
_WORDS: dict[Fact, type[Word]] = {Fact.CATEGORY: Category, Fact.LINE: Line, Fact.SOURCE: CallSource}


@dataclass(frozen=True, slots=True)
class Correction:
    """What somebody says the facts are; those that are left out stay.

    :param seen: the version on which it was decided; None where it is not known.
    """

    told: Mapping[Fact, Value]
    reason: str
    seen: int | None = None


@dataclass(frozen=True, slots=True)
class Difference:
    """One fact that is told otherwise than it is held."""

    fact: Fact
    was: Value
    became: Value


def differences(held: Mapping[Fact, Value], told: Mapping[Fact, Value]) -> list[Difference]:
    """Return the facts that are told otherwise than they are held, in the order in which they are held.

    :raises RuleViolation: nothing differs, an incident would have no category, or an answer would be taken back.
    """
    found = [Difference(fact, was, told[fact]) for fact, was in held.items() if fact in told and told[fact] != was]
    if not found:
        raise RuleViolation("That is what stands already. Change what is wrong.")
    for each in found:
        if each.became is None and each.fact in _NEVER_EMPTY:
            raise RuleViolation(_NEVER_EMPTY[each.fact], field=each.fact)
    return found


def check_claim(at: datetime, *, recorded_at: datetime) -> None:
    """Refuse a time at which a call cannot have come in: after it was written down, or long before.

    :raises RuleViolation: naming the field.
    """
    field = Fact.CLAIMED_AT.value
    if as_utc(at) > as_utc(recorded_at):
        raise RuleViolation("The call was written down before that time.", field=field)
    possible_time(at, now=recorded_at, field=field)
    if as_utc(at) < as_utc(recorded_at) - OLDEST_CLAIM:
        raise RuleViolation("That is more than a year before it was written down. Check the date.", field=field)


def as_text(value: Value) -> str | None:
    """Return a value as a correction keeps it."""
    if isinstance(value, bool):
        return "yes" if value else "no"
    return as_utc(value).isoformat() if isinstance(value, datetime) else value


def in_words(fact: Fact, text: str | None, *, wards: Mapping[str, str]) -> str:
    """Return a kept value as people read it."""
    if text is None:
        return "not given"
    if fact is Fact.WARD_CODE:
        return wards.get(text, text)
    if fact in _WORDS:
        return _WORDS[fact].of(text).label
    return moment(datetime.fromisoformat(text)) if fact is Fact.CLAIMED_AT else text


_NEVER_EMPTY = {
    Fact.CATEGORY: "Choose what it is.",
    Fact.IS_SAFE_TO_CALL_BACK: "Answer yes or no: what was asked once cannot be unasked.",
    Fact.CLAIMED_AT: "Say when the call came in.",
    Fact.LINE: "Say how it came in.",
}
