"""Months are counted on the calendar, whatever their length."""

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tsalert.core.months import last_of_months, months_after

DAYS = st.dates(date(2000, 1, 1), date(2090, 12, 31))
DAY = timedelta(days=1)


@pytest.mark.parametrize(
    ("day", "months", "found"),
    [
        (date(2024, 2, 29), 12, date(2025, 2, 28)),
        (date(2024, 2, 29), 48, date(2028, 2, 29)),
        (date(2022, 8, 31), 6, date(2023, 2, 28)),
        (date(2022, 12, 31), 12, date(2023, 12, 31)),
        (date(2023, 3, 31), -1, date(2023, 2, 28)),
        (date(9999, 11, 30), 1, date(9999, 12, 30)),
        (date(9999, 12, 31), 1, date.max),
    ],
)
def test_months_are_calendar_months(day: date, months: int, found: date) -> None:
    assert months_after(day, months) == found


@given(DAYS, st.integers(-1200, 1200))
def test_months_are_counted_on_the_calendar(day: date, months: int) -> None:
    found = months_after(day, months)
    assert (found.year - day.year) * 12 + found.month - day.month == months
    assert found.day == day.day or (found.day < day.day and (found + DAY).day == 1)


@pytest.mark.parametrize(
    ("first", "months", "last"),
    [
        (date(2026, 3, 2), 12, date(2027, 3, 1)),
        (date(2024, 2, 29), 12, date(2025, 2, 28)),
        (date(2024, 2, 29), 48, date(2028, 2, 28)),
        (date(2025, 3, 1), 36, date(2028, 2, 29)),
        (date(2026, 1, 31), 1, date(2026, 2, 28)),
    ],
)
def test_months_that_begin_with_a_day_count_it(first: date, months: int, last: date) -> None:
    assert last_of_months(first, months) == last


@given(DAYS, st.integers(1, 1200))
def test_what_begins_later_never_ends_sooner(first: date, months: int) -> None:
    assert last_of_months(first, months) <= last_of_months(first + DAY, months)
