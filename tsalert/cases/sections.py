"""What is told of a case or an incident to another body, section by section, and how that reads as plain text. Pure."""

from collections.abc import Sequence
from hashlib import sha256
from textwrap import fill

from msgspec import Struct

_WIDTH = 76


class Section(Struct, frozen=True):
    """One part of a pack: its lines are what something is, and what it is said to be."""

    heading: str
    lines: tuple[tuple[str, str], ...]


Pack = tuple[Section, ...]


def pack_text(title: str, pack: Pack) -> str:
    """Write a pack as plain text for a mail, in lines that no reader breaks."""
    parts = [title, "=" * len(title)]
    for section in pack:
        parts += ["", section.heading, "-" * len(section.heading)]
        parts += [_line(label, said) for label, said in section.lines]
    return "\n".join(parts) + "\n"


def digest_of(title: str, pack: Pack) -> str:
    """Return the SHA-256 of a pack's text, by which it is known to be the one that was offered."""
    return sha256(pack_text(title, pack).encode()).hexdigest()


def pack_as_data(pack: Pack) -> list[list[object]]:
    """Return a pack as JSON holds it."""
    return [[section.heading, [list(line) for line in section.lines]] for section in pack]


def pack_from_data(data: Sequence[Sequence[object]]) -> Pack:
    """Return a pack as it was kept."""
    return tuple(
        Section(str(heading), tuple((str(label), str(said)) for label, said in lines))  # type: ignore[attr-defined]
        for heading, lines in data
    )


def _line(label: str, said: str) -> str:
    """Write one line; what is said in several paragraphs keeps them."""
    words = f"{label}: {said}" if label else said
    return "\n".join(fill(each, _WIDTH, break_long_words=False) for each in words.split("\n"))
