"""Codes with labels, and what is counted in words; days in words."""

from datetime import UTC, date, datetime

import pytest

from tsalert.core.words import counted, write_day


@pytest.mark.parametrize(
    ("number", "told"), [(0, "0 rows were refused"), (1, "1 row was refused"), (2_400, "2,400 rows were refused")]
)
def test_one_thing_is_told_of_in_the_singular_and_none_or_many_in_the_plural(number: int, told: str) -> None:
    assert f"{counted(number, 'row was', 'rows were')} refused" == told


def test_what_takes_an_s_needs_no_second_word() -> None:
    assert [counted(number, "call") for number in (0, 1, 12)] == ["0 calls", "1 call", "12 calls"]


def test_an_instant_falls_on_the_day_that_it_is_in_london() -> None:
    assert write_day(date(2026, 11, 2)) == "2 November 2026"
    assert write_day(datetime(2026, 7, 1, 23, 30, tzinfo=UTC)) == "2 July 2026"
