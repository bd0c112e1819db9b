"""Weekly patterns keep London's wall time, on the nights the clocks change too."""

from datetime import UTC, date, datetime, time, timedelta
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tsalert.core.clock import in_london
from tsalert.rota.occurrences import WeeklyPattern, instant_of, occurrence_on, occurrences
from tsalert.rota.vocabulary import Duty

SATURDAY, SUNDAY = 5, 6
EVERY_DAY = tuple(range(7))


def pattern(weekdays: tuple[int, ...], starts: time, ends: time, **more: object) -> WeeklyPattern:
    told: dict[str, object] = {"effective_from": date(2026, 1, 1)} | more
    return WeeklyPattern(Duty.PRIMARY, 1, weekdays, starts, ends, **told)  # type: ignore[arg-type]


def last_sunday(year: int, month: int) -> date:
    """Return the day on which London's clocks change in March or October."""
    last = date(year, month, 31)
    return last - timedelta(days=(last.weekday() + 1) % 7)


CHANGES = st.builds(last_sunday, st.integers(2020, 2040), st.sampled_from([3, 10]))
NEAR_CHANGES = st.builds(lambda day, days: day + timedelta(days=days), CHANGES, st.integers(-2, 2))
TIMES = st.one_of(st.times(), st.times(time(0, 30), time(2, 30))).map(lambda at: at.replace(second=0, microsecond=0))
SATURDAY_NIGHT = pattern((SATURDAY,), time(18), time(8))


@pytest.mark.parametrize(
    ("saturday", "hours"),
    [
        pytest.param(date(2026, 3, 28), 13, id="the-clocks-go-forward"),
        pytest.param(date(2026, 10, 24), 15, id="the-clocks-go-back"),
        pytest.param(date(2026, 6, 13), 14, id="an-ordinary-night"),
    ],
)
def test_a_saturday_night_shift_lasts_what_the_night_lasts(saturday: date, hours: int) -> None:
    night = occurrence_on(SATURDAY_NIGHT, saturday)
    assert night.ends_at - night.starts_at == timedelta(hours=hours)


@given(NEAR_CHANGES, st.integers(0, 3))
def test_a_shift_shows_the_same_wall_time_all_the_year(day: date, weeks: int) -> None:
    for found in occurrences(
        pattern(EVERY_DAY, time(18), time(8), effective_from=day), day, day + timedelta(weeks=weeks)
    ):
        assert in_london(found.starts_at).time() == time(18)
        assert in_london(found.ends_at).time() == time(8)
        assert in_london(found.ends_at).date() == found.day + timedelta(days=1)


@given(NEAR_CHANGES, TIMES, TIMES)
def test_shifts_that_touch_on_the_wall_leave_no_gap_and_no_overlap(day: date, first: time, second: time) -> None:
    """Two patterns share every day between them; whatever the clocks do, each shift begins where the last ended."""
    turns = {(first, second), (second, first)}
    halves = [pattern(EVERY_DAY, *times, effective_from=day) for times in turns]
    found = [each for half in halves for each in occurrences(half, day, day + timedelta(days=4))]
    found.sort(key=lambda each: each.starts_at)
    assert all(after.starts_at == before.ends_at for before, after in pairwise(found))


@given(NEAR_CHANGES, TIMES, TIMES)
def test_a_later_wall_time_is_never_an_earlier_instant(day: date, one: time, other: time) -> None:
    assert instant_of(day, min(one, other)) <= instant_of(day, max(one, other))


def test_a_time_that_the_spring_change_skips_is_the_change_itself() -> None:
    change = datetime(2026, 3, 29, 1, tzinfo=UTC)
    assert {instant_of(date(2026, 3, 29), time(1, minute)) for minute in (0, 15, 59)} == {change}
    assert instant_of(date(2026, 3, 29), time(2)) == change


def test_a_time_that_comes_twice_is_its_first_passing() -> None:
    assert instant_of(date(2026, 10, 25), time(1, 30)) == datetime(2026, 10, 25, 0, 30, tzinfo=UTC)


def test_a_shift_that_the_spring_change_swallows_does_not_take_place() -> None:
    quarter = pattern((SUNDAY,), time(1, 15), time(1, 45))
    days = [found.day for found in occurrences(quarter, date(2026, 3, 22), date(2026, 4, 5))]
    assert days == [date(2026, 3, 22), date(2026, 4, 5)]


def test_every_other_week_is_counted_from_the_first() -> None:
    found = occurrences(
        pattern((0, 6), time(9), time(17), effective_from=date(2026, 6, 3), every_weeks=2),
        date(2026, 6, 1),
        date(2026, 6, 30),
    )
    assert [each.day.day for each in found] == [7, 15, 21, 29]


def test_a_pattern_ends_with_its_last_day_and_a_whole_day_is_a_day() -> None:
    whole = pattern(EVERY_DAY, time(9), time(9), effective_until=date(2026, 6, 11))
    found = list(occurrences(whole, date(2026, 6, 10), date(2026, 6, 20)))
    assert [each.day.day for each in found] == [10, 11]
    assert found[0].ends_at == found[1].starts_at
