"""What in the words of an alert may point to a person. Pure; an officer decides of each mark whether it may stay."""

import re
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum
from hashlib import sha256

from phonenumbers import Leniency, PhoneNumberFormat, PhoneNumberMatcher, format_number, parse

from tsalert.parties.folding import is_firm, registrations_in

_AROUND = 30
_SHORTEST_NAME, _SHORTEST_PHONE = 3, 9
# Freephone and 03 numbers are those of firms and public bodies.
_NOBODYS = re.compile(r"\+44(?:800|808|3)")
_EMAIL = re.compile(r"[\w.+'-]+@[\w-]+(?:\.[\w-]+)+")
_POSTCODE = re.compile(r"\b[A-Z]{1,2}\d[A-Z\d]? ?\d[A-Z]{2}\b", re.ASCII | re.IGNORECASE)
_NAME = r"[A-Z][\w'\u2019-]+"
_TITLED = re.compile(rf"\b(?:Mr|Mrs|Ms|Miss|Mx|Dr|Sir|Lady|Rev)\.? {_NAME}(?: {_NAME})*")
_STREETS = (
    "Avenue|Ave|Close|Court|Crescent|Drive|Gardens|Grove|Hill|Lane|Mews|Park|Place|Rise|Road|Rd|Row|Square|Street|St|"
    "Terrace|Walk|Way"
)
_HOUSE = re.compile(rf"\b\d{{1,4}}[A-Za-z]?,? (?:{_NAME} ){{1,4}}(?:{_STREETS})\b")


class Pointer(StrEnum):
    """What may point to a person."""

    EMAIL = "email"
    PHONE = "phone"
    POSTCODE = "postcode"
    REGISTRATION = "registration"
    ADDRESS = "address"
    PERSON = "person"
    OF_THE_CASE = "of_the_case"


class MayStay(StrEnum):
    """Why something that may point to a person stays in an alert."""

    PUBLIC = "public"
    NOBODY = "nobody"
    NEEDED = "needed"


@dataclass(frozen=True, slots=True)
class Mark:
    """Something that may point to a person, where it stands (names of fields), and the words around it.

    :param key: what an officer's answer is kept by.
    """

    pointer: Pointer
    text: str
    stands_in: tuple[str, ...]
    around: str
    key: str


@dataclass(frozen=True, slots=True)
class Known:
    """What is known of a case, and must not be told: names and addresses of its people."""

    names: tuple[str, ...] = ()
    addresses: tuple[str, ...] = ()


def find_marks(words: Mapping[str, str], known: Known, *, ours: Collection[str] = ()) -> tuple[Mark, ...]:
    """Return what may point to a person, each once, in the order in which a reader meets it.

    :param words: the texts of an alert by the names of their fields.
    :param ours: what is the service's own and points to nobody, such as the rapid-response number.
    """
    own = {_known_by(pointer, each) for text in ours for pointer, each, _ in _found(text, Known())}
    marks: dict[str, Mark] = {}
    for field, text in words.items():
        for pointer, each, at in _found(text, known):
            known_by = _known_by(pointer, each)
            if known_by in own:
                continue
            key = sha256(known_by.encode()).hexdigest()
            before = marks.get(key)
            fields = (*before.stands_in, field) if before else (field,)
            around = before.around if before else _around(text, at, len(each))
            marks[key] = Mark(pointer, each, tuple(dict.fromkeys(fields)), around, key)
    return tuple(marks.values())


def _found(text: str, known: Known) -> Iterator[tuple[Pointer, str, int]]:
    """Return what a text holds, as it is written, and where; what stands within something longer is told by that."""
    taken: list[tuple[int, int]] = []
    for pointer, each, at in sorted(_everything(text, known), key=lambda found: (found[2], -len(found[1]))):
        if any(start <= at and at + len(each) <= end for start, end in taken):
            continue
        taken.append((at, at + len(each)))
        yield pointer, each, at


def _everything(text: str, known: Known) -> Iterator[tuple[Pointer, str, int]]:
    patterns = {
        Pointer.EMAIL: _EMAIL,
        Pointer.POSTCODE: _POSTCODE,
        Pointer.ADDRESS: _HOUSE,
        Pointer.PERSON: _TITLED,
    }
    for pointer, pattern in patterns.items():
        yield from ((pointer, match[0], match.start()) for match in pattern.finditer(text))
    for match in PhoneNumberMatcher(text, "GB", leniency=Leniency.POSSIBLE):
        is_long = sum(character.isdigit() for character in match.raw_string) >= _SHORTEST_PHONE
        if is_long and not _NOBODYS.match(format_number(match.number, PhoneNumberFormat.E164)):
            yield Pointer.PHONE, match.raw_string, match.start
    for plate in registrations_in(text):
        yield from _written(Pointer.REGISTRATION, re.escape(plate).replace(r"\ ", r"\s*"), text, flags=re.IGNORECASE)
    for said, flags in _of_the_case(known):
        yield from _written(Pointer.OF_THE_CASE, said, text, flags=flags)


def _of_the_case(known: Known) -> Iterator[tuple[str, int]]:
    """Return patterns: whole names and streets in any case of letters, each name of a person as a name is written."""
    for name in known.names:
        yield re.escape(name), re.IGNORECASE
        if not is_firm(name):
            parts = (part for part in re.split(r"[\s-]+", name) if len(part) >= _SHORTEST_NAME and part[0].isupper())
            yield from ((re.escape(part), 0) for part in parts)
    for address in known.addresses:
        for line in re.split(r"[,\n]", address):
            street = re.sub(r"^\W*\d+\w?\W+", "", line).strip()
            if len(street.split()) > 1:
                yield re.escape(street), re.IGNORECASE


def _written(pointer: Pointer, pattern: str, text: str, *, flags: int) -> Iterable[tuple[Pointer, str, int]]:
    return ((pointer, match[0], match.start()) for match in re.finditer(rf"\b{pattern}\b", text, flags))


def _known_by(pointer: Pointer, text: str) -> str:
    """Return what is the same however it was written."""
    if pointer is Pointer.PHONE:
        return f"{pointer}:{format_number(parse(text, 'GB'), PhoneNumberFormat.E164)}"
    folded = re.sub(r"[^\w@]+", "", text.casefold())
    return f"{pointer}:{folded}"


def _around(text: str, at: int, length: int) -> str:
    start, end = max(0, at - _AROUND), at + length + _AROUND
    quoted = " ".join(text[start:end].split())
    return f"{'…' if start else ''}{quoted}{'…' if end < len(text) else ''}"
