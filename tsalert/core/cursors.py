"""Where a page of a list begins: what the last row of the page before stands by, written as text to be given back."""

import json
from base64 import b64decode, urlsafe_b64encode
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from datetime import UTC, date, datetime, timedelta
from typing import Any

from tsalert.core.errors import RuleViolation
from tsalert.core.keys import LARGEST_LONG_ID

LONGEST = 1000
NO_PLACE = "This is no place in the list. Begin it from its first page."
Value = bool | int | str | date | datetime
Place = int | str


def place_of(values: Sequence[Value]) -> Place:
    """Return what the next page begins after: the row's number where that is all it stands by, else text."""
    return values[0] if len(values) == 1 and isinstance(values[0], int) else write(values)


def values_of(place: Place, kinds: Sequence[type]) -> tuple[Any, ...]:
    """Return what a row stood by, from the place that was told.

    :raises RuleViolation: no row of a list that stands by such values could; field ``after``.
    """
    return (place,) if kinds == (int,) and isinstance(place, int) else read(str(place), kinds)


def write(values: Sequence[Value]) -> str:
    """Return as text what a row stands by; readers see nothing in it that they could build on."""
    told = json.dumps([_told(value) for value in values], separators=(",", ":"))
    return urlsafe_b64encode(told.encode()).decode().rstrip("=")


def read(text: str, kinds: Sequence[type]) -> tuple[Any, ...]:
    """Return what was written, each value of its kind.

    :raises RuleViolation: it was not written for a list that stands by such values; field ``after``.
    """
    try:
        found = json.loads(b64decode(text[:LONGEST] + "=" * (-len(text) % 4), altchars=b"-_", validate=True))
        return tuple(_READ[kind](value) for kind, value in zip(kinds, found, strict=True))
    except (ValueError, TypeError, RecursionError) as error:
        raise RuleViolation(NO_PLACE, field="after") from error


@contextmanager
def told_as(field: str) -> Iterator[None]:
    """Refuse what is no place under the name that it was asked by: a page with two lists has two.

    :raises RuleViolation: with that field.
    """
    try:
        yield
    except RuleViolation as error:
        if error.field != "after":
            raise
        raise RuleViolation(error.message, field=field) from error


def _told(value: Value) -> Value:
    if isinstance(value, datetime):
        return value.astimezone(UTC).isoformat()
    return value.isoformat() if isinstance(value, date) else value


def _flag(value: Any) -> bool:
    if not isinstance(value, bool):
        raise TypeError("not yes or no")
    return value


def _number(value: Any) -> int:
    if isinstance(value, bool) or not isinstance(value, int) or abs(value) > LARGEST_LONG_ID:
        raise TypeError("not a number that a row can have")
    return value


def _words(value: Any) -> str:
    if not isinstance(value, str) or "\0" in value:
        raise TypeError("not words that a row can have")
    value.encode()
    return value


def _instant(value: Any) -> datetime:
    found = datetime.fromisoformat(value)
    if found.utcoffset() != timedelta(0):
        raise ValueError("not an instant in UTC, in which each is written")
    return found


_READ: dict[type, Callable[[Any], Value]] = {
    bool: _flag,
    int: _number,
    str: _words,
    date: date.fromisoformat,
    datetime: _instant,
}
