"""Financial years (1 April to 31 March), their quarters, months, any days, and the instants between which they lie."""

import re
from calendar import month_name
from datetime import date, datetime, timedelta

from msgspec import Struct

from tsalert.core.clock import london_midnight
from tsalert.core.errors import RuleViolation
from tsalert.core.words import write_day

_LABEL = re.compile(r"^(\d{4})[/-](\d{2})(?:\s*Q([1-4]))?$")
_FIRST_YEAR, _LAST_YEAR = 1900, 2200
_MONTHS = tuple(month_name)[1:]
_MONTH = re.compile(r"^([A-Za-z]+) (\d{4})$")
_DAYS = re.compile(r"^(\d{4}-\d{2}-\d{2}) to (\d{4}-\d{2}-\d{2})$")
_LONGEST_YEARS = 11
_YEAR = timedelta(days=366)


class Period(Struct, frozen=True):
    """A run of whole London days, both ends included."""

    label: str
    first_day: date
    last_day: date

    @property
    def starts_at(self) -> datetime:
        """The instant at which the period begins."""
        return london_midnight(self.first_day)

    @property
    def ends_at(self) -> datetime:
        """The first instant after the period."""
        return london_midnight(self.last_day + timedelta(days=1))

    @property
    def prose(self) -> str:
        """The period in words, such as "April to June 2022" or "3 May 2022 to 14 May 2022"."""
        first, last = self.first_day, self.last_day
        if first.day != 1 or (last + timedelta(days=1)).day != 1:
            ends = dict.fromkeys(write_day(day) for day in (first, last))
            return " to ".join(ends)
        if (first.year, first.month) == (last.year, last.month):
            return f"{first:%B %Y}"
        opening = f"{first:%B}" if first.year == last.year else f"{first:%B %Y}"
        return f"{opening} to {last:%B %Y}"

    def __contains__(self, day: object) -> bool:
        return isinstance(day, date) and self.first_day <= day <= self.last_day


def financial_year(starting: int) -> Period:
    """Return the year from 1 April of ``starting``; 2021 gives 2021/22."""
    return Period(year_label(starting), date(starting, 4, 1), date(starting + 1, 3, 31))


def quarter(starting: int, number: int) -> Period:
    """Return quarter 1 (April to June) to 4 (January to March) of a financial year."""
    month = 3 * number + 1
    first = date(starting + (month > 12), month - 12 * (month > 12), 1)
    following = date(first.year + (first.month > 9), (first.month + 3) % 12, 1)
    return Period(f"{year_label(starting)} Q{number}", first, following - timedelta(days=1))


def quarter_of(day: date) -> Period:
    """Return the quarter that holds a day."""
    starting = day.year if day.month >= 4 else day.year - 1
    return quarter(starting, (day.month - 4) % 12 // 3 + 1)


def month(year: int, number: int) -> Period:
    """Return a calendar month, labelled like ``May 2022``."""
    first = date(year, number, 1)
    following = date(year + number // 12, number % 12 + 1, 1)
    return Period(f"{first:%B %Y}", first, following - timedelta(days=1))


def span_of_days(first_day: date, last_day: date, *, years: int = _LONGEST_YEARS) -> Period:
    """Return any run of days, labelled like ``2022-05-03 to 2022-05-14``.

    :param years: how far apart they may lie.
    :raises RuleViolation: the last day comes first, or they lie further apart.
    """
    if last_day < first_day:
        raise RuleViolation("The last day comes before the first.", field="last_day")
    if not _FIRST_YEAR <= first_day.year <= last_day.year <= _LAST_YEAR or last_day - first_day > years * _YEAR:
        apart = "eleven" if years == _LONGEST_YEARS else years
        raise RuleViolation(f"Give days that lie no more than {apart} years apart.", field="last_day")
    return Period(f"{first_day} to {last_day}", first_day, last_day)


def rolling_year(today: date) -> Period:
    """Return the last four complete quarters; from April to June that is the financial year just over."""
    last = quarter_of(today).first_day - timedelta(days=1)
    first = quarter_of(last).first_day
    for _ in range(3):
        first = quarter_of(first - timedelta(days=1)).first_day
    whole = financial_year(first.year)
    return whole if whole.first_day == first else span_of_days(first, last)


def provisional(period: Period, today: date) -> str | None:
    """Say that a period is not over, so that nobody takes its figures for final ones; None where it is.

    A run of days that somebody chose up to today is what they asked for.
    """
    is_over = period.last_day < today or (period.last_day == today and _DAYS.match(period.label) is not None)
    if is_over:
        return None
    return f"Provisional: this period has not {'ended' if period.first_day <= today else 'begun'}."


def recent_periods(today: date, *, years: int = 6) -> list[Period]:
    """Return the years up to today's, the latest first, each followed by those of its quarters that have begun."""
    current = int(quarter_of(today).label[:4])
    found: list[Period] = []
    for starting in range(current, current - years, -1):
        quarters = [quarter(starting, number) for number in (4, 3, 2, 1)]
        found += [financial_year(starting), *(each for each in quarters if each.first_day <= today)]
    return found


def year_label(starting: int) -> str:
    """Write a financial year as boards do: ``2021/22``."""
    return f"{starting}/{(starting + 1) % 100:02}"


def parse_span(label: str, *, years: int = _LONGEST_YEARS) -> Period:
    """Read a financial year or quarter, a month like ``May 2022``, or days like ``2022-05-03 to 2022-05-14``.

    :param years: how far apart the days may lie.
    :raises RuleViolation: the label is none of them.
    """
    text = " ".join(label.split())
    named = _MONTH.match(text)
    if named and named[1].title() in _MONTHS and _FIRST_YEAR <= int(named[2]) <= _LAST_YEAR:
        return month(int(named[2]), _MONTHS.index(named[1].title()) + 1)
    days = _DAYS.match(text)
    try:
        if days:
            return span_of_days(date.fromisoformat(days[1]), date.fromisoformat(days[2]), years=years)
        return parse_period(text)
    except ValueError as error:
        raise RuleViolation("One of these days is not in the calendar.", field="period") from error


def parse_period(label: str) -> Period:
    """Read ``2022/23`` or ``2022/23 Q1``; a hyphen may stand for the slash.

    :raises RuleViolation: the label is neither, or its two years do not follow each other.
    """
    found = _LABEL.match(label.strip())
    if not found:
        raise RuleViolation("Give a period like 2022/23 or 2022/23 Q1.", field="period")
    starting, ending, number = int(found[1]), int(found[2]), found[3]
    if (starting + 1) % 100 != ending or not _FIRST_YEAR <= starting <= _LAST_YEAR:
        raise RuleViolation(f"{found[1]}/{found[2]} is not a financial year.", field="period")
    return quarter(starting, int(number)) if number else financial_year(starting)


def parse_quarter(label: str) -> Period:
    """Read ``2022/23 Q1``; a hyphen may stand for the slash.

    :raises RuleViolation: the label is no quarter, or its two years do not follow each other.
    """
    found = _LABEL.match(label.strip())
    if not found or not found[3]:
        raise RuleViolation("Give a quarter like 2022/23 Q1.", field="quarter")
    return parse_period(label)
