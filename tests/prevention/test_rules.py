"""A unit's days in a home."""

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.refusals import refused
from tsalert.core.errors import Conflict, RuleViolation
from tsalert.core.months import months_after
from tsalert.prevention import rules
from tsalert.prevention.rules import LANDLINE_SWITCH_OFF, Installation, Life, UnitKind

FIRST = date(2022, 5, 3)
DAYS = st.dates(date(2000, 1, 1), date(2090, 1, 1))


def life(ends_on: date | None, *, kind: UnitKind = UnitKind.CALL_BLOCKER, ended_on: date | None = None) -> Life:
    return Life(kind, FIRST, ends_on, ended_on)


def test_a_five_year_term_ends_the_day_before_its_anniversary() -> None:
    assert rules.last_day_of_term(FIRST, 5) == date(2027, 5, 2)
    assert rules.last_day_of_term(date(2024, 2, 29), 5) == date(2029, 2, 27)


@pytest.mark.parametrize(
    ("ends_on", "is_at_risk"),
    [(date(2027, 1, 31), False), (date(2027, 2, 1), True), (date(2026, 5, 2), False), (None, True)],
)
def test_a_blocker_whose_term_runs_past_the_switch_off_is_at_risk(ends_on: date | None, *, is_at_risk: bool) -> None:
    assert LANDLINE_SWITCH_OFF.on == date(2027, 1, 31)
    assert rules.is_at_risk(life(ends_on)) == is_at_risk
    assert not rules.is_at_risk(life(ends_on, kind=UnitKind.DOOR_CAMERA))
    assert not rules.is_at_risk(life(ends_on, ended_on=date(2023, 1, 1)))


def test_a_check_is_due_six_months_after_the_last_and_never_after_the_end() -> None:
    assert rules.check_due_on(life(None), None) == date(2022, 11, 3)
    assert rules.check_due_on(life(None), date(2023, 8, 31)) == date(2024, 2, 29)
    assert rules.check_due_on(life(None, ended_on=FIRST), None) is None
    assert rules.check_due_on(life(date(2022, 10, 1)), None) is None


@given(DAYS, DAYS)
def test_the_list_of_checks_due_agrees_with_the_day_shown_on_each(looked: date, today: date) -> None:
    due = months_after(looked, rules.MONTHS_BETWEEN_CHECKS)
    assert (due <= today) == (looked <= rules.last_look_due(today))


@given(DAYS, st.integers(1, 40))
def test_a_term_is_as_long_as_its_years_wherever_it_begins(first: date, years: int) -> None:
    days = (rules.last_day_of_term(first, years) - first + timedelta(days=1)).days
    assert 365 * years <= days + 1 <= 366 * years + 1


def test_an_impossible_day_is_refused() -> None:
    for day in (FIRST - timedelta(days=1), date(2022, 6, 1)):
        with refused(field="on_date"):
            rules.require_later_day(day, life(None), date(2022, 5, 31))
    rules.require_later_day(FIRST, life(None), FIRST)
    with refused(Conflict, "ended already", legal=["add the unit again where it was fitted anew"]):
        rules.require_in_place(life(None, ended_on=FIRST))


def test_more_units_than_were_installed_are_refused() -> None:
    installation = Installation("S22-00001-K", UnitKind.CALL_BLOCKER, 2, None, FIRST, None)
    rules.require_room(installation, 1, 1)
    with refused(RuleViolation, "installed 2 × call blocker, and 3 would be known", field="serials"):
        rules.require_room(installation, 1, 2)


@pytest.mark.parametrize("serials", [[], ["A1", "B2", "A1"]])
def test_no_serial_or_the_same_one_twice_is_refused(serials: list[str]) -> None:
    with refused(field="serials"):
        rules.require_serials(serials)


def test_a_serial_that_is_there_twice_is_named() -> None:
    rules.require_serials(["A1"])
    rules.require_in_place(life(None))
    with refused(RuleViolation, "B2 is there twice", field="serials"):
        rules.require_serials(["A1", "B2", "C3", "B2"])
    with refused(RuleViolation, "installed 1,000 × door camera, and 1,001 would be known", field="units"):
        rules.require_room(Installation("S22-1", UnitKind.DOOR_CAMERA, 1000, None, FIRST, None), 1001)
