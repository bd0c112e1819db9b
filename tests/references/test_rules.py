"""References that are read out by phone."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tsalert.references.rules import complete_reference, read_reference, write_reference


@pytest.mark.parametrize(
    ("kind", "number", "reference"),
    [("C", 417, "C26-00417-W"), ("R", 62, "R26-00062-A"), ("D", 31, "D26-00031-U")],
)
def test_known_references(kind: str, number: int, reference: str) -> None:
    assert write_reference(kind, 2026, number) == reference


def test_a_reference_is_read_however_it_is_typed() -> None:
    for typed in (
        " c26-00417-w ", "C2600417W", "c26 00417 w", "C 26 00417 W", "C26/00417/W", "C26\N{EN DASH}00417\N{EN DASH}W",
        "C26_00417_W", "c26 - 00417 - w", "C26\N{MINUS SIGN}00417\N{HYPHEN}W",
    ):  # fmt: skip
        assert read_reference(typed) == "C26-00417-W"
        assert complete_reference(typed) is None


def test_a_reference_without_its_letter_is_completed_however_it_is_typed() -> None:
    for typed in ("C26-00417", "c2600417", "c26 417", "C26-417", "C 26 00417", "C26/00417-", " c26_417 "):
        assert complete_reference(typed) == "C26-00417-W"
        assert read_reference(typed) is None


@pytest.mark.parametrize("text", ["C26417", "C26-0", "C26", "26-00417", "C26-417-X", "C26-4l7", "CR0 1AA", "", "-"])
def test_what_is_no_reference_without_its_letter_is_not_completed(text: str) -> None:
    assert complete_reference(text) is None


@given(st.text(max_size=20))
def test_no_text_whatever_breaks_the_reading(text: str) -> None:
    for found in (read_reference(text), complete_reference(text)):
        assert found is None or read_reference(found) == found


@pytest.mark.parametrize("text", ["C26-00417-X", "C26-417-W", "", "C26-00471-W", "nonsense"])
def test_a_slip_is_found(text: str) -> None:
    assert read_reference(text) is None


@given(st.sampled_from("CRD"), st.integers(2000, 2099), st.integers(1, 99_999), st.integers(0, 4), st.integers(1, 9))
def test_any_one_wrong_digit_of_the_number_is_found(kind: str, year: int, number: int, place: int, change: int) -> None:
    reference = write_reference(kind, year, number)
    at = 4 + place
    wrong = str((int(reference[at]) + change) % 10)
    assert read_reference(reference[:at] + wrong + reference[at + 1 :]) is None
