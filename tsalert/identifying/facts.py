"""What a text is held against, and what is found in it. Pure."""

import unicodedata
from collections.abc import Iterable, Iterator
from re import Match, Pattern
from typing import Self

from msgspec import Struct
from msgspec.structs import replace

from tsalert.identifying.vocabulary import Check

_AROUND = 40


class Named(Struct, frozen=True):
    """A name that a record of the case holds.

    :param is_accused: of somebody who is suspected or charged, and was not convicted.
    :param parts_too: each word of it that is written large gives them away as well.
    """

    name: str
    is_accused: bool = False
    parts_too: bool = True


class People(Struct, frozen=True):
    """What is known of the people of a matter, and must not be told.

    :param allowed: names that may be told: traders who were convicted.
    """

    names: tuple[Named, ...] = ()
    allowed: tuple[str, ...] = ()
    addresses: tuple[str, ...] = ()
    postcodes: tuple[str, ...] = ()
    wards: tuple[str, ...] = ()
    phones: tuple[str, ...] = ()
    identifiers: tuple[str, ...] = ()

    def bare(self) -> Self:
        """Return the same as a bare text is read: without accents."""
        return replace(
            self,
            names=tuple(replace(each, name=bare(each.name)) for each in self.names),
            allowed=tuple(map(bare, self.allowed)),
            addresses=tuple(map(bare, self.addresses)),
            wards=tuple(map(bare, self.wards)),
        )


class Finding(Struct, frozen=True):
    """Something that a check found, with the words before and after it; ``advice`` says what to write instead."""

    check: Check
    found: str
    start: int
    before: str
    after: str
    advice: str = ""

    @property
    def key(self) -> tuple[Check, str]:
        """What it is whenever it is found again, wherever in the text."""
        return self.check, folded(self.found)


def folded(found: str) -> str:
    """Return what was found as it is compared."""
    return " ".join(found.casefold().split())


def bare(text: str) -> str:
    """Return text without what cannot be seen, and its letters without accents."""
    apart = unicodedata.normalize("NFKD", text)
    return "".join(character for character in apart if unicodedata.category(character) not in {"Cf", "Mn"})


def finding(check: Check, text: str, start: int, end: int, advice: str = "") -> Finding:
    """Return what stands at a place of a text."""
    before, after = text[max(0, start - _AROUND) : start], text[end : end + _AROUND]
    return Finding(check, text[start:end], start, " ".join(before.split("\n")), " ".join(after.split("\n")), advice)


def findings_of(check: Check, text: str, pattern: Pattern[str], advice: str = "") -> Iterator[Finding]:
    """Yield every place that a pattern matches."""
    return (at(check, text, found, advice) for found in pattern.finditer(text))


def at(check: Check, text: str, found: Match[str], advice: str = "") -> Finding:
    """Return what a pattern found."""
    return finding(check, text, found.start(), found.end(), advice)


def in_order(found: Iterable[Finding]) -> tuple[Finding, ...]:
    """Return findings in the order of the text, each place once for each check; the longest of those that overlap."""
    kept: list[Finding] = []
    for each in sorted(found, key=lambda one: (one.start, -len(one.found), one.check is not Check.TRADER)):
        if not any(_covers(one, each) for one in kept):
            kept.append(each)
    return tuple(kept)


def _covers(one: Finding, other: Finding) -> bool:
    """Tell whether a finding says all that one which begins no earlier says; a trader is named as whoever else is."""
    is_same = one.check is other.check or (one.check is Check.TRADER and other.check is Check.NAME)
    return is_same and other.start < one.start + len(one.found)
