"""What a call says of its people, and which decisions make them one."""

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.refusals import refused
from tsalert.core.errors import RuleViolation
from tsalert.parties.likeness import business_keys, person_keys
from tsalert.parties.rules import (
    check_review,
    describe_caller,
    describe_trader,
    folded_name,
    groups_of,
    name_keys,
    weigh,
)
from tsalert.parties.vocabulary import IdentifierKind, Likeness, PartyKind

TODAY = date(2026, 6, 10)
PARTIES = st.integers(1, 12)


def test_a_caller_is_a_party_where_a_name_or_a_number_was_given() -> None:
    named = describe_caller(name="Alex Example", phone=None, home=None, is_demo=True)
    rang = describe_caller(name=None, phone="07700 900123", home=None, is_demo=True)
    assert named is not None
    assert named.folded == "alex example"
    assert rang is not None
    assert [(each.kind, each.normal) for each in rang.identifiers] == [(IdentifierKind.PHONE, "+447700900123")]


@pytest.mark.parametrize(("name", "phone"), [(None, None), ("", "withheld"), ("---", None), ("Mrs", ""), (None, "12")])
def test_somebody_who_said_nothing_of_themselves_is_no_party(name: str | None, phone: str | None) -> None:
    assert describe_caller(name=name, phone=phone, home=("1 Example Road", "BR1 3UH"), is_demo=True) is None


def test_a_traders_registrations_become_identifiers_and_the_rest_the_name() -> None:
    trader = describe_trader("Premier Roofing Ltd, white Transit AB12 CDE")
    assert trader is not None
    assert (trader.kind, trader.folded) == (PartyKind.BUSINESS, "premier roofing ltd white transit")
    assert [(each.raw, each.normal) for each in trader.identifiers] == [("AB12 CDE", "A812CDE")]


@pytest.mark.parametrize(
    ("text", "name", "numbers"),
    [
        pytest.param("Bob, tel. 07700 900123", "Bob", ["+447700900123"], id="a-mobile"),
        pytest.param("Bob's, 07700 900123 , AB12 CDE, van", "Bob's, van", ["+447700900123"], id="amid-others"),
        pytest.param("07700 900123 / (020) 7946 0123", None, ["+447700900123", "+442079460123"], id="two-and-no-name"),
        pytest.param("+44 7700 900123, 07700900123", None, ["+447700900123"], id="one-written-twice"),
        pytest.param("Two men, 6 foot 2, wanted £18,640 on 12/06/2026", None, [], id="sums-and-dates-are-none"),
    ],
)
def test_a_traders_telephone_numbers_become_identifiers(text: str, name: str | None, numbers: list[str]) -> None:
    trader = describe_trader(text, is_demo=True)
    assert trader is not None
    assert [each.normal for each in trader.identifiers if each.kind is IdentifierKind.PHONE] == numbers
    if name or numbers:
        assert trader.name == name


def test_a_trader_known_by_the_van_alone_has_no_name() -> None:
    trader = describe_trader("AB12 CDE")
    assert trader is not None
    assert (trader.kind, trader.name) == (PartyKind.UNKNOWN, None)


@pytest.mark.parametrize("text", [None, "", "???", "\u2028"])
def test_a_description_of_nothing_is_no_trader(text: str | None) -> None:
    assert describe_trader(text) is None


@given(st.text(max_size=400))
def test_any_description_can_be_read(text: str) -> None:
    trader = describe_trader(text)
    assert trader is None or trader.folded or trader.identifiers


@given(st.sets(PARTIES), st.lists(st.tuples(PARTIES, PARTIES)))
def test_every_party_is_in_one_group_with_all_that_a_chain_of_decisions_joins(
    parties: set[int], pairs: list[tuple[int, int]]
) -> None:
    everybody = parties | {party for pair in pairs for party in pair}
    groups = groups_of(everybody, pairs)
    assert sorted(party for group in groups for party in group) == sorted(everybody)
    for one, other in pairs:
        assert any({one, other} <= group for group in groups)
    assert groups_of(everybody, [*pairs][::-1]) == groups


@pytest.mark.parametrize(("days", "says"), [(-1, "after today"), (0, "after today"), (367, "within a year")])
def test_a_review_is_after_today_and_within_a_year(days: int, says: str) -> None:
    with refused(RuleViolation, says, field="review_on"):
        check_review(TODAY + timedelta(days=days), today=TODAY)


def test_a_review_may_be_a_year_away() -> None:
    check_review(TODAY + timedelta(days=366), today=TODAY)


def test_a_callers_home_makes_them_known_where_they_are_somebody() -> None:
    found = describe_caller(name="Alex Example", phone="12", home=("1 Example Road", "BR1 3UH"), is_demo=False)
    assert found is not None
    assert (found.kind, found.name) == (PartyKind.PERSON, "Alex Example")
    assert [(each.kind, each.raw) for each in found.identifiers] == [
        (IdentifierKind.ADDRESS, "1 Example Road, BR1 3UH"),
    ]
    by_phone = describe_caller(name="---", phone="07700 900123", home=(None, None), is_demo=True)
    assert by_phone is not None
    assert by_phone.name is None
    assert [(each.kind, each.raw) for each in by_phone.identifiers] == [(IdentifierKind.PHONE, "07700 900123")]


def test_a_trader_of_no_firm_keeps_a_name_that_is_not_too_long() -> None:
    person = describe_trader("Alex " + "Example" * 40)
    assert person is not None
    assert person.name == ("Alex " + "Example" * 40)[:120]
    assert person.kind is PartyKind.UNKNOWN
    online = describe_trader("Premier Roofing Ltd www.roofs-example.co.uk")
    assert online is not None
    assert (online.name, [each.kind for each in online.identifiers]) == (
        "Premier Roofing Ltd",
        [IdentifierKind.WEBSITE],
    )


def test_names_are_compared_as_those_of_their_kind() -> None:
    assert folded_name(PartyKind.PERSON, "Mrs Alex Example") == "alex example"
    assert folded_name(PartyKind.BUSINESS, "Example & Sons") != folded_name(PartyKind.PERSON, "Example & Sons")
    assert folded_name(PartyKind.PERSON, None) == ""
    assert name_keys(PartyKind.PERSON, "alex example") == person_keys("alex example")
    assert name_keys(PartyKind.BUSINESS, "alex example") == business_keys("alex example")


def test_two_reasons_weigh_more_than_one_and_one_told_twice_does_not() -> None:
    phone, name = weigh([Likeness.SAME_PHONE]), weigh([Likeness.SAME_NAME])
    assert phone > name > weigh([]) == 0
    assert weigh([Likeness.SAME_NAME, Likeness.SAME_PHONE, Likeness.SAME_NAME]) == phone + name


def test_groups_come_in_the_order_of_their_first_party() -> None:
    assert groups_of([5, 4, 3, 2, 1], [(5, 3), (4, 2)]) == [frozenset({1}), frozenset({2, 4}), frozenset({3, 5})]
