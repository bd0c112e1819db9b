"""What in the words of an alert may point to a person."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tsalert.alerts.pointing import find_marks
from tsalert.identifying.facts import Named, People
from tsalert.identifying.vocabulary import Check

NOTHING = People()
CASE = People(names=(Named("Ada Lovelock"), Named("Example Roofing Ltd")), addresses=("4 Example Lane, Bickley",))


def marked(text: str, known: People = NOTHING) -> list[tuple[Check, str]]:
    return [(mark.check, mark.text) for mark in find_marks({"body": text}, known, ours=["020 7946 0123"])]


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("Write to ann.other@example.org today", [(Check.EMAIL, "ann.other@example.org")]),
        ("He rang from 07700 900123.", [(Check.TELEPHONE, "07700 900123")]),
        ("He rang from +44 7700 900123.", [(Check.TELEPHONE, "+44 7700 900123")]),
        ("It was in br1 3uh", [(Check.POSTCODE, "br1 3uh")]),
        ("A white van, LK17 ABC, was seen", [(Check.REGISTRATION, "LK17 ABC")]),
        ("It was at 4 Example Lane yesterday", [(Check.STREET, "4 Example Lane")]),
        ("We spoke to Mrs O'Neill-Smith there", [(Check.NAME, "Mrs O'Neill-Smith")]),
        ("Dr. Jo Bloggs paid", [(Check.NAME, "Dr. Jo Bloggs")]),
        ("He gave the name Jo Bloggs and left", [(Check.NAME, "Jo Bloggs")]),
        ("His name is Jo", [(Check.NAME, "Jo")]),
        (
            "Their victim is called Jo Bloggs, and a man called Sam came",
            [(Check.NAME, "Jo Bloggs"), (Check.NAME, "Sam")],
        ),
        ("A man known as “Jo” calls himself Sam", [(Check.NAME, "Jo"), (Check.NAME, "Sam")]),
    ],
)
def test_what_points_to_somebody_is_marked(text: str, found: list[tuple[Check, str]]) -> None:
    assert marked(text) == found


@pytest.mark.parametrize(
    "text",
    [
        "They ask for £3,500 for 13 visits, on 12 June 2026 between 10:30 and 12:00.",
        "Ring 999, 101 or 159. Citizens Advice: 0808 223 1133. Report Fraud: 0300 123 2040.",
        "Ring us on 020 7946 0123, day and night, or on +44 20 7946 0123.",
        "See TS-2026-006. The road is the A21, near the M25.",
        "Doorstep traders offer roof repairs in Bickley and Clock House.",
        "If they call, ring us. Those who called HMRC back paid. It is called a courier fraud.",
        "They ask for the name of a neighbour, and name a price. Their firm has no name.",
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
    assert [text for _, text in marked(text, CASE)] == [found]


def test_a_firm_of_the_case_does_not_mark_its_trade() -> None:
    assert marked("Men offer roofing for example", CASE) == []


def test_what_stands_in_several_places_is_one_mark() -> None:
    words = {"headline": "Ring 07700 900123", "body": "Again: +44 7700 900123", "sms": "Nothing"}
    (mark,) = find_marks(words, People())
    assert (mark.stands_in, mark.around) == (("headline", "body"), "Ring 07700 900123")


def test_a_name_within_an_address_is_marked_with_it() -> None:
    assert marked("At 4 Example Lane, Bickley", CASE) == [(Check.STREET, "4 Example Lane")]


@given(st.text(), st.text(max_size=40), st.text(max_size=40))
def test_any_text_and_any_name_can_be_looked_through(text: str, name: str, address: str) -> None:
    for mark in find_marks({"body": text}, People(names=(Named(name),), addresses=(address,))):
        assert mark.text in text
