"""When a link is good."""

from datetime import UTC, datetime, timedelta

import pytest

from tests.refusals import refused
from tsalert.core.errors import NotAllowed
from tsalert.displays.rules import Standing, is_news, require_good, standing

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


def test_a_screen_is_news_once_a_minute() -> None:
    assert is_news(None, NOON)
    assert not is_news(NOON, NOON + timedelta(seconds=59))
    assert is_news(NOON, NOON + timedelta(minutes=1))


def test_a_screen_whose_link_is_over_is_told_what_became_of_it() -> None:
    require_good(Standing.GOOD)
    with refused(NotAllowed, "The time of this screen's link is over"):
        require_good(Standing.EXPIRED)
    with refused(NotAllowed, "The link of this screen was revoked"):
        require_good(Standing.REVOKED)
