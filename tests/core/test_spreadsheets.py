"""Cells that people typed, opened in a spreadsheet program."""

import csv

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tsalert.core.spreadsheets import guarded, unguarded, write_csv


@pytest.mark.parametrize("text", ["=1+1", "+44 7700 900001", "-1+1", "@SUM(A1)", "\t=1", "\r=1", "'=1", "-"])
def test_what_looks_like_a_formula_is_guarded(text: str) -> None:
    assert guarded(text) == f"'{text}"


@pytest.mark.parametrize("text", ["", "roof", "-12.50", "-1,000", "12", "£4,000", "a=b"])
def test_everything_else_stays_as_it_is(text: str) -> None:
    assert guarded(text) == text


@given(st.text())
def test_a_guarded_cell_is_read_back_as_it_was(text: str) -> None:
    assert unguarded(guarded(text)) == text


def test_rows_are_written_with_their_head_and_empty_cells() -> None:
    text = write_csv(["what", "how much"], [["=cmd", 3], ["a, b", None]])
    assert list(csv.reader(text.splitlines())) == [["what", "how much"], ["'=cmd", "3"], ["a, b", ""]]
