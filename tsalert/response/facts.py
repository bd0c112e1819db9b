"""Which facts of an incident and of a call may be corrected, and what differs from what is held. Pure."""

from collections.abc import Collection, Mapping
from datetime import datetime
from decimal import Decimal

from msgspec import Struct

from tsalert.core.clock import as_utc
from tsalert.core.errors import RuleViolation
from tsalert.core.words import Word
from tsalert.response.rules import OLDEST_CLAIM, possible_time
from tsalert.response.vocabulary import (
    UNREAL_DISPOSITIONS,
    CallSource,
    Category,
    Disposition,
    Line,
    MoneyState,
)
from tsalert.web.filters import moment, pounds

Value = str | bool | datetime | Decimal | None


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
    PHONE = "phone", "Telephone number"
    CALLER_NAME = "caller_name", "Caller's name"
    TRADER = "trader", "The trader"
    MONEY_STATE = "money_state", "Money"
    MONEY_AMOUNT = "money_amount", "Amount"
    IS_TRADER_ON_SITE = "is_trader_on_site", "Trader on site"
    IS_VULNERABLE = "is_vulnerable", "Vulnerable"
    HAS_THREAT = "has_threat", "Threat"
    IS_WORK_IN_PROGRESS = "is_work_in_progress", "Work in progress"
    DISPOSITION = "disposition", "What became of the call"


OF_INCIDENT = (Fact.CATEGORY, Fact.KIND, Fact.ADDRESS, Fact.POSTCODE, Fact.WARD_CODE)
OF_CALL = (
    Fact.CLAIMED_AT, Fact.LINE, Fact.SOURCE, Fact.IS_SAFE_TO_CALL_BACK, Fact.HAPPENING,
    Fact.ADDRESS, Fact.POSTCODE, Fact.WARD_CODE, Fact.PHONE, Fact.CALLER_NAME, Fact.TRADER,
    Fact.MONEY_STATE, Fact.MONEY_AMOUNT, Fact.IS_TRADER_ON_SITE, Fact.IS_VULNERABLE, Fact.HAS_THREAT,
    Fact.IS_WORK_IN_PROGRESS, Fact.DISPOSITION,
)  # fmt: skip
TICKS = (Fact.IS_TRADER_ON_SITE, Fact.IS_VULNERABLE, Fact.HAS_THREAT, Fact.IS_WORK_IN_PROGRESS)
_WORDS: dict[Fact, type[Word]] = {
    Fact.CATEGORY: Category,
    Fact.LINE: Line,
    Fact.SOURCE: CallSource,
    Fact.MONEY_STATE: MoneyState,
    Fact.DISPOSITION: Disposition,
}
# What a call of an incident may be held to be: part of it, or no report at all.
_OF_AN_INCIDENT = frozenset(
    {
        Disposition.NEW_INCIDENT,
        Disposition.ADDED_TO_INCIDENT,
        Disposition.DUPLICATE,
        Disposition.MISDIAL,
        Disposition.SPAM,
        Disposition.TEST,
    }
)


class Correction(Struct, frozen=True):
    """What somebody says the facts are; those that are left out stay.

    :param seen: the version on which it was decided; None where it is not known.
    """

    told: Mapping[Fact, Value]
    reason: str
    seen: int | None = None


class Difference(Struct, frozen=True):
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
        raise RuleViolation("That is what is recorded already. Change what is wrong.")
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


def check_money(state: str, amount: Decimal | None) -> None:
    """Refuse an amount of no money.

    :raises RuleViolation: naming the field.
    """
    if amount is not None and state == MoneyState.NONE:
        raise RuleViolation("Say how far the money has gone, or take the amount out.", field=Fact.MONEY_STATE)


def check_disposition(became: Disposition, *, has_incident: bool, others: Collection[str]) -> None:
    """Refuse to hold a call to be what it cannot be where it stands.

    :param others: what the other calls of its incident came to.
    :raises RuleViolation: naming the field.
    """
    field = Fact.DISPOSITION.value
    if became is Disposition.WAITING:
        raise RuleViolation("Say what became of the call.", field=field)
    if has_incident and became not in _OF_AN_INCIDENT:
        said = "This call belongs to an incident. It is part of it, or else a duplicate, misdial, spam or test."
        raise RuleViolation(said, field=field)
    if not has_incident and became in {Disposition.NEW_INCIDENT, Disposition.ADDED_TO_INCIDENT}:
        raise RuleViolation("This call has no incident. Log it again, with the time at which it came in.", field=field)
    if became is Disposition.NEW_INCIDENT and Disposition.NEW_INCIDENT in others:
        raise RuleViolation("Another call opened this incident. Choose “Added to an incident”.", field=field)


def is_real(disposition: str) -> bool:
    """Tell whether a call of an incident may be counted as its report."""
    return disposition not in UNREAL_DISPOSITIONS


def as_text(value: Value) -> str | None:
    """Return a value as a correction keeps it."""
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, Decimal):
        return f"{value:.2f}"
    return as_utc(value).isoformat() if isinstance(value, datetime) else value


def in_words(fact: Fact, text: str | None, *, wards: Mapping[str, str]) -> str:
    """Return a kept value as people read it."""
    if text is None:
        return "not given"
    if fact is Fact.WARD_CODE:
        return wards.get(text, text)
    if fact in _WORDS:
        return _WORDS[fact].of(text).label
    if fact is Fact.MONEY_AMOUNT:
        return pounds(Decimal(text))
    return moment(datetime.fromisoformat(text)) if fact is Fact.CLAIMED_AT else text


_NEVER_EMPTY = {
    Fact.CATEGORY: "Choose what it is.",
    Fact.IS_SAFE_TO_CALL_BACK: "Answer yes or no: what was asked once cannot be unasked.",
    Fact.CLAIMED_AT: "Say when the call came in.",
    Fact.LINE: "Say how it came in.",
    Fact.MONEY_STATE: "Say how far the money has gone.",
    Fact.IS_TRADER_ON_SITE: "Answer yes or no.",
    Fact.IS_VULNERABLE: "Answer yes or no.",
    Fact.HAS_THREAT: "Answer yes or no.",
    Fact.IS_WORK_IN_PROGRESS: "Answer yes or no.",
    Fact.DISPOSITION: "Say what became of the call.",
}
