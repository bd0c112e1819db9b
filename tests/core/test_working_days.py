"""On which days offices in England are open, and how these days are counted."""

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tsalert.core.working_days import (
    bank_holidays,
    is_working_day,
    nth_working_day,
    working_days_after,
    working_days_before,
)

DAYS = st.dates(date(2000, 1, 1), date(2090, 12, 31))
DAY = timedelta(days=1)


@pytest.mark.parametrize(
    ("year", "days"),
    [
        (2022, "01-03 04-15 04-18 05-02 06-02 06-03 08-29 09-19 12-26 12-27"),
        (2023, "01-02 04-07 04-10 05-01 05-08 05-29 08-28 12-25 12-26"),
        (2024, "01-01 03-29 04-01 05-06 05-27 08-26 12-25 12-26"),
        (2026, "01-01 04-03 04-06 05-04 05-25 08-31 12-25 12-28"),
        (2027, "01-01 03-26 03-29 05-03 05-31 08-30 12-27 12-28"),
        (2028, "01-03 04-14 04-17 05-01 05-29 08-28 12-25 12-26"),
    ],
)
def test_bank_holidays_of_england_are_known(year: int, days: str) -> None:
    assert sorted(f"{day:%m-%d}" for day in bank_holidays(year)) == days.split()


@pytest.mark.parametrize("day", [date(2022, 6, 3), date(2022, 9, 19), date(2023, 5, 8)])
def test_a_holiday_that_was_proclaimed_for_one_year_is_no_working_day(day: date) -> None:
    assert day.weekday() < 5
    assert not is_working_day(day)


@given(st.integers(2000, 2090))
def test_every_year_has_eight_bank_holidays_or_more_none_of_them_at_a_weekend(year: int) -> None:
    found = bank_holidays(year)
    assert len(found) >= 8
    assert all(day.weekday() < 5 and day.year == year for day in found)


@given(DAYS, st.integers(0, 20))
def test_working_days_are_counted_one_by_one(day: date, count: int) -> None:
    end = working_days_after(day, count)
    passed = [day + timedelta(days=n) for n in range(1, (end - day).days + 1)]
    assert sum(map(is_working_day, passed)) == count
    assert not count or is_working_day(end)


@given(DAYS, st.integers(1, 20))
def test_counting_back_from_a_working_day_leads_to_where_the_counting_began(day: date, count: int) -> None:
    start = working_days_after(day, 1)
    assert working_days_before(working_days_after(start, count), count) == start


@given(st.integers(2000, 2090), st.integers(1, 12))
def test_between_the_beginning_of_a_month_and_its_first_working_day_nobody_works(year: int, month: int) -> None:
    first = date(year, month, 1)
    found = nth_working_day(first, 1)
    assert is_working_day(found)
    assert not any(is_working_day(first + n * DAY) for n in range((found - first).days))
    assert (found - first).days <= 4  # a Good Friday on the first, with Easter Monday behind it


@pytest.mark.parametrize(
    ("first", "found"),
    [
        (date(2022, 7, 1), date(2022, 7, 1)),
        (date(2027, 1, 1), date(2027, 1, 4)),  # New Year's Day on a Friday
        (date(2028, 1, 1), date(2028, 1, 4)),  # taken on the Monday
        (date(2018, 4, 1), date(2018, 4, 3)),  # Easter Sunday
        (date(2024, 4, 1), date(2024, 4, 2)),  # Easter Monday
    ],
)
def test_a_quarter_begins_work_after_new_year_and_easter(first: date, found: date) -> None:
    assert nth_working_day(first, 1) == found
