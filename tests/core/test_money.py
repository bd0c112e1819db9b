"""Exact money."""

from decimal import Decimal as D

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tsalert.core.errors import RuleViolation
from tsalert.core.money import format_pounds, parse_pounds, pence, whole_pounds


@pytest.mark.parametrize(
    ("typed", "amount"),
    [("4000", "4000.00"), ("£4,000", "4000.00"), (" 4,000.50 ", "4000.50"), ("0", "0.00"), ("£ 12.5", "12.50")],
)
def test_amounts_are_read_as_people_type_them(typed: str, amount: str) -> None:
    assert parse_pounds(typed) == D(amount)


NO_AMOUNTS = (
    "", "ten", "-1", "1e40",
    "NaN", "Infinity", "0.001", "1000000000", "£", "1.2.3", "1e5", "1_000", "\u0664", "-0", ".",
    "4,50", "1" * 200, "1." + "0" * 40 + "1",
)  # fmt: skip


@pytest.mark.parametrize("typed", NO_AMOUNTS)
def test_what_is_no_amount_is_refused(typed: str) -> None:
    with pytest.raises(RuleViolation):
        parse_pounds(typed)


@pytest.mark.parametrize(
    ("exact", "shown"), [("0.5", "1"), ("0.49", "0"), ("2585.5", "2586"), ("-0.5", "-1"), ("49621.50", "49622")]
)
def test_half_a_pound_is_rounded_away_from_zero(exact: str, shown: str) -> None:
    assert whole_pounds(D(exact)) == D(shown)


def test_a_fraction_of_a_penny_never_reaches_the_database() -> None:
    with pytest.raises(RuleViolation, match="fraction of a penny"):
        pence(D("0.005"))


@pytest.mark.parametrize(
    ("amount", "text"), [("4000", "£4,000"), ("505804.50", "£505,804.50"), ("-12", "-£12"), ("0", "£0")]
)
def test_amounts_are_written_with_pence_only_where_there_are_some(amount: str, text: str) -> None:
    assert format_pounds(D(amount)) == text


@given(st.decimals(0, 999_999_999, places=2))
def test_what_is_written_can_be_read_again(amount: D) -> None:
    assert parse_pounds(format_pounds(amount)) == amount
