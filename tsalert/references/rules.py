"""References that are read out by phone at night: ``R26-00062-A``, whose letter finds slips."""

import re

_LETTERS = "ABCDEFGHJKLMNPQRSTUVWXY"
_DASH = "[-\N{NON-BREAKING HYPHEN}\N{EN DASH}\N{EM DASH}./]?"
_REFERENCE = re.compile(rf"([A-Z])(\d{{2}}){_DASH}(\d{{5,9}}){_DASH}([A-Z])", re.ASCII)


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
    found = _REFERENCE.fullmatch(re.sub(r"\s+", "", text).upper())
    if not found:
        return None
    kind, year, number = found[1], int(found[2]), int(found[3])
    return write_reference(kind, year, number) if check_letter(kind, year, number) == found[4] else None
