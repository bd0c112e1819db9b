"""How values read on a page: money in pounds, instants as London's clocks show them."""

import re
from datetime import date, datetime, timedelta
from decimal import Decimal

import phonenumbers
from flask import Flask

from tsalert.core.clock import comes_twice, in_london
from tsalert.core.money import format_pounds, whole_pounds
from tsalert.core.words import counted, write_day

_WITH_SECONDS = 600
_NUMBER_ALONE = re.compile(r"[+(]?\d[\d\s().-]*", re.ASCII)
_BRITISH = 44


def init_app(app: Flask) -> None:
    """Offer the filters to every template."""
    app.jinja_env.filters.update(
        pounds=pounds,
        whole_pounds=whole,
        moment=moment,
        wall_time=wall_time,
        zone=zone,
        zones_of=zones_of,
        telephone=telephone,
        clock=clock,
        day=day,
        span=span,
        time_left=time_left,
        london_day=london_day,
        counted=counted,
    )


def telephone(number: str | None) -> str:
    """Write a telephone number as people here read it: ``07700 900123``, and with its country from abroad.

    What is no number alone, such as one with a remark or an email address, stays as it is.
    """
    if number is None or not _NUMBER_ALONE.fullmatch(number):
        return number or ""
    try:
        parsed = phonenumbers.parse(number, "GB")
    except phonenumbers.NumberParseException:
        return number
    if not phonenumbers.is_possible_number(parsed):
        return number
    is_british = parsed.country_code == _BRITISH
    shape = phonenumbers.PhoneNumberFormat.NATIONAL if is_british else phonenumbers.PhoneNumberFormat.INTERNATIONAL
    return str(phonenumbers.format_number(parsed, shape))


def pounds(amount: Decimal | None) -> str:
    """Write an exact amount, such as ``£505,804.50``; nothing for None."""
    return "" if amount is None else format_pounds(amount)


def whole(amount: Decimal | None) -> str:
    """Write an amount rounded half-up to pounds, such as ``£49,622``."""
    return "" if amount is None else format_pounds(whole_pounds(amount))


def moment(at: datetime | None) -> str:
    """Write an instant: ``22 November 2026 at 3:15am``."""
    return "" if at is None else f"{day(in_london(at).date())} at {clock(at)}"


def clock(at: datetime | None) -> str:
    """Write an instant's London wall time: ``3:15am``; ``1:30am GMT`` in the hour that comes twice in autumn."""
    if at is None:
        return ""
    wall = in_london(at)
    told = f"{wall.hour % 12 or 12}:{wall:%M}{'am' if wall.hour < 12 else 'pm'}"
    return f"{told} {wall:%Z}" if comes_twice(wall) else told


def wall_time(at: datetime | None) -> str:
    """Write an instant as a field for a date and time holds it, by London's clocks: ``2026-11-22T03:15``."""
    return "" if at is None else f"{in_london(at):%Y-%m-%dT%H:%M}"


def day(on: date | None) -> str:
    """Write a calendar day, or the one that an instant falls on in London: ``22 November 2026``."""
    return "" if on is None else write_day(on)


def zones_of(wall: str) -> list[tuple[str, str]]:
    """Return which two a field's time may be, as options, where London's clocks show it twice."""
    try:
        is_twice = comes_twice(datetime.fromisoformat(wall))
    except (ValueError, OverflowError):
        return []
    return [("BST", "Before the clocks went back (BST)"), ("GMT", "After they went back (GMT)")] if is_twice else []


def zone(at: datetime) -> str:
    """Write the zone that London's clocks keep at an instant: ``GMT``."""
    return f"{in_london(at):%Z}"


def london_day(at: datetime | None) -> str:
    """Write the day in London on which an instant falls: ``22 November 2026``."""
    return "" if at is None else day(in_london(at).date())


def span(length: timedelta | None) -> str:
    """Write a length of time in words: ``1 hour 12 minutes``, ``less than a minute``."""
    if length is None:
        return ""
    minutes = int(abs(length).total_seconds() // 60)
    parts = [(minutes // 1440, "day"), (minutes // 60 % 24, "hour"), (minutes % 60, "minute")]
    return _in_words(parts) or "less than a minute"


def time_left(remaining: timedelta | None) -> str:
    """Write how long is left, with its seconds in the last ten minutes, or how long ago time ran out.

    The page counts on from there in the same words (static/tsalert.js).
    """
    if remaining is None:
        return ""
    seconds = remaining // timedelta(seconds=1)
    if seconds < 0:
        return f"by {span(remaining)}"
    if seconds < _WITH_SECONDS:
        return f"{_in_words([(seconds // 60, 'minute'), (seconds % 60, 'second')]) or '0 seconds'} left"
    return f"{span(remaining)} left"


def _in_words(parts: list[tuple[int, str]]) -> str:
    return " ".join(counted(count, unit) for count, unit in parts if count)
