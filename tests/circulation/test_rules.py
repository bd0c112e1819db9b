"""When partners are asked again, and which numbers nobody can have."""

from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.conftest import NOW
from tests.refusals import refused
from tsalert.circulation import rules
from tsalert.circulation.rules import Told
from tsalert.core.errors import RuleViolation

DAY = timedelta(days=1)


def test_a_partner_is_asked_after_a_year_then_after_14_and_28_days_and_then_no_more() -> None:
    first = NOW + 365 * DAY
    assert rules.reminder_due(NOW, None, 0, first - DAY) is None
    assert rules.reminder_due(NOW, None, 0, first) == 1
    assert rules.reminder_due(NOW, first, 1, first + 13 * DAY) is None
    assert rules.reminder_due(NOW, first, 1, first + 14 * DAY) == 2
    assert rules.reminder_due(NOW, first, 2, first + 27 * DAY) is None
    assert rules.reminder_due(NOW, first, 2, first + 28 * DAY) == 3
    assert rules.reminder_due(NOW, first, 3, first + 900 * DAY) is None


def test_it_is_overdue_once_the_third_reminder_was_due_and_its_number_is_stale_after_fifteen_months() -> None:
    assert [rules.is_due(NOW, NOW + days * DAY) for days in (364, 365)] == [False, True]
    assert not rules.is_overdue(NOW, NOW + 393 * DAY)
    assert rules.is_overdue(NOW, NOW + 394 * DAY)
    assert not rules.is_stale(NOW, NOW + 457 * DAY)
    assert rules.is_stale(NOW, NOW + 458 * DAY)
    assert not rules.is_stale(None, NOW)


def test_a_declaration_counts_behind_what_was_told_earlier_on_its_day() -> None:
    noon, today = NOW.replace(hour=12), NOW.replace(hour=0)
    yesterday = noon - DAY
    assert rules.declared_at(today, noon - timedelta(hours=1), noon) == noon
    assert rules.declared_at(yesterday.replace(hour=0), yesterday, noon) == yesterday
    assert rules.declared_at(yesterday, None, noon) == yesterday
    assert rules.declared_at(yesterday, yesterday - DAY, noon) == yesterday
    with refused(RuleViolation, "They told us a number later than that day.", field="declared_on"):
        rules.declared_at(yesterday - DAY, yesterday, noon)


@given(last=st.integers(1, 100_000), times=st.integers(11, 90))
def test_more_than_ten_times_the_last_number_is_typed_twice(last: int, times: int) -> None:
    reach = last * times
    is_possible = reach <= rules.LARGEST_REACH
    says, field = ("more than ten times", "again") if is_possible else ("Enter a number from 0 to", "reach")
    with refused(RuleViolation, says, field=field):
        rules.check_reach(Told(reach, again=reach - 1), last)
    if is_possible:
        rules.check_reach(Told(reach, again=reach), last)


@given(last=st.integers(1, 1_000_000), reach=st.integers(0, 10_000_000))
def test_up_to_ten_times_the_last_number_is_taken_at_once(last: int, reach: int) -> None:
    rules.check_reach(Told(min(reach, 10 * last)), last)


@pytest.mark.parametrize("reach", [-1, 10_000_001])
def test_a_number_that_nobody_can_have_is_refused(reach: int) -> None:
    with refused(RuleViolation, "from 0 to 10,000,000", field="reach"):
        rules.check_reach(Told(reach, again=reach), None)


def test_what_was_said_of_passing_on_can_be_changed_for_thirty_days() -> None:
    rules.require_changeable(None, NOW)
    rules.require_changeable(NOW - 30 * DAY, NOW)
    with refused(RuleViolation, "You told us more than 30 days ago"):
        rules.require_changeable(NOW - 30 * DAY - timedelta(seconds=1), NOW)


def test_any_number_of_readers_that_there_can_be_is_taken_the_first_time() -> None:
    for reach in (0, rules.LARGEST_REACH):
        rules.check_reach(Told(reach), None)
        rules.check_reach(Told(reach), 0)
