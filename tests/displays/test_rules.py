"""When a link is good."""

from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.response.test_clock import NEAR_CLOCK_CHANGES
from tsalert.core.clock import in_london, london_date
from tsalert.core.errors import RuleViolation
from tsalert.displays.rules import Standing, end_of, is_news, standing

NOON = datetime(2026, 6, 10, 12, 0, tzinfo=UTC)
DAY = timedelta(days=1)


@pytest.mark.parametrize(
    ("expires_at", "revoked_at", "found"),
    [
        pytest.param(None, None, Standing.GOOD, id="for-good"),
        pytest.param(NOON + DAY, None, Standing.GOOD, id="until-tomorrow"),
        pytest.param(NOON, None, Standing.EXPIRED, id="at-the-instant-it-ends"),
        pytest.param(NOON + DAY, NOON - DAY, Standing.REVOKED, id="revoked-before-it-ended"),
        pytest.param(NOON - DAY, NOON, Standing.REVOKED, id="revoked-after-it-ended"),
    ],
)
def test_what_a_link_is_worth(expires_at: datetime | None, revoked_at: datetime | None, found: Standing) -> None:
    assert standing(expires_at=expires_at, revoked_at=revoked_at, now=NOON) is found


@given(now=NEAR_CLOCK_CHANGES, days=st.integers(0, 3653))
def test_a_link_is_good_to_the_last_instant_of_its_last_day_in_london(now: datetime, days: int) -> None:
    last_day = london_date(now) + days * DAY
    end = end_of(last_day, now=now)
    assert end > now
    assert in_london(end - timedelta(microseconds=1)).date() == last_day
    assert in_london(end).date() == last_day + DAY


@pytest.mark.parametrize("day", [date(2026, 6, 9), date(2036, 6, 11), date.min, date.max])
def test_a_last_day_that_is_over_or_too_far_away_is_refused(day: date) -> None:
    with pytest.raises(RuleViolation, match="ten years"):
        end_of(day, now=NOON)


def test_a_screen_is_news_once_a_minute() -> None:
    assert is_news(None, NOON)
    assert not is_news(NOON, NOON + timedelta(seconds=59))
    assert is_news(NOON, NOON + timedelta(minutes=1))
