"""What a party is told by, and what must hold of decisions and warnings. Pure."""

import re
from collections.abc import Iterable, Sequence
from datetime import date, timedelta

from msgspec import Struct

from tsalert.core.errors import RuleViolation
from tsalert.parties.folding import (
    fold_business,
    fold_name,
    fold_registration,
    is_firm,
    phone_key,
    phones_in,
    place_keys,
    registrations_in,
    without_registrations,
)
from tsalert.parties.likeness import business_keys, names_somebody, person_keys
from tsalert.parties.online import online_in, without_online
from tsalert.parties.vocabulary import IdentifierKind, Likeness, PartyKind

# One thing that one party is known by: the party, what kind of thing (``KnownBy``), and it as things are compared.
Fact = tuple[int, str, str]

LONGEST_REVIEW = timedelta(days=366)
_WEIGHTS = {
    Likeness.SAME_PHONE: 50,
    Likeness.SAME_VEHICLE: 50,
    Likeness.SAME_WEBSITE: 50,
    Likeness.SAME_EMAIL: 50,
    Likeness.SAME_COMPANY: 50,
    Likeness.SAME_ADDRESS: 40,
    Likeness.LIKE_ADDRESS: 30,
    Likeness.SAME_NAME: 30,
    Likeness.SOUNDS_LIKE: 10,
    Likeness.SAME_STREET: 5,
}
_LONGEST_NAME = 120
_BEFORE_NUMBERS = "telephone|phone|mobile|tel|mob"
# What is left between two commas when the number or the plate that stood there is taken out.
_CLOSED_UP = re.compile(r"\s*([,;])(?:\s*[,;])*")


class Identifier(Struct, frozen=True):
    """Something by which a party can be known again: as given, and as compared."""

    kind: IdentifierKind
    raw: str
    normal: str


class Described(Struct, frozen=True):
    """A party as a call tells of it."""

    kind: PartyKind
    name: str | None
    identifiers: tuple[Identifier, ...] = ()

    @property
    def folded(self) -> str:
        """Its name as names are compared; empty where there is none."""
        return folded_name(self.kind, self.name)


class Decided(Struct, frozen=True):
    """What an officer decided while logging: the party it is, and those that it is not."""

    same_as: int | None = None
    different_from: tuple[int, ...] = ()


UNDECIDED = Decided()


def describe_caller(
    *, name: str | None, phone: str | None, home: tuple[str | None, str | None] | None, is_demo: bool
) -> Described | None:
    """Return the caller, or None where neither a name nor a number was given.

    :param home: their own address and postcode; None where the address of the call is another's.
    """
    identifiers = [*_phones(phone, is_demo=is_demo), *(_homes(*home) if home else ())]
    has_phone = any(each.kind is IdentifierKind.PHONE for each in identifiers)
    known = name if name and fold_name(name) else None
    return Described(PartyKind.PERSON, known, tuple(identifiers)) if known or has_phone else None


def describe_trader(text: str | None, *, is_demo: bool = False) -> Described | None:
    """Return the trader of a description: plates, numbers, websites and mail identify them; the rest may be a name.

    :param is_demo: take telephone numbers kept for drama as numbers that can be dialled.
    """
    if not text:
        return None
    online = [Identifier(kind, raw, normal) for kind, raw, normal in online_in(text)]
    offline = without_online(text)
    numbers = phones_in(offline, is_demo=is_demo)
    phones = {key: Identifier(IdentifierKind.PHONE, raw, key) for raw, key in reversed(numbers)}
    for raw, _ in numbers:
        offline = re.sub(rf"(?:\b(?:{_BEFORE_NUMBERS})\b[.:]?\s*)?{re.escape(raw)}", " ", offline, flags=re.IGNORECASE)
    plates = [Identifier(IdentifierKind.VEHICLE, raw, fold_registration(raw)) for raw in registrations_in(offline)]
    rest = _CLOSED_UP.sub(r"\1", without_registrations(offline))[:_LONGEST_NAME].strip(" ,;:-")
    kind = PartyKind.BUSINESS if is_firm(rest) else PartyKind.UNKNOWN
    name = rest if names_somebody(fold_business(rest)) else None
    marks = (*plates, *reversed(phones.values()), *online)
    return Described(kind, name, marks) if name or marks else None


def folded_name(kind: PartyKind, name: str | None) -> str:
    """Return a name as names of its kind are compared."""
    return (fold_name if kind is PartyKind.PERSON else fold_business)(name or "")


def name_keys(kind: PartyKind, folded: str) -> set[str]:
    """Return the keys under which a folded name is kept."""
    return (person_keys if kind is PartyKind.PERSON else business_keys)(folded)


def weigh(reasons: Iterable[Likeness]) -> int:
    """Return how much a match weighs: an identifier more than any name, two reasons more than one."""
    return sum(_WEIGHTS[reason] for reason in set(reasons))


def check_review(review_on: date, *, today: date) -> None:
    """Refuse a review that is over already, or so far away that nobody would look.

    :raises RuleViolation: naming the field.
    """
    if review_on <= today:
        raise RuleViolation("Choose a day after today.", field="review_on")
    if review_on > today + LONGEST_REVIEW:
        raise RuleViolation("Review it within a year.", field="review_on")


def groups_of(parties: Iterable[int], same: Sequence[tuple[int, int]]) -> list[frozenset[int]]:
    """Divide parties by the decisions that still stand: whoever a chain of them joins is one group."""
    groups = {party: {party} for party in parties}
    for one, other in same:
        joined = groups[one] | groups[other]
        groups |= dict.fromkeys(joined, joined)
    return sorted({frozenset(members) for members in groups.values()}, key=min)


def _phones(phone: str | None, *, is_demo: bool) -> list[Identifier]:
    key = phone_key(phone, is_demo=is_demo)
    return [Identifier(IdentifierKind.PHONE, phone, key)] if phone and key else []


def _homes(address: str | None, postcode: str | None) -> list[Identifier]:
    keys = place_keys(address, postcode)
    written = ", ".join(filter(None, (address, postcode)))
    return [Identifier(IdentifierKind.ADDRESS, written, keys[0])] if keys else []


class Sought(Struct, frozen=True, kw_only=True):
    """What has been typed of a call so far, to find whom we know already.

    :param vehicle: a registration by itself, which need not look like one.
    :param same_as: parties that the officer has chosen already.
    """

    phone: str | None = None
    caller_name: str | None = None
    address: str | None = None
    postcode: str | None = None
    trader: str | None = None
    vehicle: str | None = None
    company: str | None = None
    same_as: tuple[int, ...] = ()

    @property
    def fields(self) -> list[str]:
        """The names of what was given, for the trail."""
        named = ("phone", "caller_name", "address", "postcode", "trader", "vehicle", "company")
        return [name for name in named if getattr(self, name)]
