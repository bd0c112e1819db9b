"""What is given until a day ends with that day in London."""

from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.response.test_clock import NEAR_CLOCK_CHANGES
from tsalert.core.clock import in_london, london_date
from tsalert.core.errors import RuleViolation
from tsalert.core.last_days import end_of

NOON = datetime(2026, 6, 10, 12, 0, tzinfo=UTC)
DAY = timedelta(days=1)


@given(now=NEAR_CLOCK_CHANGES, days=st.integers(0, 3653))
def test_it_ends_with_the_last_instant_of_its_last_day_in_london(now: datetime, days: int) -> None:
    last_day = london_date(now) + days * DAY
    end = end_of(last_day, now=now)
    assert end > now
    assert in_london(end - timedelta(microseconds=1)).date() == last_day
    assert in_london(end).date() == last_day + DAY


@pytest.mark.parametrize("day", [date(2026, 6, 9), date(2036, 6, 11), date.min, date.max])
def test_a_last_day_that_is_over_or_too_far_away_is_refused(day: date) -> None:
    with pytest.raises(RuleViolation, match="ten years"):
        end_of(day, now=NOON)
