"""The form under a digest, held to the letter: a change of it would make every old digest wrong."""

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tsalert.runs.canonical import Digest, line, number

EXACT = st.decimals(allow_nan=False, allow_infinity=False, places=6, min_value=-(10**12), max_value=10**12)


@pytest.mark.parametrize(
    ("value", "written"),
    [("16540.50", "16540.5"), ("0.54", "0.54"), ("100", "100"), ("1E+2", "100"), ("0.00", "0"), ("-0.00", "0"),
     ("-12.30", "-12.3"), ("0.0000001", "0.0000001")],
)  # fmt: skip
def test_a_number_has_every_digit_that_counts_and_no_other(value: str, written: str) -> None:
    assert number(Decimal(value)) == written


@given(EXACT, st.integers(0, 6))
def test_the_same_amount_is_written_the_same_however_many_zeros_a_database_gives_it(value: Decimal, zeros: int) -> None:
    padded = Decimal(f"{value:f}" + "0" * zeros)
    assert number(value) == number(padded)
    assert Decimal(number(value)) == value


def test_a_line_has_sorted_keys_no_spaces_and_letters_as_they_are() -> None:
    assert line({"b": [1, None], "a": "£5 é"}) == '{"a":"£5 é","b":[1,null]}'


def test_a_digest_is_that_of_the_lines_in_a_file() -> None:
    digest = Digest()
    digest.add({"a": 1})
    digest.add({"b": "x"})
    # printf '{"a":1}\n{"b":"x"}\n' | sha256sum
    assert digest.hex() == "4a9d2646efe50761cd6313608ccdb8805324a5eaf8cedcfba3bb08f32a3fb5d5"
    assert digest.lines == 2
