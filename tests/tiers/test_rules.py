"""Whom tiers limit, and how long a grant lasts."""

from datetime import UTC, datetime, timedelta

import pytest

from tests.refusals import refused
from tsalert.core.actors import Actor, Permission, Via
from tsalert.core.errors import RuleViolation
from tsalert.tiers import rules

NOW = datetime(2026, 6, 10, 12, 0, tzinfo=UTC)
SECOND = timedelta(seconds=1)
LEAD = frozenset({Permission.READ_SENSITIVE})


def actor(via: Via, officer_id: int | None = 1, permissions: frozenset[Permission] = frozenset()) -> Actor:
    return Actor(officer_id, "Pat Example", permissions, via)


@pytest.mark.parametrize("via", Via)
def test_tiers_limit_officers_who_are_shown_something_and_screens(via: Via) -> None:
    is_limited = via in {Via.PAGE, Via.API, Via.SCREEN}
    assert rules.is_limited(actor(via)) is is_limited
    assert rules.is_limited(actor(via, None)) is (via is Via.SCREEN)
    assert rules.sees_all_that_is_sensitive(actor(via)) is not is_limited
    assert rules.sees_all_that_is_sensitive(actor(via, permissions=LEAD))


def test_a_grant_ends_later_than_now_and_within_ninety_days() -> None:
    rules.require_expiry(NOW + SECOND, NOW)
    rules.require_expiry(NOW + timedelta(days=90), NOW)
    for end, message in ((NOW, "Access must end later than now"), (NOW + timedelta(days=90, seconds=1), "90 days")):
        with refused(RuleViolation, message, field="expires_at"):
            rules.require_expiry(end, NOW)


def test_nobody_gives_access_to_themselves() -> None:
    rules.require_another(actor(Via.PAGE, 1), 2)
    with refused(RuleViolation, "Nobody can give access to themselves", field="officer_id"):
        rules.require_another(actor(Via.PAGE, 1), 1)
