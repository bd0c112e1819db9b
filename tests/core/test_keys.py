"""Which numbers a record can have, and how one is read from what somebody sent."""

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from tsalert.core.keys import LARGEST_ID, read_id


@example(0)
@example(LARGEST_ID)
@example(LARGEST_ID + 1)
@given(st.integers(-5, 2**64))
def test_a_number_is_read_exactly_where_a_record_can_have_it(number: int) -> None:
    assert read_id(str(number)) == (number if 0 < number <= LARGEST_ID else None)


@pytest.mark.parametrize("text", ["", " 7", "+7", "7.0", "1_000", "\u0667", "\u00b2", "9" * 5000])
def test_what_is_written_otherwise_is_no_number_of_a_record(text: str) -> None:
    assert read_id(text) is None
