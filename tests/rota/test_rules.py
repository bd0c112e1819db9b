"""What may stand in the rota, what is cut out of a shift, and when a gap is told."""

from datetime import UTC, date, datetime, time, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.refusals import refused
from tsalert.core.errors import RuleViolation
from tsalert.rota import rules
from tsalert.rota.coverage import Gap, Span
from tsalert.rota.occurrences import WeeklyPattern, occurrence_on
from tsalert.rota.rules import Part
from tsalert.rota.vocabulary import Duty

NOW = datetime(2026, 6, 10, 12, 0, tzinfo=UTC)  # a Wednesday
TODAY = NOW.date()
HOUR, DAY, SECOND = timedelta(hours=1), timedelta(days=1), timedelta(seconds=1)
FARTHEST = timedelta(days=732)
SHIFT = Span(NOW - 2 * HOUR, NOW + 6 * HOUR)


def pattern(**changes: Any) -> WeeklyPattern:
    usual: dict[str, Any] = {
        "duty": Duty.PRIMARY,
        "officer_id": 1,
        "weekdays": (0,),
        "starts": time(8),
        "ends": time(20),
        "effective_from": TODAY,
    }
    return WeeklyPattern(**usual | changes)


@pytest.mark.parametrize(
    "span",
    [
        pytest.param(Span(NOW, NOW + SECOND), id="from-now-for-a-second"),
        pytest.param(Span(NOW, NOW + timedelta(days=7)), id="for-a-week"),
        pytest.param(Span(NOW + FARTHEST, NOW + FARTHEST + HOUR), id="two-years-ahead"),
    ],
)
def test_a_shift_may_begin_from_now_to_two_years_on_and_last_a_week(span: Span) -> None:
    rules.check_shift(span, now=NOW)


@pytest.mark.parametrize(
    ("span", "field", "message"),
    [
        (Span(NOW, NOW), "ends_at", "A shift must end after it starts."),
        (Span(NOW, NOW + timedelta(days=7) + SECOND), "ends_at", "A shift lasts a week at most."),
        (Span(NOW + FARTHEST + SECOND, NOW + FARTHEST + HOUR), "starts_at", "Plan two years ahead at most."),
        (Span(NOW - SECOND, NOW + HOUR), "starts_at", "Leave the start empty to begin now."),
    ],
)
def test_a_shift_that_cannot_be_is_refused_at_its_field(span: Span, field: str, message: str) -> None:
    with refused(RuleViolation, message, field=field):
        rules.check_shift(span, now=NOW)


@pytest.mark.parametrize(
    "changes",
    [
        {"weekdays": (0, 1, 2, 3, 4, 5, 6)},
        {"every_weeks": 8},
        {"effective_from": TODAY + FARTHEST},
        {"effective_until": TODAY},
    ],
)
def test_a_pattern_may_begin_today_or_in_two_years_and_end_on_the_day_it_begins(changes: dict[str, Any]) -> None:
    rules.check_pattern(pattern(**changes), today=TODAY)


@pytest.mark.parametrize(
    ("changes", "field", "message"),
    [
        ({"weekdays": ()}, "weekdays", "Choose at least one day."),
        ({"weekdays": (0, 7)}, "weekdays", "Choose at least one day."),
        ({"every_weeks": 0}, "every_weeks", "Choose every 1 to 8 weeks."),
        ({"every_weeks": 9}, "every_weeks", "Choose every 1 to 8 weeks."),
        ({"effective_from": TODAY - DAY}, "effective_from", "What was cannot be changed: begin today or later."),
        ({"effective_from": TODAY + FARTHEST + DAY}, "effective_from", "Plan two years ahead at most."),
        ({"effective_until": TODAY - DAY}, "effective_until", "The last day must not lie before the first."),
    ],
)
def test_a_pattern_that_cannot_be_is_refused_at_its_field(changes: dict[str, Any], field: str, message: str) -> None:
    with refused(RuleViolation, message, field=field):
        rules.check_pattern(pattern(**changes), today=TODAY)


def test_patterns_of_one_officer_clash_where_they_would_be_their_own_backup() -> None:
    first, backup = occurrence_on(pattern(), date(2026, 6, 15)), pattern(duty=Duty.BACKUP)
    assert rules.find_clash(backup, pattern(), today=TODAY) == first
    assert rules.find_clash(pattern(), backup, today=TODAY) == first


def test_two_patterns_of_one_duty_clash_on_the_first_day_on_which_both_stand() -> None:
    every_other = pattern(every_weeks=2, weekdays=(0, 4))
    every_third = pattern(every_weeks=3, effective_from=date(2026, 6, 17), weekdays=(0,))
    first = occurrence_on(every_other, date(2026, 7, 6))
    assert rules.find_clash(every_other, every_third, today=TODAY) == first
    assert rules.find_clash(every_third, every_other, today=TODAY) == first


@given(
    st.sets(st.integers(0, 6), min_size=1),
    st.sets(st.integers(0, 6), min_size=1),
    st.integers(1, 4),
    st.integers(1, 4),
    st.integers(0, 40),
)
def test_a_clash_is_found_from_either_side_however_the_weeks_fall(
    days: set[int], other_days: set[int], weeks: int, other_weeks: int, later: int
) -> None:
    one = pattern(weekdays=tuple(days), every_weeks=weeks)
    other = pattern(weekdays=tuple(other_days), every_weeks=other_weeks, effective_from=TODAY + later * DAY)
    both = [
        day
        for day in (TODAY + number * DAY for number in range(later, later + 7 * weeks * other_weeks + 7))
        if one.begins_on(day) and other.begins_on(day)
    ]
    found = rules.find_clash(one, other, today=TODAY)
    assert (found and found.day) == (both[0] if both else None)


@pytest.mark.parametrize(
    "other",
    [
        pytest.param(pattern(duty=Duty.BACKUP, officer_id=2), id="the-backup-of-another"),
        pytest.param(pattern(duty=Duty.MANAGER), id="a-duty-that-goes-with-it"),
        pytest.param(pattern(starts=time(20), ends=time(8)), id="the-night-after-each-day"),
        pytest.param(pattern(weekdays=(1,)), id="another-day"),
    ],
)
def test_patterns_that_never_meet_do_not_clash(other: WeeklyPattern) -> None:
    assert rules.find_clash(pattern(), other, today=TODAY) is None


def test_a_night_that_began_yesterday_still_stands_in_the_way() -> None:
    night = pattern(weekdays=(1,), starts=time(20), ends=time(8), effective_from=TODAY - 70 * DAY)
    morning = pattern(weekdays=(2,), starts=time(7), ends=time(9), effective_until=TODAY)
    assert rules.find_clash(morning, night, today=TODAY) == occurrence_on(morning, TODAY)


@pytest.mark.parametrize(
    ("shift", "starts_at", "ends_at", "part"),
    [
        pytest.param(
            SHIFT, None, None, Part(Span(SHIFT.starts_at, NOW), Span(NOW, SHIFT.ends_at), None), id="what-is-left"
        ),
        pytest.param(
            Span(NOW + HOUR, NOW + 3 * HOUR), None, None, Part(None, Span(NOW + HOUR, NOW + 3 * HOUR), None), id="whole"
        ),
        pytest.param(
            SHIFT,
            NOW + HOUR,
            NOW + 2 * HOUR,
            Part(
                Span(SHIFT.starts_at, NOW + HOUR),
                Span(NOW + HOUR, NOW + 2 * HOUR),
                Span(NOW + 2 * HOUR, SHIFT.ends_at),
            ),
            id="from-the-middle",
        ),
    ],
)
def test_a_shift_is_cut_into_what_stays_and_what_is_given(
    shift: Span, starts_at: datetime | None, ends_at: datetime | None, part: Part
) -> None:
    assert rules.cut(shift, starts_at, ends_at, now=NOW) == part


@pytest.mark.parametrize(
    ("starts_at", "ends_at", "field", "message"),
    [
        (NOW - SECOND, None, "starts_at", "Leave the start empty to give it from now."),
        (SHIFT.ends_at, None, "starts_at", "Choose a start within the shift."),
        (NOW, NOW, "ends_at", "Choose an end within the shift, after the start."),
        (NOW, SHIFT.ends_at + SECOND, "ends_at", "Choose an end within the shift, after the start."),
    ],
)
def test_only_what_is_still_to_come_of_a_shift_can_be_given(
    starts_at: datetime, ends_at: datetime | None, field: str, message: str
) -> None:
    with refused(RuleViolation, message, field=field):
        rules.cut(SHIFT, starts_at, ends_at, now=NOW)


def test_nothing_can_be_given_from_before_a_shift() -> None:
    with refused(RuleViolation, "Choose a start within the shift", field="starts_at"):
        rules.cut(Span(NOW + HOUR, NOW + 2 * HOUR), NOW, None, now=NOW)


@pytest.mark.parametrize(
    ("first", "last"), [(TODAY, TODAY), (TODAY, TODAY + 366 * DAY), (TODAY + FARTHEST, TODAY + FARTHEST)]
)
def test_leave_lasts_from_a_day_to_a_year(first: date, last: date) -> None:
    rules.check_leave(first, last, today=TODAY)


@pytest.mark.parametrize(
    ("first", "last", "field", "message"),
    [
        (TODAY - DAY, TODAY, "first_day", "Leave begins today or later"),
        (TODAY + FARTHEST + DAY, TODAY + FARTHEST + DAY, "first_day", "Plan two years ahead at most."),
        (TODAY, TODAY - DAY, "last_day", "The last day must not lie before the first."),
        (TODAY, TODAY + 367 * DAY, "last_day", "Enter a year of leave at most."),
    ],
)
def test_leave_that_cannot_be_is_refused_at_its_field(first: date, last: date, field: str, message: str) -> None:
    with refused(RuleViolation, message, field=field):
        rules.check_leave(first, last, today=TODAY)


def test_nobody_is_their_own_backup() -> None:
    together = {(one, other): rules.stand_together(one, other) for one in Duty for other in Duty}
    apart = {(Duty.PRIMARY, Duty.BACKUP), (Duty.BACKUP, Duty.PRIMARY)}
    assert together == {pair: pair not in apart for pair in together}


@pytest.mark.parametrize(
    ("begins", "duty", "known_as"),
    [
        (NOW, Duty.PRIMARY, 7),
        (NOW + HOUR, Duty.PRIMARY, 7),
        (NOW + HOUR + SECOND, Duty.PRIMARY, None),
        (NOW - SECOND, Duty.PRIMARY, None),
        (NOW, Duty.MANAGER, None),
    ],
)
def test_a_gap_is_known_by_where_it_begins(begins: datetime, duty: Duty, known_as: int | None) -> None:
    known = [(5, Gap(Duty.BACKUP, Span(NOW, NOW + HOUR))), (7, Gap(Duty.PRIMARY, Span(NOW, NOW + HOUR)))]
    assert rules.match_gap(Gap(duty, Span(begins, NOW + 9 * HOUR)), known) == known_as


@pytest.mark.parametrize(
    ("found_ago", "begins_in", "is_told"),
    [
        (timedelta(minutes=10), timedelta(days=3), True),
        (timedelta(minutes=10) - SECOND, timedelta(days=3), False),
        (timedelta(0), HOUR, True),
        (timedelta(0), HOUR + SECOND, False),
    ],
)
def test_a_gap_is_told_when_it_has_settled_or_is_about_to_begin(
    found_ago: timedelta, begins_in: timedelta, *, is_told: bool
) -> None:
    assert rules.is_time_to_tell(found_at=NOW - found_ago, starts_at=NOW + begins_in, now=NOW) is is_told


def test_mobiles_of_one_network_share_a_block() -> None:
    assert rules.block_of("+447700900123") == "+4477009"


def test_a_code_is_kept_so_that_it_proves_one_mobile_of_one_officer() -> None:
    kept = rules.code_digest("123456", officer_id=1, e164="+447700900123", secret="s")
    assert kept == rules.code_digest("123456", officer_id=1, e164="+447700900123", secret="s")
    others = [
        rules.code_digest("123457", officer_id=1, e164="+447700900123", secret="s"),
        rules.code_digest("123456", officer_id=2, e164="+447700900123", secret="s"),
        rules.code_digest("123456", officer_id=1, e164="+447700900124", secret="s"),
        rules.code_digest("123456", officer_id=1, e164="+447700900123", secret="t"),
    ]
    assert kept not in others
