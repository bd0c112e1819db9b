"""Places of lists: whatever was written is read back, and whatever else is sent is refused in words."""

from base64 import urlsafe_b64encode
from datetime import UTC, date, datetime, timedelta, timezone
from string import ascii_letters, digits
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tsalert.core.cursors import LONGEST, read, values_of, write
from tsalert.core.errors import RuleViolation

KINDS = (bool, int, str, date, datetime)
PLACES = st.tuples(
    st.booleans(),
    st.integers(-(2**63) + 1, 2**63 - 1),
    st.text(st.characters(exclude_characters="\0", exclude_categories=["Cs"]), max_size=40),
    st.dates(),
    st.datetimes(
        timezones=st.sampled_from([UTC, timezone(timedelta(hours=1))]), min_value=datetime.fromisoformat("1900-01-01")
    ),
)


@given(PLACES)
def test_a_place_is_read_back_as_it_was_written_and_fits_into_an_address(place: tuple[Any, ...]) -> None:
    told = write(place)
    assert read(told, KINDS) == place
    assert len(told) <= LONGEST
    assert not set(told) - set(f"{ascii_letters}{digits}-_")


@given(
    st.one_of(st.text(), st.binary().map(lambda raw: raw.decode("latin-1")), PLACES.map(lambda place: write(place[:4])))
)
def test_what_was_not_written_for_such_a_list_is_refused(text: str) -> None:
    with pytest.raises(RuleViolation, match="first page"):
        read(text, KINDS)


@pytest.mark.parametrize(
    ("values", "kind"),
    [
        ([True], int), ([1], bool), (["1"], int), ([2**63], int), (["a\0b"], str), (["\ud800"], str), ([1], str),
        (["2026-01-01"], datetime), (["2026-01-01T00:00:00"], datetime), (["2026-01-01T00:00:00+01:00"], datetime),
        (["2026-13-01"], date), ([5], date), ([None], str),
    ],
)  # fmt: skip
def test_a_value_that_no_row_can_have_is_refused(values: list[Any], kind: type) -> None:
    with pytest.raises(RuleViolation):
        read(write(values), [kind])


def test_a_place_in_many_brackets_is_refused_however_deep_the_program_stands() -> None:
    forged = urlsafe_b64encode(b"[" * (LONGEST * 3 // 4)).decode()

    def beneath(calls: int) -> tuple[Any, ...]:
        return beneath(calls - 1) if calls else read(forged, (int, str))

    for calls in (0, 400):
        with pytest.raises(RuleViolation, match="first page"):
            beneath(calls)


def test_the_number_of_a_row_is_a_place_by_itself() -> None:
    assert values_of(7, (int,)) == (7,)
    with pytest.raises(RuleViolation):
        values_of(7, (str, int))
