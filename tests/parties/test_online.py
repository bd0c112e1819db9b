"""Websites, mail addresses and company numbers are known again however they are written."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tsalert.parties.online import account_key, company_key, email_key, online_in, website_key, without_online
from tsalert.parties.rules import describe_trader
from tsalert.parties.vocabulary import IdentifierKind


@pytest.mark.parametrize(
    ("written", "key"),
    [
        pytest.param("https://www.Pretend-Paving.example/prices?x=1", "pretend-paving.example", id="whole-address"),
        pytest.param("pretend-paving.example", "pretend-paving.example", id="bare"),
        pytest.param("facebook.com/PretendPaving/photos", "facebook.com/pretendpaving", id="page-on-a-shared-site"),
        pytest.param("www.straße-bau.example", "strasse-bau.example", id="letters-of-elsewhere"),
        pytest.param("not a site", None, id="words"),
        pytest.param("javascript:alert(1)", None, id="a-script"),
        pytest.param("<b>x.example</b>", None, id="markup"),
        pytest.param("1.2.3.4", None, id="a-number"),
    ],
)
def test_a_website_is_folded_to_what_is_theirs(written: str, key: str | None) -> None:
    assert website_key(written) == key


@pytest.mark.parametrize(
    ("written", "key"),
    [("01234567", "01234567"), ("sc 123456", "SC123456"), ("123456", "00123456"), ("12", None), ("SCX23456", None)],
)
def test_a_company_number_is_written_as_the_register_writes_it(written: str, key: str | None) -> None:
    assert company_key(written) == key


def test_of_an_account_no_more_than_four_digits_are_kept() -> None:
    assert (account_key("****1234"), account_key("12345678"), account_key("12a4")) == ("1234", None, None)
    assert (email_key(" Bob@Paving.Example "), email_key("Bob at paving")) == ("bob@paving.example", None)


def test_a_trader_is_told_by_site_and_mail_besides_the_name_and_the_plate() -> None:
    trader = describe_trader("Pretend Paving, www.pretend-paving.example, bob@paving.example, van ZZ99 ZZZ")
    assert trader is not None
    assert {(each.kind, each.normal) for each in trader.identifiers} == {
        (IdentifierKind.VEHICLE, "2299222"),
        (IdentifierKind.WEBSITE, "pretend-paving.example"),
        (IdentifierKind.EMAIL, "bob@paving.example"),
    }
    assert trader.name is not None
    assert "example" not in trader.name


def test_a_full_stop_without_its_blank_is_no_website() -> None:
    assert online_in("White van on the road.van has ladders. Two men.They left") == []


@given(st.text(max_size=300))
def test_any_text_at_all_can_be_read(text: str) -> None:
    for _, _, key in online_in(text):
        assert key
    assert isinstance(without_online(text), str)
    for read in (website_key, email_key, company_key, account_key):
        assert read(text) is None or read(text)
