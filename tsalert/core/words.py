"""Words that are stored as codes and read as labels, and what is counted in words; days in words."""

from datetime import date, datetime
from enum import StrEnum
from typing import Self

from tsalert.core.clock import in_london


class Word(StrEnum):
    """A code with the label that people read."""

    label: str

    def __new__(cls, code: str, label: str = "") -> Self:
        """Keep the label beside the code; it is left out only to look a word up by its code."""
        word = str.__new__(cls, code)
        word._value_ = code
        word.label = label
        return word

    @classmethod
    def of(cls, code: str) -> Self:
        """Return the word with a code."""
        return cls(code)

    @classmethod
    def options(cls) -> list[tuple[str, str]]:
        """Return (code, label) of every word, as selects and radios take them."""
        return [(word.value, word.label) for word in cls]


def counted(number: int, one: str, many: str | None = None) -> str:
    """Write how many there are: ``1 row``, ``2,400 rows``.

    :param many: what several are called, where it is not the one with an s; what is said of them may stand in both.
    """
    return f"{number:,} {one if number == 1 else many or one + 's'}"


def write_day(on: date) -> str:
    """Write a calendar day, or the one that an instant falls on in London: ``22 November 2026``."""
    day = in_london(on) if isinstance(on, datetime) else on
    return f"{day.day} {day:%B %Y}"
