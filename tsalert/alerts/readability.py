"""How old somebody must be to read a text with ease, and which of its sentences are hard. Pure.

The Automated Readability Index (Smith and Senter, 1967): 4.71 × letters in a word + 0.5 × words in a sentence − 21.43,
rounded up, is the school year, whose pupils turn that number + 5. It counts letters and not syllables, so that two who
count come to the same.
"""

import math
import re
from collections.abc import Sequence

from msgspec import Struct

# Most who get our alerts read with ease what a child of twelve does.
PLAIN_AGE = 12
LONGEST_SENTENCE = 25
_SHORTEST_JUDGED = 8
_HARDEST_SHOWN = 5
_HARD_AGE = 16
_LETTERS, _WORDS, _START = 4.71, 0.5, 21.43
_YOUNGEST, _OLDEST = 5, 22
# Addresses and references are looked at, not read.
_NOT_READ = re.compile(r"(?:https?://|www\.)\S+|\S+@\S+|\bTS-\d[\d-]+|\((?=\s*\))")
_MARK = re.compile(r"^\s*(?:[-*•]|\d{1,3}[.)])\s+")
_WORD = re.compile(r"[^\W\d_]+(?:['\u2019-][^\W\d_]+)*")
_LETTER = re.compile(r"[^\W\d_]")
_ENDS = re.compile(r"(?<=[.!?…])[\"'\u201d\u2019)]*\s+(?=[\"'\u201c\u2018(]?[^\Wa-z_])")
_SHORT_FORM = re.compile(r"\b(Mr|Mrs|Ms|Dr|St|Ltd|Co|e\.g|i\.e|approx|No(?=\.\s?\d))\.")


class HardSentence(Struct, frozen=True):
    """A sentence that many would have to read twice, and why."""

    text: str
    why: str


class Readability(Struct, frozen=True):
    """How easily a text reads; ``age`` is the age at which most can read it."""

    age: int
    words: int
    sentences: int
    hard: Sequence[HardSentence]

    @property
    def is_plain(self) -> bool:
        """Tell whether nothing need be said about it."""
        return self.age <= PLAIN_AGE and not self.hard


def measure(*texts: str) -> Readability | None:
    """Return how easily plain texts read together, the hardest sentences first; None where there is no word."""
    found = [sentence for text in texts for sentence in sentences(text)]
    words = [word for sentence in found for word in _WORD.findall(sentence)]
    if not words:
        return None
    hard = sorted(filter(_why_hard, found), key=reading_score, reverse=True)
    shown = [HardSentence(sentence, _why_hard(sentence)) for sentence in hard[:_HARDEST_SHOWN]]
    return Readability(_age(_score(words, len(found))), len(words), len(found), shown)


def sentences(text: str) -> list[str]:
    """Return the sentences of a plain text; a heading and a point of a list are one each."""
    found = []
    for part in re.split(r"\n\s*\n|\n(?=\s*(?:[-*•]|\d{1,3}[.)])\s)", _NOT_READ.sub(" ", text)):
        joined = _SHORT_FORM.sub(r"\1", " ".join(_MARK.sub("", part).split()))
        found += [each for each in _ENDS.split(joined) if _WORD.search(each)]
    return found


def reading_score(sentence: str) -> float:
    """Return the index of one sentence."""
    return _score(_WORD.findall(sentence), 1)


def _score(words: Sequence[str], how_many: int) -> float:
    letters = sum(len(_LETTER.findall(word)) for word in words)
    return _LETTERS * letters / len(words) + _WORDS * len(words) / how_many - _START


def _age(score: float) -> int:
    return min(max(math.ceil(score) + 5, _YOUNGEST), _OLDEST)


def _why_hard(sentence: str) -> str:
    count = len(_WORD.findall(sentence))
    if count > LONGEST_SENTENCE:
        return f"{count} words long"
    if count >= _SHORTEST_JUDGED and _age(reading_score(sentence)) >= _HARD_AGE:
        return "many long words"
    return ""
