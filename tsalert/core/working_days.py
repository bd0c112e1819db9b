"""The working days of England: Monday to Friday, without bank holidays, those proclaimed for one year among them."""

from collections.abc import Iterator
from datetime import date, timedelta
from functools import lru_cache

_DAY = timedelta(days=1)
_SATURDAY = 5


def is_working_day(day: date) -> bool:
    """Tell whether offices are open on a day."""
    return day.weekday() < _SATURDAY and day not in bank_holidays(day.year)


def working_days_after(day: date, count: int) -> date:
    """Return the day that is so many working days later; the day itself is not counted."""
    return _walk(day, count, _DAY)


def working_days_before(day: date, count: int) -> date:
    """Return the day that is so many working days earlier; the day itself is not counted."""
    return _walk(day, count, -_DAY)


def nth_working_day(first: date, number: int) -> date:
    """Return the working day of that number, counted from 1, of those that begin with ``first``."""
    return working_days_after(first - _DAY, number)


@lru_cache(maxsize=256)
def bank_holidays(year: int) -> frozenset[date]:
    """Return the weekdays of a year on which banks are closed; one that falls on a weekend is taken after it."""
    from holidays import country_holidays  # noqa: PLC0415 - it is large, and few processes ask for a working day

    return frozenset(day for day in country_holidays("GB", subdiv="ENG", years=year) if day.weekday() < _SATURDAY)


def _walk(day: date, count: int, step: timedelta) -> date:
    return next(each for number, each in enumerate(_from(day, step)) if number == count)


def _from(day: date, step: timedelta) -> Iterator[date]:
    """Return a day, and after it the working days one way."""
    yield day
    while True:
        day += step
        if is_working_day(day):
            yield day
