"""What is odd and what is not: an officer on shift who reads what they work on is never listed."""

from datetime import UTC, date, datetime, timedelta
from random import Random
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.response.test_clock import NEAR_CLOCK_CHANGES
from tsalert.oversight.rules import (
    Background,
    Export,
    Line,
    Reading,
    is_off_shift,
    lines_of,
    span_of,
    week_before,
    week_of,
)
from tsalert.oversight.vocabulary import Kind

NOON = datetime(2026, 6, 10, 12, 0, tzinfo=UTC)
MINUTE, HOUR, DAY = timedelta(minutes=1), timedelta(hours=1), timedelta(days=1)
NIGHT = datetime(2026, 6, 10, 23, 30, tzinfo=UTC)  # half past midnight in London
CASE, CALL = ("case", 7), ("call", 9)
PAT = 1


def read(at: datetime = NOON, record: tuple[str, int] = CASE, officer_id: int = PAT, entry: int = 1) -> Reading:
    return Reading(entry, at, officer_id, record)


def known(**changes: Any) -> Background:
    told: dict[str, Any] = {"duties": {}, "tasks": {}}
    return Background(**told | changes)


def kinds(*readings: Reading, limit: int = 60, **changes: Any) -> list[Kind]:
    return [each.kind for each in lines_of(readings, [], known(**changes), records_an_hour=limit)]


def on_duty(at: datetime = NOON) -> dict[int, list[tuple[datetime, datetime]]]:
    return {PAT: [(at - HOUR, at + HOUR)]}


def test_a_record_opened_with_no_task_is_listed() -> None:
    assert kinds(read()) == [Kind.NO_TASK]


@pytest.mark.parametrize(
    "changes",
    [
        pytest.param({"duties": on_duty()}, id="on-duty"),
        pytest.param({"duties": {PAT: [(NOON - 8 * HOUR, NOON - 20 * MINUTE)]}}, id="just-off-duty"),
        pytest.param({"duties": {PAT: [(NOON + 20 * MINUTE, NOON + 8 * HOUR)]}}, id="about-to-be-on-duty"),
        pytest.param({"tasks": {(PAT, CASE): NOON - 90 * DAY}}, id="on-the-case"),
        pytest.param({"tasks": {(PAT, CASE): NOON + DAY}}, id="wrote-to-it-within-a-day"),
        pytest.param({"supervisors": {PAT}}, id="looks-at-the-work-of-others"),
    ],
)
def test_whoever_has_a_reason_is_not_listed(changes: dict[str, Any]) -> None:
    assert kinds(read(), **changes) == []


@pytest.mark.parametrize(
    "changes",
    [
        pytest.param({"duties": {PAT: [(NOON - 8 * HOUR, NOON - 31 * MINUTE)]}}, id="off-duty-for-longer"),
        pytest.param({"duties": {2: [(NOON - HOUR, NOON + HOUR)]}}, id="somebody-else-on-duty"),
        pytest.param({"tasks": {(PAT, CASE): NOON + DAY + MINUTE}}, id="wrote-to-it-later"),
        pytest.param({"tasks": {(2, CASE): NOON - DAY}}, id="somebody-elses-case"),
    ],
)
def test_another_persons_reason_or_a_late_one_is_none(changes: dict[str, Any]) -> None:
    assert kinds(read(), **changes) == [Kind.NO_TASK]


def test_a_night_off_duty_is_listed_once_and_not_as_no_task_too() -> None:
    assert kinds(read(NIGHT)) == [Kind.OFF_SHIFT]
    assert kinds(read(NIGHT), duties=on_duty(NIGHT)) == []


def test_without_a_rota_nobody_is_off_shift() -> None:
    assert kinds(read(NIGHT), duties=None) == [Kind.NO_TASK]
    assert kinds(read(NIGHT), duties=None, tasks={(PAT, CASE): NOON}) == []


@pytest.mark.parametrize(
    ("at", "is_night"),
    [
        pytest.param(datetime(2026, 6, 10, 20, 59, tzinfo=UTC), False, id="before-ten-in-summer"),
        pytest.param(datetime(2026, 6, 10, 21, 0, tzinfo=UTC), True, id="ten-in-summer"),
        pytest.param(datetime(2026, 1, 10, 21, 30, tzinfo=UTC), False, id="half-past-nine-in-winter"),
        pytest.param(datetime(2026, 1, 10, 5, 59, tzinfo=UTC), True, id="just-before-six"),
        pytest.param(datetime(2026, 1, 10, 6, 0, tzinfo=UTC), False, id="six"),
    ],
)
def test_night_is_from_ten_to_six_by_londons_clocks(at: datetime, *, is_night: bool) -> None:
    assert is_off_shift(read(at), known()) is is_night


@pytest.mark.parametrize("kind", [Kind.OWN_NAME, Kind.OWN_HOME])
def test_a_namesake_or_a_neighbour_is_listed_unless_the_officer_on_duty_works_on_it(kind: Kind) -> None:
    pairs: dict[str, Any] = {"namesakes" if kind is Kind.OWN_NAME else "neighbours": {(PAT, CASE)}}
    task = {(PAT, CASE): NOON}
    assert kind in kinds(read(), **pairs)
    assert kind in kinds(read(), duties=on_duty(), **pairs)
    assert kind in kinds(read(), tasks=task, **pairs)
    assert kinds(read(), duties=on_duty(), tasks=task, **pairs) == []
    assert kind in kinds(read(), supervisors={PAT}, **pairs)


def test_one_record_more_than_the_limit_within_an_hour_is_too_many_also_on_duty() -> None:
    readings = [read(NOON + number * MINUTE, ("call", number), entry=number + 1) for number in range(11)]
    assert kinds(*readings, limit=10, duties=on_duty()) == [Kind.TOO_MANY]
    assert kinds(*readings, limit=11, duties=on_duty()) == []
    again = [read(NOON + number * MINUTE, CALL, entry=number + 1) for number in range(11)]
    assert kinds(*again, limit=10, duties=on_duty()) == []


def test_what_one_officer_opened_in_a_day_is_one_line_with_all_its_entries() -> None:
    readings = [read(entry=5), read(NOON + HOUR, CALL, entry=6), read(NOON + DAY, entry=9), read(officer_id=2, entry=4)]
    found = lines_of(readings, [], known(), records_an_hour=60)
    assert [(each.officer_id, each.entries, each.records) for each in found] == [
        (1, (5, 6), 2),
        (2, (4,), 1),
        (1, (9,), 1),
    ]
    assert len({each.key for each in found}) == 3


def test_files_taken_out_are_one_line_a_day_and_officer() -> None:
    exports = [Export(3, NOON, PAT), Export(4, NOON + HOUR, PAT)]
    (line,) = lines_of([], exports, known(duties=on_duty()), records_an_hour=60)
    assert (line.kind, line.entries, line.records) == (Kind.EXPORTED, (3, 4), 2)


@given(
    st.lists(st.tuples(NEAR_CLOCK_CHANGES, st.integers(1, 3), st.integers(1, 4)), max_size=20), st.integers(0, 10**6)
)
def test_the_order_in_which_entries_are_read_changes_no_line(told: list[tuple[datetime, int, int]], seed: int) -> None:
    readings = [read(at, ("case", number), officer_id, entry) for entry, (at, officer_id, number) in enumerate(told)]
    mixed = Random(seed).sample(readings, len(readings))
    assert set(lines_of(readings, [], known(), records_an_hour=2)) == set(
        lines_of(mixed, [], known(), records_an_hour=2)
    )


@given(st.lists(st.tuples(NEAR_CLOCK_CHANGES, st.integers(1, 4)), max_size=20))
def test_whoever_is_always_on_duty_and_at_work_is_never_listed(told: list[tuple[datetime, int]]) -> None:
    readings = [read(at, ("case", number), PAT, entry) for entry, (at, number) in enumerate(told)]
    always = {PAT: [(datetime(2000, 1, 1, tzinfo=UTC), datetime(2050, 1, 1, tzinfo=UTC))]}
    tasks = {(PAT, each.record): datetime(2000, 1, 1, tzinfo=UTC) for each in readings}
    pairs = {(PAT, each.record) for each in readings}
    found = known(duties=always, tasks=tasks, namesakes=pairs, neighbours=pairs)
    assert lines_of(readings, [], found, records_an_hour=60) == []


@given(st.dates(date(2020, 1, 1), date(2040, 12, 31)))
def test_a_week_is_seven_london_days_from_monday_whatever_the_clocks_do(day: date) -> None:
    week = week_of(day)
    since, until = span_of(week)
    assert week.weekday() == 0
    assert week <= day < week + timedelta(days=7)
    assert until - since in {7 * DAY, 7 * DAY + HOUR, 7 * DAY - HOUR}
    assert span_of(week_before(day))[1] == since


def test_a_line_is_known_by_its_kind_officer_and_hour() -> None:
    assert Line(Kind.TOO_MANY, 7, NOON, (1,), 1).key == "too_many-7-2026061012"
