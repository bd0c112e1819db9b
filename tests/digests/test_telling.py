"""Who is told of what in a daily or weekly mail."""

from datetime import UTC, datetime, timedelta

import pytest
from msgspec.structs import replace

from tsalert.digests.rules import Before, Period, Told, Wish, due_period, is_told
from tsalert.subscribers.rules import EVERY_TOPIC, Frequency

NOW = datetime(2026, 11, 27, 9, 0, tzinfo=UTC)
DAY, SECOND = timedelta(days=1), timedelta(seconds=1)


def morning(frequency: Frequency) -> Period:
    found = due_period(frequency, NOW)
    assert found is not None
    return found


DAILY, WEEKLY = morning(Frequency.DAILY), morning(Frequency.WEEKLY)
OUT = WEEKLY.ends_at - DAY
ALERT = Told("doorstep", (), OUT, OUT, NOW + SECOND)
WISH = Wish("doorstep", None, Frequency.DAILY, OUT)


def told(alert: Told = ALERT, wish: Wish = WISH, period: Period = DAILY, *, had: bool = False) -> bool:
    return is_told(alert, wish, period, had=had, now=NOW)


def test_what_was_published_since_is_told_once() -> None:
    assert told()
    assert not told(had=True)


@pytest.mark.parametrize(
    ("alert", "is_in"),
    [
        pytest.param(replace(ALERT, published_at=DAILY.ends_at), False, id="published-at-the-morning-itself"),
        pytest.param(replace(ALERT, published_at=DAILY.ends_at - SECOND), True, id="published-just-before"),
        pytest.param(replace(ALERT, expires_at=NOW), False, id="over-by-now"),
        pytest.param(replace(ALERT, went_on_at=DAILY.ends_at - 14 * DAY), True, id="let-out-two-weeks-ago"),
        pytest.param(replace(ALERT, went_on_at=DAILY.ends_at - 14 * DAY - SECOND), False, id="let-out-before-that"),
        pytest.param(replace(ALERT, topic="online"), False, id="another-topic"),
        pytest.param(replace(ALERT, topic=EVERY_TOPIC), True, id="for-everybody"),
        pytest.param(replace(ALERT, wards=("E05",)), True, id="for-a-ward-to-one-who-names-none"),
    ],
)
def test_an_alert_is_in_the_mail_while_it_is_fresh_and_fits(alert: Told, *, is_in: bool) -> None:
    assert told(alert) is is_in


@pytest.mark.parametrize(
    ("wish", "is_in"),
    [
        pytest.param(replace(WISH, started_at=OUT + SECOND), False, id="asked-after-it-came-out"),
        pytest.param(replace(WISH, frequency=Frequency.WEEKLY), False, id="asked-for-another-mail"),
        pytest.param(replace(WISH, topic=EVERY_TOPIC), True, id="asked-for-every-topic"),
        pytest.param(replace(WISH, ward="e05"), True, id="of-the-ward"),
        pytest.param(replace(WISH, ward="E06"), False, id="of-another-ward"),
    ],
)
def test_a_mail_holds_what_its_reader_asked_for(wish: Wish, *, is_in: bool) -> None:
    assert told(replace(ALERT, wards=("E05",)), wish) is is_in


CHANGED = replace(WISH, started_at=OUT + SECOND, before=Before("doorstep", Frequency.WEEKLY, OUT))


@pytest.mark.parametrize(
    ("wish", "period", "is_in"),
    [
        pytest.param(CHANGED, DAILY, True, id="from-weekly-to-daily"),
        pytest.param(CHANGED, WEEKLY, False, id="and-not-in-the-weekly-one"),
        pytest.param(replace(CHANGED, frequency=Frequency.IMMEDIATE), DAILY, True, id="hears-at-once-by-now"),
        pytest.param(replace(CHANGED, frequency=Frequency.IMMEDIATE), WEEKLY, False, id="and-not-with-the-weekly"),
        pytest.param(
            replace(CHANGED, before=Before("doorstep", Frequency.IMMEDIATE, OUT)), DAILY, False, id="heard-at-once"
        ),
        pytest.param(
            replace(CHANGED, before=Before("doorstep", Frequency.WEEKLY, OUT + SECOND)), DAILY, False, id="asked-later"
        ),
        pytest.param(
            replace(CHANGED, before=Before("online", Frequency.WEEKLY, OUT)), DAILY, False, id="asked-for-other-things"
        ),
        pytest.param(replace(CHANGED, topic="online"), DAILY, False, id="wants-other-things-by-now"),
    ],
)
def test_whoever_changes_something_while_they_wait_misses_nothing(wish: Wish, period: Period, *, is_in: bool) -> None:
    assert told(wish=wish, period=period) is is_in
