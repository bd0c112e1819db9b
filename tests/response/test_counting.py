"""What a figure is worked out from: shares, middles, and who told late."""

from datetime import UTC, datetime, timedelta
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.response.conftest import NOON
from tsalert.response.clock import Clock, ClockState
from tsalert.response.counting import By, CountedIncident, Run, Stop, Tally, count_up, minutes, percent
from tsalert.response.vocabulary import Category, GradeName, Line

HOUR, MINUTE = timedelta(hours=1), timedelta(minutes=1)
TARGET = 2 * HOUR


def run_of(waited: timedelta | None = None, *, told_after: timedelta = MINUTE, remote: bool = False) -> Run:
    """Return the clock of an officer who took so long; one that nobody has stopped for None."""
    if waited is None:
        return Run(Clock(NOON, TARGET), has_breach=False)
    at = NOON + waited
    return Run(Clock(NOON, TARGET, at), has_breach=waited > TARGET, stop=Stop(not remote, at, at + told_after, 1))


def tally_of(*runs: Run) -> Tally:
    keys = dict.fromkeys(By, "")
    incidents = [
        CountedIncident(1, "R", NOON, Line.RAPID_VOICE, Category.SCAM, GradeName.IMMEDIATE, None, True, keys, (run,))  # noqa: FBT003
        for run in runs
    ]
    return count_up(incidents, reports=len(incidents))


def test_the_share_met_leaves_out_what_runs_and_what_ended_in_time() -> None:
    ended = Run(Clock(NOON, TARGET, ended_at=NOON + HOUR), has_breach=False, end_reason="withdrawn")
    missed = Run(Clock(NOON, TARGET, ended_at=NOON + 3 * HOUR), has_breach=True, end_reason="handed_over")
    waits = Run(Clock(NOON, TARGET), has_breach=True)
    tally = tally_of(run_of(HOUR), run_of(HOUR), run_of(3 * HOUR), ended, missed, waits, run_of())
    assert tally.counted == 5
    assert tally.met_percent == 40
    assert (tally.states[ClockState.NOT_APPLICABLE], tally.states[ClockState.RUNNING]) == (1, 1)


@pytest.mark.parametrize(("part", "whole", "told"), [(4, 4, None), (0, 0, None), (5, 5, 100), (1, 8, 13), (0, 9, 0)])
def test_a_share_of_fewer_than_five_is_not_told(part: int, whole: int, told: int | None) -> None:
    assert percent(part, whole) == told


@pytest.mark.parametrize(
    ("waited", "median", "ninetieth"),
    [
        pytest.param([], None, None, id="nobody-came"),
        pytest.param([7], "7.0", "7.0", id="one"),
        pytest.param([10, 20], "15.0", "20.0", id="two"),
        pytest.param([30, 10, 20], "20.0", "30.0", id="three-in-any-order"),
        pytest.param(list(range(1, 11)), "5.5", "9.0", id="of-ten-the-ninth"),
        pytest.param(list(range(1, 12)), "6.0", "10.0", id="of-eleven-the-tenth"),
        pytest.param(list(range(1, 101)), "50.5", "90.0", id="of-a-hundred-the-ninetieth"),
    ],
)
def test_the_middle_and_the_ninetieth_of_the_times_to_the_scene(
    waited: list[int], median: str | None, ninetieth: str | None
) -> None:
    tally = tally_of(*(run_of(timedelta(minutes=number)) for number in waited))
    assert tally.median_minutes == (median and Decimal(median))
    assert tally.p90_minutes == (ninetieth and Decimal(ninetieth))


@given(st.lists(st.integers(0, 10_000), min_size=1))
def test_nine_in_ten_took_at_most_the_ninetieth_and_fewer_took_less(seconds: list[int]) -> None:
    tally = tally_of(*(run_of(timedelta(seconds=number)) for number in seconds))
    ninetieth = next(number for number in sorted(seconds) if minutes(timedelta(seconds=number)) == tally.p90_minutes)
    within = sum(number <= ninetieth for number in seconds)
    assert within * 10 >= len(seconds) * 9 or minutes(timedelta(seconds=ninetieth + 1)) == tally.p90_minutes
    assert sum(number < ninetieth for number in seconds) * 10 < len(seconds) * 9


def test_only_who_came_to_the_scene_took_any_time_to_it() -> None:
    assert tally_of(run_of(HOUR, remote=True), run_of(30 * MINUTE)).to_scene == (30 * MINUTE,)


@pytest.mark.parametrize(("after", "is_late"), [(15 * MINUTE, False), (15 * MINUTE + timedelta(seconds=1), True)])
def test_what_is_told_more_than_a_quarter_of_an_hour_later_is_told_late(after: timedelta, *, is_late: bool) -> None:
    tally = tally_of(*(run_of(HOUR, told_after=after) for _ in range(5)))
    assert tally.told_late_percent == (100 if is_late else 0)


def test_minutes_are_told_to_one_decimal_half_up() -> None:
    assert [str(minutes(timedelta(seconds=number))) for number in (0, 3, 90, 5400)] == ["0.0", "0.1", "1.5", "90.0"]


def test_the_night_the_clocks_change_makes_nobody_slower() -> None:
    start = datetime(2026, 10, 25, 0, 30, tzinfo=UTC)
    at = start + 90 * MINUTE
    run = Run(Clock(start, TARGET, at), has_breach=False, stop=Stop(True, at, at, 1))  # noqa: FBT003
    assert run.to_scene == 90 * MINUTE
