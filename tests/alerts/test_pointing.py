"""What in the words of an alert may point to a person."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tsalert.alerts.pointing import Known, Pointer, find_marks

NOTHING = Known()
CASE = Known(("Ada Lovelock", "Example Roofing Ltd"), ("4 Example Lane, Bickley",))


def marked(text: str, known: Known = NOTHING) -> list[tuple[Pointer, str]]:
    return [(mark.pointer, mark.text) for mark in find_marks({"body": text}, known, ours=["020 7946 0123"])]


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("Write to ann.other@example.org today", [(Pointer.EMAIL, "ann.other@example.org")]),
        ("He rang from 07700 900123.", [(Pointer.PHONE, "07700 900123")]),
        ("He rang from +44 7700 900123.", [(Pointer.PHONE, "+44 7700 900123")]),
        ("It was in br1 3uh", [(Pointer.POSTCODE, "br1 3uh")]),
        ("A white van, LK17 ABC, was seen", [(Pointer.REGISTRATION, "LK17 ABC")]),
        ("It was at 4 Example Lane yesterday", [(Pointer.ADDRESS, "4 Example Lane")]),
        ("We spoke to Mrs O'Neill-Smith there", [(Pointer.PERSON, "Mrs O'Neill-Smith")]),
        ("Dr. Jo Bloggs paid", [(Pointer.PERSON, "Dr. Jo Bloggs")]),
    ],
)
def test_what_points_to_somebody_is_marked(text: str, found: list[tuple[Pointer, str]]) -> None:
    assert marked(text) == found


@pytest.mark.parametrize(
    "text",
    [
        "They ask for £3,500 for 13 visits, on 12 June 2026 between 10:30 and 12:00.",
        "Ring 999, 101 or 159. Citizens Advice: 0808 223 1133. Report Fraud: 0300 123 2040.",
        "Ring us on 020 7946 0123, day and night, or on +44 20 7946 0123.",
        "See TS-2026-006. The road is the A21, near the M25.",
        "Doorstep traders offer roof repairs in Bickley and Clock House.",
        "",
    ],
)
def test_what_points_to_nobody_is_not_marked(text: str) -> None:
    assert marked(text) == []


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("Ada Lovelock paid", "Ada Lovelock"),
        ("ADA LOVELOCK paid", "ADA LOVELOCK"),
        ("We call her Ada", "Ada"),
        ("The lady, Lovelock by name", "Lovelock"),
        ("Men of example roofing ltd", "example roofing ltd"),
        ("Somebody in Example Lane paid", "Example Lane"),
    ],
)
def test_names_and_streets_of_the_case_are_marked(text: str, found: str) -> None:
    assert marked(text, CASE) == [(Pointer.OF_THE_CASE, found)]


def test_a_firm_of_the_case_does_not_mark_its_trade() -> None:
    assert marked("Men offer roofing for example", CASE) == []


def test_what_stands_in_several_places_is_one_mark() -> None:
    words = {"headline": "Ring 07700 900123", "body": "Again: +44 7700 900123", "sms": "Nothing"}
    (mark,) = find_marks(words, Known())
    assert (mark.stands_in, mark.around) == (("headline", "body"), "Ring 07700 900123")


def test_a_name_within_an_address_is_marked_with_it() -> None:
    assert marked("At 4 Example Lane, Bickley", CASE) == [(Pointer.ADDRESS, "4 Example Lane")]


@given(st.text(), st.text(max_size=40), st.text(max_size=40))
def test_any_text_and_any_name_can_be_looked_through(text: str, name: str, address: str) -> None:
    for mark in find_marks({"body": text}, Known((name,) if name else (), (address,) if address else ())):
        assert mark.text in text
