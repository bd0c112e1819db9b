"""References that are read out by phone."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tsalert.references.rules import read_reference, write_reference


@pytest.mark.parametrize(
    ("kind", "number", "reference"),
    [("C", 417, "C26-00417-W"), ("R", 62, "R26-00062-A"), ("D", 31, "D26-00031-U")],
)
def test_known_references(kind: str, number: int, reference: str) -> None:
    assert write_reference(kind, 2026, number) == reference


def test_a_reference_is_read_however_it_is_typed() -> None:
    for typed in (" c26-00417-w ", "C2600417W", "c26 00417 w", "C26/00417/W", "C26\N{EN DASH}00417\N{EN DASH}W"):
        assert read_reference(typed) == "C26-00417-W"


@pytest.mark.parametrize("text", ["C26-00417-X", "C26-417-W", "", "C26-00471-W", "nonsense"])
def test_a_slip_is_found(text: str) -> None:
    assert read_reference(text) is None


@given(st.sampled_from("CRD"), st.integers(2000, 2099), st.integers(1, 99_999), st.integers(0, 4), st.integers(1, 9))
def test_any_one_wrong_digit_of_the_number_is_found(kind: str, year: int, number: int, place: int, change: int) -> None:
    reference = write_reference(kind, year, number)
    at = 4 + place
    wrong = str((int(reference[at]) + change) % 10)
    assert read_reference(reference[:at] + wrong + reference[at + 1 :]) is None
