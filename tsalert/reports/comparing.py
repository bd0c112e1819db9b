"""What a period is held against: the one before, the same last year, four quarters and those before. Pure."""

from datetime import date, timedelta

from msgspec import Struct

from tsalert.core.errors import RuleViolation
from tsalert.core.periods import Period, financial_year, month, quarter_of, span_of_days

_DAY = timedelta(days=1)
# No service has records of an earlier year to hold anything against.
EARLIEST = date(2000, 4, 1)


class Compared(Struct, frozen=True):
    """A period and those beside which a board reads it.

    :param rolling: the last four complete quarters, by the end of the period or before now.
    """

    period: Period
    before: Period
    last_year: Period
    rolling: Period
    rolling_before: Period


def compare_with(period: Period, *, today: date) -> Compared:
    """Return what a quarter or year is held against; of one that runs, four quarters end before it.

    :raises RuleViolation: it lies before any records, or has not begun.
    """
    if not EARLIEST <= period.first_day <= today:
        raise RuleViolation(f"Choose a period between {EARLIEST.year} and now.", field="period")
    is_quarter = period == quarter_of(period.first_day)
    before = quarter_of(period.first_day - _DAY) if is_quarter else year_before(period)
    last = min(period.last_day, quarter_of(today).first_day - _DAY)
    rolling = four_quarters_to(quarter_of(last))
    return Compared(period, before, year_before(period), rolling, year_before(rolling))


def year_before(period: Period) -> Period:
    """Return the same days a year earlier; the end of a month stays one, in leap years too."""
    return named_days(_year_earlier(period.first_day), _year_earlier(period.last_day))


def four_quarters_to(last: Period) -> Period:
    """Return a quarter with the three before it; ending in March that is a financial year."""
    first = quarters_up_to(last, 4)[0]
    return named_days(first.first_day, last.last_day)


def quarters_up_to(last: Period, number: int) -> tuple[Period, ...]:
    """Return so many quarters, the last of them given, the earliest first."""
    found = [last]
    while len(found) < number:
        found.append(quarter_of(found[-1].first_day - _DAY))
    return tuple(reversed(found))


def quarters_in(period: Period) -> int:
    """Return of how many quarters a period is made."""
    return max(months_in(period) // 3, 1)


def months_in(period: Period) -> int:
    """Return how many months a period touches."""
    first, last = period.first_day, period.last_day
    return 12 * (last.year - first.year) + last.month - first.month + 1


def named_days(first: date, last: date) -> Period:
    """Return a run of days under the name that it has, where it has one: a quarter, a financial year, a month."""
    names = (quarter_of(first), financial_year(first.year), month(first.year, first.month))
    found = next((each for each in names if (each.first_day, each.last_day) == (first, last)), None)
    return found or span_of_days(first, last)


def _year_earlier(day: date) -> date:
    is_last = (day + _DAY).day == 1
    if is_last:
        return month(day.year - 1, day.month).last_day
    return day.replace(year=day.year - 1)
