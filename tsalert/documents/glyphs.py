"""Which characters the fonts of a PDF can show, and the words that stand for the others: never a silent box."""

import re
import unicodedata
from collections import Counter
from collections.abc import Iterable, Iterator
from itertools import groupby

_REFUSED = re.compile(r'the text `"(?P<text>.*)"` could not be displayed')
_ESCAPE = re.compile(r"\\u\{([0-9a-f]+)\}")
_ASCII = 128


def refused_text(message: str) -> str:
    """Return the text that the printer said it cannot show, or nothing when it said something else."""
    found = _REFUSED.search(message)
    return _ESCAPE.sub(lambda code: chr(int(code[1], 16)), found["text"]) if found else ""


def strangers(text: str) -> set[str]:
    """Return the characters that a font may lack; marks and joiners go with the letter before them."""
    return {sign for sign in text if ord(sign) >= _ASCII and not _is_attached(sign)}


def named(text: str, missing: frozenset[str]) -> str:
    """Return text with each stretch of characters that cannot be shown replaced by its name in brackets."""
    parts = groupby(_with_bases(text, missing), key=lambda pair: pair[1])
    return "".join(f"[{name}]" if name else "".join(sign for sign, _ in part) for name, part in parts)


def note(texts: Iterable[str], missing: frozenset[str], *, has_word_file: bool) -> str:
    """Return the sentence that says what could not be shown, and where it can be read."""
    counts = Counter(name for text in texts for sign, name in _with_bases(text, missing) if sign in missing)
    listed = ", ".join(f"{name} ({count})" for name, count in sorted(counts.items()))
    where = "The Word file of this document has them. " if has_word_file else ""
    return f"This PDF cannot show some characters; words in square brackets replace them. {where}Characters: {listed}."


def _with_bases(text: str, missing: frozenset[str]) -> Iterator[tuple[str, str]]:
    """Yield each character with the name of what it cannot show, or nothing."""
    name = ""
    for sign in text:
        if sign in missing:
            name = _name(sign)
        elif not _is_attached(sign):
            name = ""
        yield sign, name


def _is_attached(sign: str) -> bool:
    return unicodedata.category(sign) in {"Mn", "Mc", "Me", "Cf"}


def _name(sign: str) -> str:
    """Return the script of a letter, or the name of any other character."""
    name = unicodedata.name(sign, f"U+{ord(sign):04X}")
    is_letter = unicodedata.category(sign)[0] in "LM"
    return name.split()[0].replace("CJK", "Chinese").capitalize() if is_letter else name.lower()
