"""The mornings of digests, by London's clocks."""

from datetime import UTC, datetime, timedelta

import pytest

from tsalert.digests.rules import due_period, next_period
from tsalert.subscribers.rules import Frequency


@pytest.mark.parametrize(
    ("now", "ends_at"),
    [
        (datetime(2026, 11, 27, 7, 59, tzinfo=UTC), None),
        (datetime(2026, 11, 27, 8, 0, tzinfo=UTC), datetime(2026, 11, 27, 8, tzinfo=UTC)),
        (datetime(2026, 11, 27, 23, 0, tzinfo=UTC), datetime(2026, 11, 27, 8, tzinfo=UTC)),
        (datetime(2026, 6, 1, 7, 0, tzinfo=UTC), datetime(2026, 6, 1, 7, tzinfo=UTC)),
        (datetime(2026, 3, 29, 7, 0, tzinfo=UTC), datetime(2026, 3, 29, 7, tzinfo=UTC)),
        (datetime(2026, 10, 25, 7, 30, tzinfo=UTC), None),
        (datetime(2026, 10, 25, 8, 0, tzinfo=UTC), datetime(2026, 10, 25, 8, tzinfo=UTC)),
    ],
)
def test_the_daily_mail_is_due_from_eight_in_london_until_midnight(now: datetime, ends_at: datetime | None) -> None:
    found = due_period(Frequency.DAILY, now)
    assert (found and found.ends_at) == ends_at


def test_the_weekly_mail_is_due_on_monday_and_caught_up_in_the_week() -> None:
    monday = datetime(2026, 11, 23, 8, tzinfo=UTC)
    assert due_period(Frequency.WEEKLY, monday - timedelta(minutes=1)) is None
    days = [due_period(Frequency.WEEKLY, monday + timedelta(days=number)) for number in range(7)]
    assert {each and each.ends_at for each in days} == {monday}


def test_the_next_mail_follows_the_one_that_is_due() -> None:
    now = datetime(2026, 11, 27, 9, tzinfo=UTC)
    assert next_period(Frequency.DAILY, now).ends_at == datetime(2026, 11, 28, 8, tzinfo=UTC)
    assert next_period(Frequency.WEEKLY, now).ends_at == datetime(2026, 11, 30, 8, tzinfo=UTC)
    assert next_period(Frequency.DAILY, now - timedelta(hours=2)).ends_at == datetime(2026, 11, 27, 8, tzinfo=UTC)
