"""What in the words of an alert may point to a person. Pure; an officer decides of each mark whether it may stay."""

import re
from collections.abc import Collection, Iterator, Mapping
from enum import StrEnum
from hashlib import sha256

from msgspec import Struct

from tsalert.identifying.facts import Finding, People, folded, in_order
from tsalert.identifying.names import introduced_in, names_in
from tsalert.identifying.numbers import numbers_in
from tsalert.identifying.places import places_of, postcodes_in, streets_in
from tsalert.identifying.vocabulary import Check
from tsalert.parties.folding import phone_key

# Freephone and 03 numbers are those of firms and public bodies.
_NOBODYS = re.compile(r"\+44(?:800|808|3)")


class MayStay(StrEnum):
    """Why something that may point to a person stays in an alert."""

    PUBLIC = "public"
    NOBODY = "nobody"
    NEEDED = "needed"


class Mark(Struct, frozen=True):
    """Something that may point to a person, where it stands (names of fields), and the words around it.

    :param key: what an officer's answer is kept by.
    """

    check: Check
    text: str
    stands_in: tuple[str, ...]
    around: str
    key: str


def find_marks(words: Mapping[str, str], people: People, *, ours: Collection[str] = ()) -> tuple[Mark, ...]:
    """Return what may point to a person, each once, in the order in which a reader meets it.

    :param words: the texts of an alert by the names of their fields.
    :param people: those of its case; an alert may name wards, so they are none of it.
    :param ours: what is the service's own and points to nobody, such as the rapid-response number.
    """
    own = {_known_by(each) for text in ours for each in _found(text, People())}
    marks: dict[str, Mark] = {}
    for field, text in words.items():
        for each in _found(text, people):
            known_by = _known_by(each)
            if known_by in own or _NOBODYS.match(known_by):
                continue
            key = sha256(f"{each.check}:{known_by}".encode()).hexdigest()
            before = marks.get(key)
            fields = (*before.stands_in, field) if before else (field,)
            around = before.around if before else _around(text, each)
            marks[key] = Mark(each.check, each.found, tuple(dict.fromkeys(fields)), around, key)
    return tuple(marks.values())


def _found(text: str, people: People) -> Iterator[Finding]:
    """Yield what a text holds; what stands within something longer is told by that."""
    end = 0
    for each in sorted(in_order(_everything(text, people)), key=lambda one: (one.start, -len(one.found))):
        if each.start + len(each.found) > end:
            end = each.start + len(each.found)
            yield each


def _everything(text: str, people: People) -> Iterator[Finding]:
    yield from names_in(text, people)
    yield from introduced_in(text)
    yield from numbers_in(text, people)
    yield from postcodes_in(text)
    yield from places_of(text, people)
    # A street is no person; a house in it may be.
    yield from (each for each in streets_in(text) if each.found[0].isdigit())


def _known_by(each: Finding) -> str:
    """Return what is the same however it was written."""
    phone = phone_key(each.found, is_demo=True) if each.check is Check.TELEPHONE else None
    return phone or folded(each.found)


def _around(text: str, each: Finding) -> str:
    quoted = f"{each.before}{each.found}{each.after}".strip()
    begins = each.start == len(each.before)
    ends = each.start + len(each.found) + len(each.after) == len(text)
    return f"{'' if begins else '…'}{quoted}{'' if ends else '…'}"
