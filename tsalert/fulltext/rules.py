"""How a text becomes words that can be found, and what somebody who looks for something means. Pure."""

import re
from collections.abc import Iterable, Iterator

from msgspec import Struct

from tsalert.parties.folding import WAYS, fold_registration, fold_words, registrations_in

MOST_TERMS = 12
LONGEST_WORD = 60
_SHORTEST_BEGINNING = 3
_SHORTEST_PLURAL = 4
_SHORTEST_PHONE = 9
_CLOSING = "\"')\N{RIGHT DOUBLE QUOTATION MARK}\N{RIGHT SINGLE QUOTATION MARK}"
_DIGIT = re.compile(r"\d", re.ASCII)
_BRACKETS = str.maketrans("()[]{}<>", " " * 8)
_PHONE = re.compile(r"(?<![\w+])(?:\+|\(\+?)?\d[\d ().-]{7,}\d(?!\w)", re.ASCII)
_POSTCODE = re.compile(r"\b([A-Z]{1,2}\d[A-Z\d]?) ?(\d[A-Z]{2})\b", re.ASCII | re.IGNORECASE)
_GROUPED = re.compile(r"(?<![\d.,])\d{1,3}(?:,\d{3})+(?![\d,]*\d)", re.ASCII)
_WITH_PENCE = re.compile(r"(?<![\d.])(\d+)\.(\d\d)(?![\d.])", re.ASCII)
# Scripts that put no space between words: each character is found by itself.
_UNSPACED = re.compile(
    r"([\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u3040-\u30ff\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff])"
)


class Term(Struct, frozen=True):
    """One word that must stand in a text, or the beginning of one.

    :param written: a number, postcode or registration as it was typed; it is kept in a form that nobody knows again.
    """

    word: str
    is_beginning: bool = False
    written: str | None = None

    @property
    def told(self) -> str:
        """The term as an officer reads it."""
        return f"{self.word}…" if self.is_beginning else self.written or self.word

    @property
    def spellings(self) -> tuple[str, ...]:
        """The words of which one must stand there: a road may have been written as a rd, or a rd as a road."""
        other = None if self.is_beginning else _OTHER_SPELLING.get(self.word)
        return (self.word, other) if other else (self.word,)


def words_of(texts: Iterable[str | None]) -> str:
    """Return the words under which some texts are found, each once, parted by spaces.

    Letter case, accents, a plural's s and the comma of £18,640 make no difference. Telephone numbers, postcodes and
    vehicle registrations are found however they were spaced.
    """
    found: dict[str, None] = {}
    for text in filter(None, texts):
        found |= dict.fromkeys(_words(text))
        found |= dict.fromkeys(_keys(text)[0])
    return " ".join(found)


def read_terms(text: str) -> tuple[Term, ...]:
    """Return the words that somebody looks for, all of which must be there; a star ends the beginning of one.

    A beginning has three letters at least. Every other sign means nothing; words beyond the twelfth are left out.
    """
    keys, rest = _keys(text)
    terms = {(key, False): Term(key, written=written) for key, written in keys.items()}
    for piece in rest.split():
        words = list(_words(piece))
        begins = piece.rstrip(_CLOSING).endswith("*")
        for word in words:
            is_beginning = begins and word is words[-1] and len(word) >= _SHORTEST_BEGINNING
            terms.setdefault((word, is_beginning), Term(word, is_beginning))
    return tuple(terms.values())[:MOST_TERMS]


def _words(text: str) -> Iterator[str]:
    bare = text.translate(_BRACKETS)
    spaced = bare if bare.isascii() else _UNSPACED.sub(r" \1 ", bare)
    for word in fold_words(_plain_amounts(spaced)):
        yield _singular(word)[:LONGEST_WORD]


def _plain_amounts(text: str) -> str:
    """Return a text with amounts as digits alone, their pence a word of its own."""
    plain = _GROUPED.sub(lambda match: match[0].replace(",", ""), text)
    return _WITH_PENCE.sub(r"\1 \2", plain)


def _singular(word: str) -> str:
    """Return a word without the s of its plural; the few that it spoils are spoilt alike on both sides."""
    if len(word) < _SHORTEST_PLURAL or not word.isascii() or not word.endswith("s") or word.endswith("ss"):
        return word
    return f"{word[:-3]}y" if word.endswith("ies") else word[:-1]


_WAYS = {_singular(short): _singular(whole) for short, whole in WAYS.items()}
_OTHER_SPELLING = _WAYS | {whole: short for short, whole in _WAYS.items()}


def _keys(text: str) -> tuple[dict[str, str], str]:
    """Return the numbers, postcodes and registrations of a text, by the form in which they are kept, and its rest."""
    if not _DIGIT.search(text):
        return {}, text  # each of them holds one
    keys = {f"{match[1]}{match[2]}".lower(): match[0] for match in _POSTCODE.finditer(text)}
    rest = _POSTCODE.sub(" ", text)
    for match in _PHONE.finditer(rest):
        number = _national(match[0])
        if len(number) >= _SHORTEST_PHONE:
            keys[number] = match[0]
            rest = rest.replace(match[0], " ", 1)
    for plate in registrations_in(rest):
        keys[fold_registration(plate).lower()] = plate
        rest = re.sub(r"\s*".join(map(re.escape, plate.split())), " ", rest, flags=re.IGNORECASE)
    return keys, rest


def _national(number: str) -> str:
    """Return the digits of a number without what stands before it at home (0) and from abroad (+44, 0044)."""
    digits = "".join(character for character in number if character.isdigit())
    for abroad in ("0044", "44") if number.lstrip(" (").startswith(("+", "00")) else ():
        digits = digits.removeprefix(abroad) if digits.startswith(abroad) else digits
    return digits.lstrip("0")
