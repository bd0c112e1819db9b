"""Addresses, streets, wards and postcodes in a text. Pure."""

import re
from collections.abc import Iterator

from tsalert.core.postcodes import POSTCODE_IN_TEXT
from tsalert.identifying.facts import Finding, People, at, findings_of
from tsalert.identifying.vocabulary import Check

_ADVICE = "Leave the place out, or write: in the borough."
_WAYS = (
    "Road|Rd|Street|Avenue|Ave|Lane|Close|Drive|Gardens|Crescent|Court|Way|Place|Terrace|Grove|Hill|Square|Walk|Mews|"
    "Rise|Row|Park|Green|Parade|Vale|Broadway|Approach|Villas|Cottages|House|Lodge"
)
_STREET = re.compile(
    rf"(?:(?<!\w)\d{{1,4}}[a-zA-Z]?,?\s+)?(?:(?<!\w)[A-Z][\w'\u2019-]+\s+){{1,3}}(?:{_WAYS})\b", re.UNICODE
)
# What ends like a street and is none.
_NO_STREET = re.compile(r"(?:Crown|Magistrates['\u2019]?|County|High|Youth|Supreme) Court|Care House")
_POSTCODE = re.compile(POSTCODE_IN_TEXT.pattern, re.IGNORECASE | re.ASCII)
_WORDS = re.compile(r"[^\W\d_][\w'\u2019-]*")
_UNITS = frozenset({"flat", "unit", "apartment", "no", "number", "room", "floor", "house"})


def places_in(text: str, people: People) -> Iterator[Finding]:
    """Yield every place smaller than the borough that a text has in it."""
    yield from postcodes_in(text)
    yield from streets_in(text)
    yield from places_of(text, people)


def postcodes_in(text: str) -> Iterator[Finding]:
    """Yield every full postcode."""
    return findings_of(Check.POSTCODE, text, _POSTCODE, _ADVICE)


def streets_in(text: str) -> Iterator[Finding]:
    """Yield whatever reads like a street, with the number of a house where one stands before it."""
    return (each for each in findings_of(Check.STREET, text, _STREET, _ADVICE) if not _NO_STREET.search(each.found))


def places_of(text: str, people: People) -> Iterator[Finding]:
    """Yield where the people of a matter live or were, as far as it is known."""
    for outward in sorted({postcode.split()[0] for postcode in people.postcodes if postcode.split()}):
        alone = re.compile(rf"(?<!\w){re.escape(outward)}(?!\w)(?!\s*\d[A-Z]{{2}}\b)")
        yield from findings_of(Check.STREET, text, alone, _ADVICE)
    for line in sorted({street for address in people.addresses for street in streets_of(address)}):
        yield from _known(Check.STREET, text, line)
    for ward in people.wards:
        yield from _known(Check.WARD, text, ward)


def streets_of(address: str) -> list[str]:
    """Return what of an address names its street or house: the parts as far as the first with a number and a name."""
    found: list[str] = []
    for part in address.split(","):
        words = [word for word in _WORDS.findall(part) if word.casefold() not in _UNITS and len(word) > 1]
        if words:
            found.append(" ".join(words))
        if words and any(character.isdigit() for character in part):
            return found[-1:]
    return found[:2]


def _known(check: Check, text: str, place: str) -> Iterator[Finding]:
    """Yield a place that is known by its name; one of a single word only where it is written large."""
    words = _WORDS.findall(place.replace("&", " and "))
    if not words:
        return
    between = r"[\W_]{1,3}"
    pattern = r"(?<!\w)" + between.join("(?:and|&)" if word == "and" else re.escape(word) for word in words)
    for found in re.finditer(pattern + r"(?!\w)", text, re.IGNORECASE):
        if found[0][0].isupper() or len(words) > 1:
            yield at(check, text, found, _ADVICE)
