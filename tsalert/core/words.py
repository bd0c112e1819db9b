"""Words that are stored as codes and read as labels."""

from enum import StrEnum
from typing import Self


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
