"""What a call says of its people, and which decisions make them one."""

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tsalert.core.errors import RuleViolation
from tsalert.parties.rules import check_review, describe_caller, describe_trader, groups_of
from tsalert.parties.vocabulary import IdentifierKind, PartyKind

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


@pytest.mark.parametrize("days", [-1, 0, 367])
def test_a_review_is_after_today_and_within_a_year(days: int) -> None:
    with pytest.raises(RuleViolation):
        check_review(TODAY + timedelta(days=days), today=TODAY)


def test_a_review_may_be_a_year_away() -> None:
    check_review(TODAY + timedelta(days=366), today=TODAY)
