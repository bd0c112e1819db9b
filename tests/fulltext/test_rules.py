"""How a text becomes words, and what somebody who looks for something means."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tsalert.fulltext.rules import MOST_TERMS, Term, read_terms, words_of


def found(text: str, query: str) -> bool:
    """Tell whether every term of a query stands in a text, as the databases decide it."""
    words = words_of([text]).split()
    return all(
        any(word.startswith(term.word) if term.is_beginning else word in term.spellings for word in words)
        for term in read_terms(query)
    )


@pytest.mark.parametrize(
    ("text", "query"),
    [
        pytest.param("Two roofers came", "ROOFER", id="a-plural-by-its-singular"),
        pytest.param("The gutter leaks", "gutters", id="a-singular-by-its-plural"),
        pytest.param("He rang from 07700 900123.", "+44 7700 900 123", id="a-number-as-it-is-dialled-from-abroad"),
        pytest.param("He rang from (01632) 960-123", "01632960123", id="a-number-without-spaces"),
        pytest.param("He rang from +441632960123", "01632 960123", id="a-number-from-abroad-as-at-home"),
        pytest.param("At 1 Example Road, br1 3uh", "BR13UH", id="a-postcode-without-its-space"),
        pytest.param("At br13uh", "1 example BR1 3UH".removeprefix("1 example "), id="a-postcode-with-its-space"),
        pytest.param("White van AB12 CDE", "ab12cde", id="a-registration"),
        pytest.param("White van AB12 CDE", "ab 12 cde", id="a-registration-as-it-is-dictated"),
        pytest.param("White van AB 12 CDE", "AB12CDE", id="a-registration-that-was-written-as-dictated"),
        pytest.param("see www.roofs-example.co.uk/now", "www.roofs-example.co.uk", id="a-website"),
        pytest.param("write to jo.bloggs@example.org", "jo.bloggs@example.org", id="an-email-address"),
        pytest.param("Mrs Müller-Żółć rang", "muller zolc", id="accents"),
        pytest.param("Mr O'Example paid", "oexample", id="an-apostrophe"),
        pytest.param("(all in cash)", "cash", id="brackets"),
        pytest.param("他说是银行的人", "银行", id="a-script-without-spaces"),
        pytest.param("Он сказал, что из банка", "БАНКА", id="another-alphabet"),
        pytest.param("हिन्दी में बोला", "हिन्दी", id="marks-on-letters"),
        pytest.param("guttering at the back", "gutt*", id="the-beginning-of-a-word"),
        pytest.param('he said "pay now"', '"pay now"', id="quotation-marks"),
        pytest.param("charged £18,640.50 in all", "18640", id="an-amount-without-its-commas"),
        pytest.param("charged 18640 in all", "£18,640", id="an-amount-with-its-commas"),
        pytest.param("in 2021,2022 and 2023", "2022", id="years-that-a-comma-parts"),
        pytest.param("at 22 Cherry Orchard Road", "22 cherry orchard rd", id="a-road-by-its-short-form"),
        pytest.param("at 22 Cherry Orchard Rd.", "cherry orchard road", id="a-short-form-by-its-whole"),
        pytest.param("at 3 Example Gdns", "3 example gardens", id="gardens-by-their-short-form"),
        pytest.param("at 3 Example Crescent", "3 example cres", id="a-short-form-that-looks-like-a-plural"),
        pytest.param("he paid 4000 pounds", "£4,000".replace(",", ""), id="an-amount"),
    ],
)
def test_a_text_is_found_however_it_was_written(text: str, query: str) -> None:
    assert found(text, query)


@pytest.mark.parametrize("query", ["gut*", "roof OR gutter", "driveways", "ro*", "road", "street"])
def test_every_word_must_stand_there(query: str) -> None:
    assert not found("the roof leaks", query)


def test_the_beginning_of_a_word_has_no_other_spelling() -> None:
    assert [term.spellings for term in read_terms("road road*")] == [("road", "rd"), ("road",)]


@pytest.mark.parametrize("query", ["", "   ", "***", '"', "'; --", "()[]{}", "\u202e", "£", "🙂"])
def test_signs_alone_mean_nothing(query: str) -> None:
    assert read_terms(query) == ()


def test_a_star_after_fewer_than_three_letters_is_no_star() -> None:
    assert read_terms("ro* roo*") == (Term("ro"), Term("roo", is_beginning=True))


def test_words_beyond_the_twelfth_are_left_out() -> None:
    assert len(read_terms(" ".join(f"word{number}" for number in range(40)))) == MOST_TERMS


@given(st.text(max_size=200))
def test_whatever_was_written_is_found_by_what_was_written(text: str) -> None:
    words = words_of([text]).split()
    assert all(term.word in words or term.is_beginning for term in read_terms(text.replace("*", " ")))
    assert all("'" not in term.word and '"' not in term.word and "\\" not in term.word for term in read_terms(text))


def test_a_number_is_told_as_it_was_typed_and_not_as_it_is_kept() -> None:
    told = [term.told for term in read_terms("020 7946 0123 AB12 CDE BR1 2BB Gutters gutt*")]
    assert told == ["BR1 2BB", "020 7946 0123", "AB12 CDE", "gutter", "gutt…"]


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("ladies roofs vans", "lady roof van"),
        ("gas glass his", "gas glass his"),
        ("हिन्दीs", "हिन्दीs"),
        ("At BR1 3UH", "at br1 3uh br13uh"),
        ("银行", "银 行"),
        ("ring 01632 960 12", "ring 01632 960 12 163296012"),
        ("ring +44 (0)1632 960123", "ring 44 0 1632 960123 1632960123"),
        ("ring 0044 1632 960123", "ring 0044 1632 960123 1632960123"),
        ("ring 4412 345 678", "ring 4412 345 678 4412345678"),
        ("paid 1,250.50", "paid 1250 50"),
        ("van AB12 CDE", "van ab12 cde a812cde"),
    ],
)
def test_the_words_of_a_text_are_these(text: str, words: str) -> None:
    assert words_of([text]) == words


def test_words_of_several_texts_are_kept_once_each() -> None:
    assert words_of(["roof", None, "", "gutter roofs"]) == "roof gutter"


def test_a_star_may_stand_before_closing_signs_and_holds_for_the_last_word_of_a_piece() -> None:
    assert read_terms('"gutter*"') == (Term("gutter", is_beginning=True),)
    assert read_terms("well-roof*)") == (*read_terms("well-")[:0], Term("well"), Term("roof", is_beginning=True))
