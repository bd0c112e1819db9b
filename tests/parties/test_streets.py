"""How near two addresses are that were typed differently."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tsalert.parties.streets import nearness, read_place
from tsalert.parties.vocabulary import Likeness

LIKE, STREET = Likeness.LIKE_ADDRESS, Likeness.SAME_STREET
KEPT = "22 Cherry Orchard Road, Bromley"
TEXT = st.text(max_size=60)


@pytest.mark.parametrize(
    ("typed", "postcode", "kept", "kept_postcode", "near"),
    [
        ("22 Chery Orchard Road", None, KEPT, "BR1 2AB", LIKE),
        ("22 cherry orchrd rd", None, KEPT, "BR1 2AB", LIKE),
        ("22 Cherry Orchard Road", None, KEPT, "BR1 2AB", LIKE),
        ("22 Chery Orchard Road, BR1 2AB", None, KEPT, "BR1 2AB", LIKE),
        ("22 Chery Orchard Road", "BR1 2AB", "22 Cherry Orchard Road BR1 2AB", None, LIKE),
        ("22 Chery Orchard Road", "BR1 2AD", KEPT, "BR1 2AB", STREET),
        ("22 Chery Orchard Road", "BR2 2AB", KEPT, "BR1 2AB", None),
        ("24 Cherry Orchard Road", None, KEPT, None, STREET),
        ("Cherry Orchard Road", None, KEPT, "BR1 2AB", STREET),
        ("Cherry Orchard Rd, Bromley", None, KEPT, None, STREET),
        ("Church Lane", None, "Rose Cottage, Church Lane", None, STREET),
        ("3 Lee Road", None, "3 Leigh Road", None, None),
        ("3 Reigate Road", None, "3 Rygate Road", None, LIKE),
        ("3 High Street", None, "3 High Road", None, None),
        ("3 Church Road", None, "3 Church Lane", None, None),
        ("3 North Street", None, "3 South Street", None, None),
        ("3 Park Street", None, "3 Part Street", None, None),
        ("Bromley", None, "9 Bromley", None, None),
        (None, "BR1 2AB", KEPT, "BR1 2AB", None),
        (None, None, None, None, None),
    ],
)
def test_two_addresses_are_as_near_as_an_officer_would_say(
    typed: str | None, postcode: str | None, kept: str | None, kept_postcode: str | None, near: Likeness | None
) -> None:
    assert nearness(read_place(typed, postcode), read_place(kept, kept_postcode)) is near


@given(TEXT, TEXT)
def test_nearness_is_the_same_from_either_side(one: str, other: str) -> None:
    first, second = read_place(one, None), read_place(other, None)
    assert nearness(first, second) is nearness(second, first)
