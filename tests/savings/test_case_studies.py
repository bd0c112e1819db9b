"""The money of a case study, and the ledger of its case."""

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tsalert.savings.counting.case_studies import quoted_amounts, rounded_from, unledgered


@pytest.mark.parametrize(
    ("text", "amounts"),
    [
        ("They asked for £4,000 in cash.", ["4000"]),
        ("They asked for £4,000.00.", ["4000"]),
        ("a £4k driveway", ["4000"]),
        ("£4K, and then £ 12.50", ["4000", "12.50"]),
        ("saved £2.5m over the years", ["2500000"]),
        ("saved £2.5 million, or 2.5 million pounds", ["2500000", "2500000"]),
        ("he lost 18,640 pounds", ["18640"]),
        ("one pound, 1 pound", ["1"]),
        ("GBP 300 and 300 GBP", ["300", "300"]),
        ("between £4,000-5,000", ["4000", "5000"]),
        ("between £4-5k", ["4000", "5000"]),
        ("between £4,000 and £5,000", ["4000", "5000"]),
        ("£1bn of fraud", ["1000000000"]),
        ("a \N{FULLWIDTH POUND SIGN}700 fine", ["700"]),
        ("£700\N{NO-BREAK SPACE}thousand", ["700000"]),
        ("on 3 May 2022 two men came to 14 houses", []),
        ("£5 men were arrested over", ["5"]),
        ("£3,500.", ["3500"]),
        ("(£3,500)", ["3500"]),
    ],
)
def test_amounts_are_read_however_they_are_written(text: str, amounts: list[str]) -> None:
    assert [quoted.amount for quoted in quoted_amounts(text)] == [Decimal(amount) for amount in amounts]


def test_every_amount_that_the_ledger_lacks_is_named_once_as_it_is_written() -> None:
    text = "Mrs A paid £4,000 of the £18.6k asked. The £18,600 was never paid; £250 came back."
    missing = unledgered(text, {Decimal("4000.00")})
    assert [quoted.written for quoted in missing] == ["£18.6k", "£250"]
    assert [quoted.amount for quoted in missing] == [18600, 250]
    assert unledgered(text, [Decimal(4000), Decimal(18600), Decimal(250)]) == ()


def test_an_amount_whose_commas_make_no_sense_is_never_in_the_ledger() -> None:
    (quoted,) = unledgered("about £4,50", [Decimal(4), Decimal(450), Decimal("4.50")])
    assert (quoted.written, quoted.amount) == ("£4,50", None)


def test_a_total_of_two_lines_is_not_in_the_ledger() -> None:
    assert unledgered("£300 in all", [Decimal(100), Decimal(200)])


@pytest.mark.parametrize(
    ("quoted", "of"), [("18000", "18499.99"), ("19000", "18500"), ("4000", "3950"), ("10000", "9950"), ("4000", None)]
)
def test_an_amount_rounded_for_publication_names_the_one_it_was(quoted: str, of: str | None) -> None:
    amounts = [Decimal(of)] if of else [Decimal(3949)]
    assert rounded_from(Decimal(quoted), amounts) == (Decimal(of) if of else None)


@given(st.decimals(0, 999_999_999, places=2))
def test_any_amount_written_by_the_service_itself_is_read_back(amount: Decimal) -> None:
    text = f"He paid £{amount:,.2f} to a man."
    assert unledgered(text, [amount]) == ()
    (quoted,) = unledgered(text, [])
    assert quoted.amount == amount


@given(st.text(max_size=200))
def test_no_text_breaks_the_reader(text: str) -> None:
    for quoted in quoted_amounts(text):
        assert quoted.written
