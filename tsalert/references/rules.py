"""References that are read out by phone at night: ``R26-00062-A``, whose letter finds slips."""

import re

_LETTERS = "ABCDEFGHJKLMNPQRSTUVWXY"
_MARKS = "[-_\N{HYPHEN}\N{NON-BREAKING HYPHEN}\N{EN DASH}\N{EM DASH}\N{MINUS SIGN}./]"
_DASH = f"{_MARKS}?"
_REFERENCE = re.compile(rf"([A-Z]){_DASH}(\d{{2}}){_DASH}(\d{{5,9}}){_DASH}([A-Z])", re.ASCII)
# Without its noughts a number needs the mark before it: nobody can tell where the year ends in 2631.
_WITHOUT_LETTER = re.compile(rf"([A-Z]){_DASH}(\d{{2}})(?:{_DASH}(\d{{5,9}})|{_MARKS}(\d{{1,4}})){_DASH}", re.ASCII)


def write_reference(kind: str, year: int, number: int) -> str:
    """Write the reference of the ``number``-th record of a kind (C call, R incident, D case) in a London year."""
    body = f"{kind}{year % 100:02}-{number:05}"
    return f"{body}-{check_letter(kind, year, number)}"


def check_letter(kind: str, year: int, number: int) -> str:
    """Return the letter that changes with any one wrong digit and with most swaps.

    The sum of (position + 2) x digit over kind (A = 01), two-digit year and number, modulo 23.
    """
    digits = f"{ord(kind) - ord('A') + 1:02}{year % 100:02}{number:05}"
    total = sum((position + 2) * int(digit) for position, digit in enumerate(digits))
    return _LETTERS[total % 23]


def read_reference(text: str) -> str | None:
    """Return a reference as it is stored, however it was typed, or None where it cannot be one."""
    found = _REFERENCE.fullmatch(_joined(text))
    if not found:
        return None
    kind, year, number = found[1], int(found[2]), int(found[3])
    return write_reference(kind, year, number) if check_letter(kind, year, number) == found[4] else None


def complete_reference(text: str) -> str | None:
    """Return the reference that was typed without its check letter, or None where the text is none.

    A slip in it is not found, so it may be shown to somebody who looks, and nothing may follow from it unseen.
    """
    found = _WITHOUT_LETTER.fullmatch(_joined(text))
    if not found or not int(found[3] or found[4]):
        return None
    return write_reference(found[1], int(found[2]), int(found[3] or found[4]))


def _joined(text: str) -> str:
    """Return a text without its blanks, in capitals; a blank between year and number says as much as a mark."""
    parts = text.upper().split()
    return "-".join(parts) if len(parts) > 1 and all(part[-1:].isalnum() for part in parts) else "".join(parts)
