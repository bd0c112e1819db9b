"""Instants and London's wall clock."""

from datetime import UTC, date, datetime, timedelta, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tsalert.core.clock import (
    LONDON,
    as_utc,
    comes_twice,
    from_london_wall,
    in_london,
    london_date,
    london_midnight,
    whole_seconds,
)
from tsalert.core.errors import RuleViolation


def test_a_time_without_a_zone_is_refused() -> None:
    with pytest.raises(RuleViolation, match="time zone"):
        as_utc(datetime.fromisoformat("2026-06-01T12:00"))


def test_seconds_are_cut_off_not_rounded() -> None:
    at = datetime(2026, 6, 1, 12, 0, 59, 999_999, UTC)
    assert whole_seconds(at) == datetime(2026, 6, 1, 12, 0, 59, tzinfo=UTC)


@pytest.mark.parametrize(
    ("moment", "day"),
    [
        pytest.param("2022-03-31T22:59:59+00:00", date(2022, 3, 31), id="last-second-before-midnight-in-summer-time"),
        pytest.param("2022-03-31T23:00:00+00:00", date(2022, 4, 1), id="midnight-in-summer-time-is-23-utc"),
        pytest.param("2022-12-31T23:59:00+00:00", date(2022, 12, 31), id="winter-is-utc"),
        pytest.param("2022-04-01T04:00:00+09:00", date(2022, 3, 31), id="seen-from-tokyo"),
    ],
)
def test_the_day_of_an_instant_is_londons(moment: str, day: date) -> None:
    assert london_date(datetime.fromisoformat(moment)) == day


def test_a_wall_time_that_the_spring_change_skips_is_refused() -> None:
    with pytest.raises(RuleViolation, match="went forward"):
        from_london_wall(datetime.fromisoformat("2026-03-29T01:30"))


def test_a_wall_time_that_comes_twice_is_its_first_passing() -> None:
    twice = datetime.fromisoformat("2026-10-25T01:30")
    assert from_london_wall(twice) == datetime(2026, 10, 25, 0, 30, tzinfo=UTC)
    assert from_london_wall(twice, is_second=True) == datetime(2026, 10, 25, 1, 30, tzinfo=UTC)


@pytest.mark.parametrize(
    ("wall", "is_so"),
    [
        pytest.param("2026-10-25T00:59", False, id="before"),
        pytest.param("2026-10-25T01:00", True, id="its-first-minute"),
        pytest.param("2026-10-25T01:59", True, id="its-last-minute"),
        pytest.param("2026-10-25T02:00", False, id="after"),
        pytest.param("2026-03-29T01:30", False, id="skipped-in-spring"),
    ],
)
def test_only_the_hour_over_which_the_clocks_go_back_comes_twice(wall: str, *, is_so: bool) -> None:
    assert comes_twice(datetime.fromisoformat(wall)) is is_so


@given(st.integers(0, 4_102_444_800))
def test_an_instant_survives_the_trip_to_london_and_back(seconds: int) -> None:
    moment = datetime.fromtimestamp(seconds, UTC)
    assert in_london(moment).astimezone(UTC) == moment
    assert in_london(moment).tzinfo is LONDON


@given(st.dates(date(1980, 1, 1), date(2100, 1, 1)))
def test_a_day_begins_at_its_own_midnight_and_not_a_moment_before(day: date) -> None:
    assert london_date(london_midnight(day)) == day
    assert london_date(london_midnight(day) - timedelta(microseconds=1)) == day - timedelta(days=1)


def test_zones_other_than_londons_are_understood() -> None:
    assert as_utc(datetime(2026, 6, 1, 9, tzinfo=timezone(timedelta(hours=9)))) == datetime(2026, 6, 1, tzinfo=UTC)
