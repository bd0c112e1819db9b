"""Who is thought of when a name is typed."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tsalert.parties import likeness
from tsalert.parties.folding import fold_business, fold_name

NAMES = st.text(max_size=120).map(fold_name).filter(bool)
BUSINESSES = st.text(max_size=120).map(fold_business).filter(bool)


def is_found(kept: str, typed: str) -> bool:
    shares = not likeness.person_keys(kept).isdisjoint(likeness.sought_person_keys(typed))
    return shares and likeness.sounds_like(typed, kept)


@pytest.mark.parametrize(
    ("kept", "typed", "found"),
    [
        ("john smith", "jon smyth", True),
        ("john smith", "smith john", True),
        ("john smith", "smith", True),
        ("catherine brindle", "kathryn brindle", True),
        ("mary mossop vale", "mary mossop", True),
        ("margaret pemberton", "m pemberton", True),
        ("m pemberton", "margaret pembertun", True),
        ("william pemberton", "w pemberton", True),
        ("w pemberton", "william pemberton", True),
        ("charles pemberton", "c pemberton", True),
        ("c pemberton", "charles pemberton", True),
        ("margaret j pemberton", "m pemberton", True),
        ("m j pemberton", "margaret pemberton", True),
        ("margaret pemberton", "j pemberton", False),
        ("margaret pemberton", "m pargeter", False),
        ("m", "margaret pemberton", False),
        ("m p", "margaret pemberton", False),
        ("ada brindle", "iris inkpot", False),
        ("john smith", "john brindle", False),
        ("李小龙", "李小龙", True),
    ],
)
def test_a_person_is_found_however_the_name_is_spelt(kept: str, typed: str, found: bool) -> None:  # noqa: FBT001
    assert is_found(kept, typed) is found


@pytest.mark.parametrize(
    ("kept", "typed", "found"),
    [
        ("premier roofing", "two men white van premier roofing services", True),
        ("premier roofing", "premier roofing bromley", True),
        ("premier roofing", "premier paving", False),
        ("white van", "white van roofing", False),
    ],
)
def test_a_business_is_found_by_the_words_that_name_it(kept: str, typed: str, found: bool) -> None:  # noqa: FBT001
    shares = not likeness.business_keys(kept).isdisjoint(likeness.sought_business_keys(typed))
    assert (shares and likeness.reads_like(typed, kept)) is found


@given(NAMES)
def test_everybody_is_found_by_their_own_name(name: str) -> None:
    assert is_found(name, name)


@given(NAMES, NAMES)
def test_likeness_is_the_same_from_either_side(one: str, other: str) -> None:
    assert likeness.sounds_like(one, other) == likeness.sounds_like(other, one)
    assert likeness.reads_like(one, other) == likeness.reads_like(other, one)


@given(NAMES, BUSINESSES)
def test_a_name_of_any_length_has_few_keys(name: str, business: str) -> None:
    assert len(likeness.person_keys(name)) <= 32
    assert len(likeness.business_keys(business)) <= 24
    assert max(map(len, likeness.person_keys(name) | likeness.business_keys(business) | {""})) <= 100
