"""An alert's words in sentences, and as many of them as there is room for. Pure."""

import re
from collections.abc import Sequence
from itertools import accumulate
from unicodedata import east_asian_width

from msgspec import Struct

from tsalert.alerts import markdown

# Ours, and those of Hindi and Bengali, Arabic, Urdu, and Chinese.
_FULL_STOPS = ".!?।؟۔。！？"  # noqa: RUF001 - they look like ours
_SENTENCE = re.compile(rf"(?<=[{_FULL_STOPS}])\s+")
_POINT = re.compile(r"\s*(?:-|\d+\.) ")
_ENDS = (*_FULL_STOPS, ":", ";", "…")
_CLOSING = "\"'”’»)]"  # noqa: RUF001 - quotation marks


class Cut(Struct, frozen=True):
    """Sentences that fit; ``is_all`` is false where others, or the end of one, are left out."""

    sentences: tuple[str, ...]
    is_all: bool

    @property
    def text(self) -> str:
        """The sentences as running text."""
        return " ".join(self.sentences)


def sentences(source: str) -> list[str]:
    """Return the sentences of a Markdown text in order; every point of a list is one, and ends like one."""
    blocks: list[str] = []
    is_open = False
    for line in markdown.to_text(source).splitlines():
        is_new = not is_open or bool(_POINT.match(line))
        words = _POINT.sub("", line, count=1) if is_new else line
        is_open = bool(line.strip())
        if is_new and is_open:
            blocks.append(words.strip())
        elif is_open:
            blocks[-1] += f" {words.strip()}"
    return [_ended(part) for block in blocks for part in _SENTENCE.split(block)]


def cut(said: Sequence[str], *, longest: int, most: int | None = None) -> Cut:
    """Return as many sentences as ``longest`` characters hold, and no more than ``most``.

    The first is never left out: one that is longer ends at a word.
    """
    kept: list[str] = []
    room = longest
    for sentence in said[:most]:
        if width(sentence) > room:
            break
        kept.append(sentence)
        room -= width(sentence) + 1
    if said and not kept:
        return Cut((shortened(said[0], longest),), is_all=False)
    return Cut(tuple(kept), is_all=len(kept) == len(said))


def shortened(sentence: str, longest: int) -> str:
    """Return a sentence that is no longer than so many characters; what is cut ends at a word."""
    if width(sentence) <= longest:
        return sentence
    whole = sentence[: sum(total <= longest for total in accumulate(map(width, sentence)))]
    words = whole.rsplit(" ", 1)[0] if " " in whole else whole[:-1]
    return f"{(words if width(words) < longest else words[:-1]).rstrip(' ,;:')}…"


def width(text: str) -> int:
    """Return how much room a text takes: the letters of East Asia are as wide as two of ours."""
    return sum(2 if east_asian_width(letter) in {"W", "F"} else 1 for letter in text)


def _ended(sentence: str) -> str:
    return sentence if sentence.rstrip(_CLOSING).endswith(_ENDS) else f"{sentence}."
