"""Financial years and quarters."""

from datetime import UTC, date, datetime, timedelta
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tsalert.core.errors import RuleViolation
from tsalert.core.periods import (
    financial_year,
    parse_period,
    parse_span,
    provisional,
    quarter,
    quarter_of,
    recent_periods,
)


@pytest.mark.parametrize(
    ("label", "first", "last", "prose"),
    [
        ("2022/23 Q1", date(2022, 4, 1), date(2022, 6, 30), "April to June 2022"),
        ("2022/23 Q3", date(2022, 10, 1), date(2022, 12, 31), "October to December 2022"),
        ("2022-23 Q4", date(2023, 1, 1), date(2023, 3, 31), "January to March 2023"),
        ("2021/22", date(2021, 4, 1), date(2022, 3, 31), "April 2021 to March 2022"),
        (" 1999/00Q2 ", date(1999, 7, 1), date(1999, 9, 30), "July to September 1999"),
    ],
)
def test_labels_of_boards_are_read(label: str, first: date, last: date, prose: str) -> None:
    period = parse_period(label)
    assert (period.first_day, period.last_day, period.prose) == (first, last, prose)


@pytest.mark.parametrize("label", ["2022/23 Q5", "2022/24", "2022", "", "22/23 Q1", "2022/23 Q1 x", "9999/00"])
def test_a_wrong_label_is_refused(label: str) -> None:
    with pytest.raises(RuleViolation) as refusal:
        parse_period(label)
    assert refusal.value.field == "period"


@given(st.dates(date(1950, 1, 1), date(2150, 1, 1)))
def test_every_day_lies_in_exactly_one_quarter_of_its_year(day: date) -> None:
    own = quarter_of(day)
    starting = own.first_day.year if own.first_day.month >= 4 else own.first_day.year - 1
    holding = [number for number in (1, 2, 3, 4) if day in quarter(starting, number)]
    assert len(holding) == 1
    assert day in financial_year(starting)
    assert quarter(starting, holding[0]) == own


@given(st.integers(1950, 2150))
def test_four_quarters_make_the_year_without_gap_or_overlap(starting: int) -> None:
    quarters = [quarter(starting, number) for number in (1, 2, 3, 4)]
    for before, after in pairwise(quarters):
        assert before.last_day + timedelta(days=1) == after.first_day
        assert before.ends_at == after.starts_at
    year = financial_year(starting)
    assert (quarters[0].first_day, quarters[3].last_day) == (year.first_day, year.last_day)


def test_a_summer_quarter_begins_an_hour_before_utc_midnight() -> None:
    assert quarter(2022, 1).starts_at == datetime(2022, 3, 31, 23, 0, tzinfo=UTC)


def test_the_latest_years_come_first_with_the_quarters_that_have_begun() -> None:
    labels = [period.label for period in recent_periods(date(2026, 8, 1), years=2)]
    assert labels == [
        "2026/27",
        "2026/27 Q2",
        "2026/27 Q1",
        "2025/26",
        *(f"2025/26 Q{number}" for number in (4, 3, 2, 1)),
    ]


@pytest.mark.parametrize(
    ("label", "first", "last", "prose"),
    [
        pytest.param("2022/23 Q1", date(2022, 4, 1), date(2022, 6, 30), "April to June 2022", id="a-quarter"),
        pytest.param("May 2022", date(2022, 5, 1), date(2022, 5, 31), "May 2022", id="a-month"),
        pytest.param("february 2024", date(2024, 2, 1), date(2024, 2, 29), "February 2024", id="of-a-leap-year"),
        pytest.param("December 2022", date(2022, 12, 1), date(2022, 12, 31), "December 2022", id="the-last-month"),
        pytest.param(
            "2022-05-03 to 2022-05-14",
            date(2022, 5, 3),
            date(2022, 5, 14),
            "3 May 2022 to 14 May 2022",
            id="some-days",
        ),
        pytest.param("2022-02-03 to 2022-02-03", date(2022, 2, 3), date(2022, 2, 3), "3 February 2022", id="one-day"),
    ],
)
def test_any_run_of_days_can_be_named(label: str, first: date, last: date, prose: str) -> None:
    period = parse_span(label)
    assert (period.first_day, period.last_day) == (first, last)
    assert parse_span(period.label) == period
    assert period.prose == prose


@pytest.mark.parametrize(
    "label",
    [
        "May",
        "Mai 2022",
        "May 99",
        "2022-05-14 to 2022-05-03",
        "2022-02-30 to 2022-03-01",
        "2000-01-01 to 2022-01-01",
    ],
)
def test_what_is_no_run_of_days_is_refused(label: str) -> None:
    with pytest.raises(RuleViolation):
        parse_span(label)


@pytest.mark.parametrize(
    ("label", "today", "told"),
    [
        ("2022/23 Q1", date(2022, 3, 31), "begun"),
        ("2022/23 Q1", date(2022, 4, 1), "ended"),
        ("2022/23 Q1", date(2022, 6, 30), "ended"),
        ("2022/23 Q1", date(2022, 7, 1), None),
        ("2016-01-01 to 2022-06-30", date(2022, 6, 30), None),
        ("2016-01-01 to 2022-06-30", date(2022, 6, 29), "ended"),
    ],
)
def test_a_period_is_provisional_until_its_last_day_is_over(label: str, today: date, told: str | None) -> None:
    expected = f"Provisional: this period has not {told}." if told else None
    assert provisional(parse_span(label), today) == expected
