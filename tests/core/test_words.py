"""Codes with labels, and what is counted in words."""

import pytest

from tsalert.core.words import counted


@pytest.mark.parametrize(
    ("number", "told"), [(0, "0 rows were refused"), (1, "1 row was refused"), (2_400, "2,400 rows were refused")]
)
def test_one_thing_is_told_of_in_the_singular_and_none_or_many_in_the_plural(number: int, told: str) -> None:
    assert f"{counted(number, 'row was', 'rows were')} refused" == told


def test_what_takes_an_s_needs_no_second_word() -> None:
    assert [counted(number, "call") for number in (0, 1, 12)] == ["0 calls", "1 call", "12 calls"]
