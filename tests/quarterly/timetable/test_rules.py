"""What comes when: quarters, months and meetings, round year ends, Easter and proclaimed holidays."""

from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tsalert.core.clock import in_london
from tsalert.core.periods import Period, financial_year, month, quarter, quarter_of, span_of_days
from tsalert.core.working_days import is_working_day
from tsalert.quarterly.timetable import rules
from tsalert.quarterly.timetable.rules import Meeting
from tsalert.quarterly.timetable.vocabulary import Kind

DAYS = st.dates(date(2015, 1, 1), date(2060, 12, 31))
LONG_AGO = date(2000, 1, 1)


def at(day: date, hour: int = 12) -> datetime:
    return datetime(day.year, day.month, day.day, hour, tzinfo=UTC)


@pytest.mark.parametrize(
    ("of", "day"),
    [
        (quarter(2022, 1), date(2022, 7, 1)),
        (quarter(2022, 2), date(2022, 10, 3)),  # a Saturday and a Sunday come first
        (quarter(2021, 3), date(2022, 1, 4)),  # New Year's Day was taken on the Monday
        (quarter(2017, 4), date(2018, 4, 3)),  # Easter Sunday and Monday
        (quarter(2020, 4), date(2021, 4, 1)),
    ],
)
def test_a_draft_opens_on_the_first_working_day_after_its_quarter(of: Period, day: date) -> None:
    assert rules.quarter_points(of)[0].due_on == day


@given(DAYS)
def test_between_a_quarter_and_the_opening_of_its_draft_nobody_works(day: date) -> None:
    of = quarter_of(day)
    (opens, *_) = rules.quarter_points(of)
    between = [of.last_day + timedelta(days=n) for n in range(1, (opens.due_on - of.last_day).days)]
    assert is_working_day(opens.due_on)
    assert not any(map(is_working_day, between))
    assert (in_london(opens.due_at).hour, in_london(opens.due_at).date()) == (8, opens.due_on)


@given(DAYS)
def test_every_point_of_a_month_comes_in_the_month_after_it_on_a_working_day(day: date) -> None:
    told = month(day.year, day.month)
    summary, partners = rules.month_points(told)
    assert is_working_day(summary.due_on)
    assert is_working_day(partners.due_on)
    assert told.last_day < summary.due_on < partners.due_on <= (partners.until or told.last_day)
    assert (partners.due_on.year, partners.due_on.month) == ((summary.until or day).year, (summary.until or day).month)


def test_the_first_quarter_brings_a_substantive_item_and_the_last_one_the_partners_year() -> None:
    kinds = [[point.kind for point in rules.quarter_points(quarter(2022, number))] for number in (1, 2, 3, 4)]
    assert kinds == [[Kind.OPENED, Kind.SUBSTANTIVE_ITEM], [Kind.OPENED], [Kind.OPENED], [Kind.OPENED, Kind.YEAR_END]]


def test_eight_in_london_is_seven_in_utc_in_summer_and_eight_in_winter() -> None:
    (opens, *_) = rules.quarter_points(quarter(2022, 1))
    assert [opens.is_due(at(date(2022, 7, 1), hour)) for hour in (6, 7)] == [False, True]
    (opens, *_) = rules.quarter_points(quarter(2021, 3))
    assert [opens.is_due(at(date(2022, 1, 4), hour)) for hour in (7, 8)] == [False, True]


def test_a_new_installation_opens_no_draft_of_the_past() -> None:
    today = at(date(2022, 8, 1))
    assert rules.quarters_to_open(today, date(2022, 7, 1)) == ()
    assert rules.quarters_to_open(today, date(2022, 6, 30)) == (quarter(2022, 1),)


def test_quarters_that_were_missed_are_opened_late_but_none_of_more_than_a_year_ago() -> None:
    found = rules.quarters_to_open(at(date(2022, 8, 1)), LONG_AGO)
    assert found == (quarter(2021, 2), quarter(2021, 3), quarter(2021, 4), quarter(2022, 1))


def test_a_meeting_is_reminded_of_five_working_days_and_one_working_day_ahead() -> None:
    # Monday 26 September 2022: the Queen's funeral was on Monday 19.
    five, one = rules.meeting_points(Meeting(quarter(2022, 1), date(2022, 9, 26)))
    assert (five.due_on, one.due_on) == (date(2022, 9, 16), date(2022, 9, 23))
    assert [five.is_due(at(day)) for day in (date(2022, 9, 15), date(2022, 9, 16), date(2022, 9, 22))] == [
        False, True, True
    ]  # fmt: skip
    assert not five.is_due(at(date(2022, 9, 23)))  # the second has come instead
    assert one.is_due(at(date(2022, 9, 25)))
    assert not one.is_due(at(date(2022, 9, 26)))


@given(DAYS)
def test_both_reminders_of_a_meeting_come_on_working_days_before_it(day: date) -> None:
    five, one = rules.meeting_points(Meeting(quarter_of(day), day))
    assert five.due_on < one.due_on < day
    assert is_working_day(five.due_on)
    assert is_working_day(one.due_on)


def test_a_month_that_was_missed_is_told_of_until_the_next_one_is_over() -> None:
    def told(day: date) -> list[str]:
        found = rules.due_points(at(day), LONG_AGO, [])
        return [point.about.label for point in found if point.kind is Kind.SUMMARY]

    assert told(date(2022, 7, 31)) == ["June 2022"]
    assert told(date(2022, 8, 1)) == ["July 2022"]
    assert told(date(2022, 5, 2)) == []  # a bank holiday: April waits until tomorrow, and March is over


@given(DAYS)
def test_a_year_ahead_holds_four_openings_and_twelve_months(day: date) -> None:
    last = day + timedelta(days=364)
    found = rules.points_between(day, last, LONG_AGO, [])
    assert list(found) == sorted(found, key=lambda point: point.due_on)
    assert all(day <= point.due_on <= last for point in found)
    counted = {kind: sum(point.kind is kind for point in found) for kind in Kind}
    assert 3 <= counted[Kind.OPENED] <= 5
    assert 11 <= counted[Kind.SUMMARY] <= 13
    assert 11 <= counted[Kind.PARTNER_DATA] <= 13
    assert 0 <= counted[Kind.SUBSTANTIVE_ITEM] <= 2


@pytest.mark.parametrize(
    ("given_of", "told", "owed"),
    [
        ([month(2022, 5)], month(2022, 6), month(2022, 6)),
        ([month(2022, 5), month(2022, 6)], month(2022, 6), None),
        ([quarter(2022, 1)], month(2022, 7), None),
        ([quarter(2022, 1)], month(2022, 9), quarter(2022, 2)),
        ([quarter(2021, 4)], month(2022, 7), quarter(2022, 1)),
        ([financial_year(2021)], month(2022, 4), None),
        ([financial_year(2021)], month(2022, 6), quarter(2022, 1)),
        ([span_of_days(date(2021, 7, 1), date(2022, 6, 30))], month(2022, 6), None),
    ],
)
def test_a_partner_owes_what_it_usually_gives(given_of: list[Period], told: Period, owed: Period | None) -> None:
    assert rules.figures_owed(given_of, told) == owed
