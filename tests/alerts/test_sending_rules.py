"""For when an alert may be approved, what of it waits for the morning, and what it may cost."""

from datetime import UTC, datetime, timedelta
from decimal import Decimal

import pytest

from tests.refusals import refused
from tsalert.alerts.night import rules as night
from tsalert.alerts.night.rules import Night
from tsalert.alerts.rules import Channel, Urgency
from tsalert.alerts.scheduling import rules as scheduling
from tsalert.alerts.spending import rules as spending
from tsalert.alerts.spending.rules import Purse, Span
from tsalert.core.errors import RuleViolation
from tsalert.delivery.rules import Status

NOON = datetime(2026, 6, 10, 12, 0, tzinfo=UTC)
EVENING = datetime(2026, 6, 10, 20, 0, tzinfo=UTC)  # 21:00 in London
MORNING = datetime(2026, 6, 11, 7, 0, tzinfo=UTC)  # 08:00 in London
SECOND, MINUTE, DAY = timedelta(seconds=1), timedelta(minutes=1), timedelta(days=1)


def test_an_alert_starts_within_thirty_days_and_before_it_ends() -> None:
    scheduling.check_start(NOON + SECOND, NOON + 2 * SECOND, NOON)
    scheduling.check_start(NOON + 30 * DAY, NOON + 31 * DAY, NOON)


@pytest.mark.parametrize(
    ("starts_at", "expires_at", "message"),
    [
        (NOON, NOON + DAY, "Choose a time that is still to come"),
        (NOON + 30 * DAY + SECOND, NOON + 60 * DAY, "Choose a time within 30 days"),
        (NOON + DAY, NOON + DAY, "The alert ends before that"),
    ],
)
def test_a_start_that_cannot_be_is_refused(starts_at: datetime, expires_at: datetime, message: str) -> None:
    with refused(RuleViolation, message, field="starts_at"):
        scheduling.check_start(starts_at, expires_at, NOON)


@pytest.mark.parametrize(
    ("late", "why"),
    [
        (timedelta(0), None),
        (30 * MINUTE - SECOND, None),
        (30 * MINUTE, "It would have started 30 minutes late."),
        (1500 * MINUTE + SECOND, "It would have started 1,500 minutes late."),
        (2 * DAY, "The alert had ended before it could start."),
    ],
)
def test_after_half_an_hour_nothing_starts_unasked(late: timedelta, why: str | None) -> None:
    assert scheduling.why_too_late(NOON, NOON + 2 * DAY, NOON + late) == why


def test_routine_texts_and_calls_wait_for_the_morning() -> None:
    channels, later = ["voice", "email", "sms"], MORNING + SECOND
    waits = Night((Channel.SMS, Channel.VOICE), MORNING, is_too_late=False)
    assert night.find_night(channels, "routine", later, EVENING) == waits
    assert night.find_night(channels, "routine", MORNING, EVENING) == Night(waits.channels, MORNING, is_too_late=True)
    assert night.find_night(channels, "routine", later, EVENING - SECOND) is None
    assert night.find_night(["email"], "routine", later, EVENING) is None
    assert night.find_night(channels, "urgent", later, EVENING) is None
    assert waits.words == "texts and calls"


def test_an_urgent_alert_wakes_those_whom_a_routine_one_would_let_sleep() -> None:
    later = MORNING + DAY
    assert night.wakes_people(["sms"], Urgency.URGENT, later, EVENING)
    assert not night.wakes_people(["sms"], Urgency.ROUTINE, later, EVENING)
    assert not night.wakes_people(["email"], Urgency.URGENT, later, EVENING)
    assert not night.wakes_people(["sms"], Urgency.URGENT, later, NOON)


def test_what_waits_is_told_by_channel_and_number() -> None:
    waits = Night((Channel.SMS, Channel.VOICE), MORNING, is_too_late=False)
    counts: dict[str, dict[str, int]] = {
        "sms": {Status.PENDING: 1204, Status.ACCEPTED: 9},
        "voice": {Status.PENDING: 1},
        "email": {Status.PENDING: 7},
    }
    assert night.count_waiting(waits, counts) == "1,204 texts and 1 call"
    assert night.count_waiting(waits, {"sms": {Status.PENDING: 1}, "voice": {}}) == "1 text"
    assert night.count_waiting(waits, {}) == ""


def test_a_purse_holds_what_is_left_and_never_less_than_nothing() -> None:
    assert Purse(Span.HOUR, None, 5).left is None
    assert Purse(Span.HOUR, Decimal(2), 1_500_000).left == Decimal("0.5")
    assert Purse(Span.HOUR, Decimal(2), 3_000_000).left == Decimal(0)
    assert Purse(Span.HOUR, Decimal(2), 1_500_000).bears(500_000)
    assert not Purse(Span.HOUR, Decimal(2), 1_500_000).bears(500_001)
    assert Purse(Span.HOUR, None, 1_500_000).bears(10**12)


def test_costs_are_exact_and_read_to_the_penny() -> None:
    assert spending.to_units(Decimal("4.0001")) == 40_001
    assert spending.in_pounds(40_001) == Decimal("0.040001")
    assert spending.to_the_penny(Decimal("1999.995")) == "£2,000.00"


def test_an_hour_and_a_month_begin_by_londons_clocks() -> None:
    late = datetime(2026, 5, 31, 23, 30, 5, 7, tzinfo=UTC)  # half past midnight on 1 June in London
    assert spending.begins(Span.HOUR, late) == datetime(2026, 5, 31, 23, 0, tzinfo=UTC)
    assert spending.begins(Span.MONTH, late) == datetime(2026, 5, 31, 23, 0, tzinfo=UTC)
    assert spending.begins(Span.MONTH, late - timedelta(hours=1)) == datetime(2026, 4, 30, 23, 0, tzinfo=UTC)


def test_the_first_limit_that_an_alert_passes_is_told() -> None:
    free, month = Purse(Span.HOUR, None, 10**9), Purse(Span.MONTH, Decimal(3), 1_000_000)
    assert spending.why_too_dear(2_000_000, [free, month]) is None
    why = spending.why_too_dear(2_500_000, [free, month, Purse(Span.HOUR, Decimal(0), 0)])
    assert why is not None
    assert why.startswith("Its texts and calls cost £2.50, but only £2.00 of the £3.00 for the month is left. Leave")
    again = spending.why_too_dear(2_500_000, [free, month], is_again=True)
    assert again is not None
    assert again.endswith("is left. Send it again for fewer reasons, or ask a manager to let it cost more.")
