"""The canonical form of what a run reads and gives; the same everywhere for ever, or old digests stop fitting. Pure.

A line is a JSON object with sorted keys and no spaces, in UTF-8, ended by one line feed. Money, shares and rates are
strings with every digit that counts and no other; days are ISO 8601.
"""

import json
from collections.abc import Mapping
from decimal import Decimal
from hashlib import sha256
from typing import Any

# Written into every run; a change of the form gets another number, and the old form stays readable.
FORM = 1
_ENCODER = json.JSONEncoder(sort_keys=True, separators=(",", ":"), ensure_ascii=False, allow_nan=False)


def number(value: Decimal) -> str:
    """Write a number without exponent, and without zeros that say nothing: ``16540.5``, ``100``, ``0``."""
    if not value:
        return "0"
    digits = f"{value:f}"
    return digits.rstrip("0").rstrip(".") if "." in digits else digits


def line(values: Mapping[str, Any]) -> str:
    """Write one line, without the line feed that ends it."""
    return _ENCODER.encode(values)


class Digest:
    """SHA-256 over lines, one after the other."""

    def __init__(self) -> None:
        self._hash = sha256()
        self.lines = 0

    def add(self, values: Mapping[str, Any]) -> None:
        """Take one line."""
        self._hash.update(_ENCODER.encode(values).encode() + b"\n")
        self.lines += 1

    def hex(self) -> str:
        """Return the digest of all lines so far."""
        return self._hash.hexdigest()
