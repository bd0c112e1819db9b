"""Words fit to be spoken: numbers, references and addresses spelt, and how long it takes to say them. Pure."""

import math
import re

LONGEST_CALL = 45
_WORDS_A_SECOND = 2.5
_PAUSE = 0.4
_REFERENCE = re.compile(r"\bTS-(\d{4})-(\d{3,})\b")
_EMAIL = re.compile(r"\b([\w.+-]+)@([\w-]+(?:\.[\w-]+)+)")
_WEB = re.compile(r"(?:https?://|\bwww\.)[^\s<>()]*[\w/]")
_SUM = re.compile(r"£\s?\d[\d,]*(?:\.\d{2})?")
_TELEPHONE = re.compile(r"(?<![\w£.,])\+?\d(?:[ -]?\d){6,}(?![\w%])")
# Short numbers that are dialled; any other of three digits is an amount of something.
_SHORT = re.compile(r"(?<![\w£.,])(?:999|112|101|105|111|119|159|[3-9]\d{4}|7726)(?![\w%,]|\.\d)")
# Said by a machine, a picture becomes "police cars revolving light" in the middle of a warning.
_PICTURE = re.compile("[\u200d\u20e3\u2190-\u21ff\u2300-\u2bff\ufe0f\U0001f000-\U0001faff\U000e0020-\U000e007f]")
_SENTENCE = re.compile(r"(?<=[.!?])\s+")
_SIGNS = {"&": " and ", "%": " per cent ", "…": ".", "\u2013": ", ", "\u2014": ", "}


def spoken(text: str) -> str:
    """Return plain text as it is to be said: on one line, each line a sentence, and without its pictures."""
    lines = [line.strip(" -*\t") for line in _PICTURE.sub("", text).splitlines()]
    said = " ".join(line if line[-1] in ".!?:;," else f"{line}." for line in lines if line)
    # Sums are put aside, so that their digits are never taken for a number to be dialled.
    sums = _SUM.findall(said)
    said = _SUM.sub("\0", said)
    for pattern, spell in (
        (_REFERENCE, lambda found: f"T S, {_spelt(found[1])}, {_spelt(found[2])}"),
        (_EMAIL, lambda found: f"{_address(found[1])} at {_address(found[2])}"),
        (_WEB, lambda found: _address(re.sub(r"^https?://", "", found[0]))),
        (_TELEPHONE, lambda found: _number(found[0])),
        (_SHORT, lambda found: _spelt(found[0])),
    ):
        said = pattern.sub(spell, said)
    for sign, word in _SIGNS.items():
        said = said.replace(sign, word)
    for each in sums:
        said = said.replace("\0", each, 1)
    return " ".join(said.split())


def seconds(said: str) -> int:
    """Return about how many seconds it takes to say words, rounded up: 150 words a minute, and a breath between."""
    return math.ceil(len(said.split()) / _WORDS_A_SECOND + len(re.findall(r"[.!?,:;]", said)) * _PAUSE)


def shorten(said: str, most: int) -> str:
    """Return as many whole sentences as fit into some seconds, and always the first."""
    first, *others = _SENTENCE.split(said)
    for sentence in others:
        longer = f"{first} {sentence}"
        if seconds(longer) > most:
            break
        first = longer
    return first


def _spelt(text: str) -> str:
    return " ".join(text)


def _number(text: str) -> str:
    """Spell a number as people read it out: group by group."""
    said = ", ".join(_spelt(group) for group in re.split(r"[ -]", text.removeprefix("+")))
    return f"plus {said}" if text.startswith("+") else said


def _address(text: str) -> str:
    words = {".": " dot ", "/": " slash ", "-": " hyphen ", "_": " underscore ", "@": " at ", "+": " plus "}
    said = "".join(words.get(character, character) for character in text.removesuffix("/"))
    return " ".join("w w w" if word == "www" else word for word in said.split())
