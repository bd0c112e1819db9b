"""Cutting a period into runs of days on which one rate set holds, now or some years before. Pure."""

from collections.abc import Iterable, Iterator, Sequence
from datetime import date, timedelta
from itertools import pairwise

from msgspec import Struct

from tsalert.core.periods import Period, financial_year
from tsalert.savings.figures.table import quarters_of
from tsalert.savings.rules import Span

_DAY = timedelta(days=1)


class Stretch(Struct, frozen=True):
    """A run of days of one part of a period; ``year`` counts the anniversaries that lie in that part."""

    first_day: date
    last_day: date
    part: int
    year: int = 0


def parts_of(period: Period) -> tuple[Period, ...]:
    """Return the quarters of a financial year, which its report reconciles with it; else the period itself."""
    is_year = period == financial_year(period.first_day.year)
    return quarters_of(period) if is_year else (period,)


def stretches(parts: Sequence[Period], cuts: Iterable[date], year: int = 0) -> Iterator[Stretch]:
    """Return the days whose anniversary lies in each part, cut where another rate set begins."""
    firsts = sorted(set(cuts))
    for place, part in enumerate(parts):
        first, end = _years_before(part.first_day, year), _years_before(part.last_day + _DAY, year)
        edges = [first, *(day for day in firsts if first < day < end), end]
        for start, stop in pairwise(edges):
            yield Stretch(start, stop - _DAY, place, year)


def cuts_of(spans: Iterable[Span]) -> set[date]:
    """Return the days on which another rate set, or none, begins to hold."""
    found = set()
    for span in spans:
        found.add(span.first_day)
        if span.last_day is not None and span.last_day < date.max:
            found.add(span.last_day + _DAY)
    return found


def place_of(parts: Sequence[Period], day: date) -> int | None:
    """Return which part holds a day, if one does."""
    return next((place for place, part in enumerate(parts) if day in part), None)


def _years_before(day: date, years: int) -> date:
    """Return the first day whose anniversary is not before a day."""
    try:
        return day.replace(year=day.year - years)
    except ValueError:
        return date(day.year - years, 3, 1)
