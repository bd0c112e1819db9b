"""In which order things happened."""

from datetime import UTC, date, datetime, timedelta

import pytest
from msgspec.structs import replace

from tsalert.chronology import rules
from tsalert.chronology.rules import Event, EventKind

NOON = datetime(2026, 6, 10, 12, 0, tzinfo=UTC)
MINUTE, SECOND = timedelta(minutes=1), timedelta(seconds=1)
EVENT = Event(EventKind.LOG, 1, NOON, NOON, "Call back")


@pytest.mark.parametrize(
    ("recorded_at", "on", "is_later"),
    [
        (NOON + MINUTE, None, False),
        (NOON - MINUTE, None, False),
        (NOON + MINUTE + SECOND, None, True),
        (datetime(2026, 6, 10, 22, 59, tzinfo=UTC), date(2026, 6, 10), False),
        (datetime(2026, 6, 10, 23, 0, tzinfo=UTC), date(2026, 6, 10), True),
    ],
)
def test_what_was_written_down_later_is_known(recorded_at: datetime, on: date | None, *, is_later: bool) -> None:
    assert replace(EVENT, recorded_at=recorded_at, on=on).is_recorded_later is is_later


def test_a_day_without_a_time_stands_at_its_beginning_in_london() -> None:
    assert rules.start_of(date(2026, 6, 10), NOON) == datetime(2026, 6, 9, 23, 0, tzinfo=UTC)
    assert rules.start_of(None, NOON) == NOON


def test_what_happened_at_one_time_stands_as_it_was_written_down() -> None:
    first = replace(EVENT, at=NOON - SECOND, recorded_at=NOON + MINUTE, id=9)
    second = replace(EVENT, recorded_at=NOON - SECOND, id=8)
    third, fourth = replace(EVENT, kind=EventKind.ACTION, id=7), replace(EVENT, id=3)
    fifth = replace(EVENT, id=4)
    assert rules.in_order([fifth, fourth, third, second, first]) == [first, second, third, fourth, fifth]
