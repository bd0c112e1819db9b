"""A quarter stands in addresses in one way alone."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tsalert.core.errors import NotFound
from tsalert.core.periods import quarter
from tsalert.quarterly.addresses import quarter_of_slug, slug_of


@given(st.integers(1950, 2150), st.integers(1, 4))
def test_every_quarter_is_found_again_by_its_address(starting: int, number: int) -> None:
    assert quarter_of_slug(slug_of(quarter(starting, number))) == quarter(starting, number)


def test_the_address_of_a_quarter_is_short() -> None:
    assert slug_of(quarter(2022, 1)) == "2022-23Q1"


@pytest.mark.parametrize("slug", ["", "2022-23 Q1", "2022-23q1", "2022-23", "2022-23Q5", "2022-24Q1", "Q1"])
def test_nothing_else_is_one(slug: str) -> None:
    with pytest.raises(NotFound, match="no such quarter"):
        quarter_of_slug(slug)
