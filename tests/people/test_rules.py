"""When somebody is a repeat victim or trader, and how that is said."""

from datetime import UTC, date, datetime
from decimal import Decimal

import pytest

from tsalert.core.periods import Period, quarter
from tsalert.people import rules
from tsalert.people.rules import Episode, Repeat

PAID = Decimal("12.50")


def repeat(episodes: int, first_on: date, last_on: date) -> Repeat:
    return Repeat(episodes, first_on, last_on, (), 0, PAID)


def test_how_often_something_happened_is_told_by_london_days_and_wards() -> None:
    episodes = [
        Episode(datetime(2026, 6, 9, 23, 30, tzinfo=UTC), "Penge"),
        Episode(datetime(2024, 1, 5, 12, 0, tzinfo=UTC), "Bickley"),
        Episode(datetime(2025, 1, 5, 12, 0, tzinfo=UTC)),
        Episode(datetime(2025, 2, 5, 12, 0, tzinfo=UTC), "Penge"),
    ]
    found = rules.repeat_of(episodes, PAID, cases=2)
    assert found == Repeat(4, date(2024, 1, 5), date(2026, 6, 10), ("Bickley", "Penge"), 2, PAID)
    assert rules.repeat_of([], PAID, cases=0) is None


@pytest.mark.parametrize(
    ("episodes", "first_on", "last_on", "is_repeat", "words"),
    [
        (1, date(2026, 1, 1), date(2026, 1, 1), False, "1 incident"),
        (2, date(2026, 1, 1), date(2026, 1, 1), True, "2 incidents in 1 year"),
        (2, date(2024, 1, 1), date(2025, 1, 1), True, "2 incidents in 1 year"),
        (2, date(2024, 1, 1), date(2025, 1, 2), True, "2 incidents in 2 years"),
        (1200, date(2024, 1, 1), date(2026, 12, 1), True, "1,200 incidents in 3 years"),
    ],
)
def test_a_repeat_reads_with_its_years(
    episodes: int, first_on: date, last_on: date, *, is_repeat: bool, words: str
) -> None:
    found = repeat(episodes, first_on, last_on)
    assert found.is_repeat is is_repeat
    assert found.words == words


@pytest.mark.parametrize(
    ("period", "first"),
    [
        (quarter(2025, 4), date(2023, 4, 1)),
        (Period("x", date(2024, 2, 1), date(2024, 2, 29)), date(2021, 3, 1)),
        (Period("x", date(2015, 1, 1), date(2026, 3, 31)), date(2015, 1, 1)),
    ],
)
def test_who_repeats_is_looked_for_over_three_years_that_end_with_the_period(period: Period, first: date) -> None:
    assert rules.window_of(period) == (first, period.last_day)
