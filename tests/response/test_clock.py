"""The two-hour clock, second by second and over the nights on which the clocks change."""

from datetime import UTC, date, datetime, time, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tsalert.core.clock import LONDON
from tsalert.core.errors import RuleViolation
from tsalert.response.clock import (
    Clock,
    ClockState,
    Reading,
    is_breached,
    next_turn,
    read_clock,
    stop_already_made,
    tally,
)

NOON = datetime(2026, 6, 10, 12, 0, tzinfo=UTC)
TWO_HOURS = timedelta(hours=2)
SECOND = timedelta(seconds=1)
DUE = NOON + TWO_HOURS


def clock_change(year: int, month: int) -> datetime:
    """Return the instant London's clocks move: 01:00 UTC on the month's last Sunday."""
    last = date(year, month, 31)
    return datetime.combine(last - timedelta(days=(last.weekday() + 1) % 7), time(1), UTC)


NEAR_CLOCK_CHANGES = st.builds(
    lambda year, month, offset: (clock_change(year, month) + offset).astimezone(LONDON),
    st.integers(2020, 2040),
    st.sampled_from([3, 10]),
    st.timedeltas(timedelta(hours=-4), timedelta(hours=4)),
)


@pytest.mark.parametrize(
    ("now", "state"),
    [
        pytest.param(NOON, ClockState.RUNNING, id="at-the-start"),
        pytest.param(DUE - SECOND, ClockState.RUNNING, id="one-second-left"),
        pytest.param(DUE, ClockState.RUNNING, id="in-the-due-second"),
        pytest.param(DUE + timedelta(microseconds=999_999), ClockState.RUNNING, id="still-in-the-due-second"),
        pytest.param(DUE + SECOND, ClockState.OVERDUE, id="one-second-past"),
    ],
)
def test_a_waiting_clock_turns_overdue_only_after_its_due_second(now: datetime, state: ClockState) -> None:
    assert read_clock(Clock(NOON, TWO_HOURS), now).state is state


@pytest.mark.parametrize(
    ("stopped", "ended", "state"),
    [
        pytest.param(DUE, None, ClockState.MET, id="there-in-the-due-second"),
        pytest.param(DUE + SECOND, None, ClockState.LATE, id="there-one-second-late"),
        pytest.param(None, DUE, ClockState.NOT_APPLICABLE, id="stood-down-in-the-due-second"),
        pytest.param(None, DUE + SECOND, ClockState.BREACHED_THEN_ENDED, id="stood-down-one-second-late"),
        pytest.param(NOON, NOON, ClockState.MET, id="a-stop-comes-before-an-end-at-the-same-time"),
        pytest.param(DUE + SECOND, DUE, ClockState.NOT_APPLICABLE, id="arrival-after-standing-down-counts-for-nothing"),
    ],
)
def test_how_a_clock_came_out(stopped: datetime | None, ended: datetime | None, state: ClockState) -> None:
    clock = Clock(NOON, TWO_HOURS, stopped_at=stopped, ended_at=ended)
    assert read_clock(clock, DUE + timedelta(days=9)).state is state


def test_both_ends_are_cut_to_whole_seconds() -> None:
    started = NOON.replace(microsecond=1)
    clock = Clock(started, TWO_HOURS, stopped_at=DUE.replace(microsecond=900_000))
    assert read_clock(clock, DUE).state is ClockState.MET
    assert read_clock(clock, DUE).due_at == DUE


def test_a_grade_without_a_target_has_no_clock_to_read() -> None:
    assert read_clock(Clock(NOON, None), NOON) == Reading(ClockState.NO_TARGET)


@pytest.mark.parametrize("stopped", [NOON - SECOND, datetime(2026, 6, 10, 12, 0)])  # noqa: DTZ001 - the fault under test
def test_an_impossible_stop_is_refused(stopped: datetime) -> None:
    with pytest.raises(RuleViolation):
        read_clock(Clock(NOON, TWO_HOURS, stopped_at=stopped), NOON)


@pytest.mark.parametrize(
    ("left", "urgency"),
    [
        pytest.param(timedelta(minutes=30, seconds=1), "running", id="more-than-half-an-hour"),
        pytest.param(timedelta(minutes=30), "amber", id="half-an-hour"),
        pytest.param(timedelta(minutes=10, seconds=1), "amber", id="just-over-ten-minutes"),
        pytest.param(timedelta(minutes=10), "red", id="ten-minutes"),
        pytest.param(timedelta(0), "red", id="the-due-second"),
        pytest.param(-SECOND, "overdue", id="past"),
    ],
)
def test_a_clock_turns_amber_and_red_as_its_end_comes_near(left: timedelta, urgency: str) -> None:
    assert read_clock(Clock(NOON, TWO_HOURS), DUE - left).urgency == urgency


@pytest.mark.parametrize(
    ("visits", "stop"),
    [
        pytest.param([], None, id="nobody-has-been"),
        pytest.param([(NOON - SECOND, None)], NOON, id="there-already-when-it-starts"),
        pytest.param([(NOON - TWO_HOURS, NOON)], None, id="left-before-it-starts"),
        pytest.param([(NOON + SECOND, None), (DUE, None)], NOON + SECOND, id="the-first-of-two"),
    ],
)
def test_a_visit_that_is_known_stops_a_clock_set_going_later(
    visits: list[tuple[datetime, datetime | None]], stop: datetime | None
) -> None:
    assert stop_already_made(NOON, visits) == stop


@given(started_at=NEAR_CLOCK_CHANGES, waited=st.integers(0, 4 * 3600))
def test_time_waited_and_time_left_always_make_two_hours(started_at: datetime, waited: int) -> None:
    arrived = (started_at.astimezone(UTC) + timedelta(seconds=waited)).astimezone(LONDON)
    reading = read_clock(Clock(started_at, TWO_HOURS, stopped_at=arrived), arrived)
    assert reading.remaining is not None
    assert timedelta(seconds=waited) + reading.remaining == TWO_HOURS
    assert (reading.state is ClockState.LATE) == (waited > 7200)


@given(started_at=NEAR_CLOCK_CHANGES, ended=st.integers(0, 4 * 3600), later=st.integers(0, 10**6))
def test_an_end_never_undoes_a_breach(started_at: datetime, ended: int, later: int) -> None:
    ended_at = started_at.astimezone(UTC) + timedelta(seconds=ended)
    waiting = Clock(started_at, TWO_HOURS)
    finished = Clock(started_at, TWO_HOURS, ended_at=ended_at)
    assert is_breached(finished, ended_at + timedelta(seconds=later)) == is_breached(waiting, ended_at)


def test_a_tally_puts_every_clock_under_one_heading() -> None:
    late, met = Clock(NOON, TWO_HOURS, stopped_at=DUE + SECOND), Clock(NOON, TWO_HOURS, stopped_at=DUE)
    open_, gone = Clock(NOON, TWO_HOURS), Clock(NOON, TWO_HOURS, ended_at=DUE)
    told = [(late, True), (met, False), (met, True), (open_, False), (open_, True), (gone, False)]
    figures = tally(told, reports=9, immediate=6)
    assert (figures.met, figures.late, figures.not_applicable, figures.running) == (2, 1, 1, 1)
    assert (figures.overdue, figures.met_after_breach, figures.breached_then_ended) == (1, 1, 0)


@given(started_at=NEAR_CLOCK_CHANGES, minutes=st.integers(1, 300), read=st.integers(-600, 6 * 3600), on=st.floats(0, 1))
def test_until_its_next_turn_a_clock_keeps_its_urgency(
    started_at: datetime, minutes: int, read: int, on: float
) -> None:
    clock = Clock(started_at, timedelta(minutes=minutes))

    def urgency(at: datetime) -> str:
        return read_clock(clock, max(at, started_at.astimezone(UTC))).urgency

    now = started_at.astimezone(UTC) + timedelta(seconds=read)
    turn = next_turn(clock, now)
    end = turn or now + timedelta(days=9)
    assert urgency(now + (end - now - timedelta(microseconds=1)) * on) == urgency(now)
    assert turn is None or turn <= started_at or urgency(turn) != urgency(now)


def test_a_clock_that_stopped_ended_or_never_ran_turns_no_more() -> None:
    for clock in (Clock(NOON, None), Clock(NOON, TWO_HOURS, stopped_at=NOON), Clock(NOON, TWO_HOURS, ended_at=NOON)):
        assert next_turn(clock, NOON) is None
