"""Two ways of writing one thing come out alike, and nothing that people type breaks it."""

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tsalert.parties import folding

ANYTHING = st.text(max_size=200)
LETTERS = st.text("ABCDEFGHJKLMNPRTUVWXY", min_size=3, max_size=3)


@pytest.mark.parametrize(
    ("typed", "folded"),
    [
        ("Mrs. Ada O\N{RIGHT SINGLE QUOTATION MARK}Brien-Smïth (invented)", "ada obrien smith"),
        ("MR MR X", "x"),
        ("  Łukasz   Żółć ", "lukasz zolc"),
        ("Lord", "lord"),
        ("Mrs", ""),
        ("(Mary)", "mary"),
        ("李小龙", "李小龙"),
        ("Σίσυφος", "σισυφοσ"),
        ("!!! ---", ""),
        ("%_*", ""),
        ("", ""),
    ],
)
def test_a_name_is_folded(typed: str, folded: str) -> None:
    assert folding.fold_name(typed) == folded


@pytest.mark.parametrize(
    ("typed", "folded"),
    [
        ("Premier Roofing & Sons Ltd.", "premier roofing"),
        ("PREMIER ROOFING LIMITED", "premier roofing"),
        ("Smith & Co Limited", "smith"),
        ("Ltd", "ltd"),
    ],
)
def test_a_business_is_known_without_its_legal_form(typed: str, folded: str) -> None:
    assert folding.fold_business(typed) == folded


@given(ANYTHING)
def test_folding_what_is_folded_changes_nothing(text: str) -> None:
    for fold in (folding.fold_name, folding.fold_business, folding.fold_registration):
        assert fold(fold(text)) == fold(text)


@given(ANYTHING)
def test_nothing_that_cannot_be_seen_is_left_in_a_folded_name(text: str) -> None:
    folded = folding.fold_name(text) + folding.fold_business(text)
    assert all(unicodedata.category(character) not in {"Cc", "Cs", "Zl", "Zp"} for character in folded)


@given(st.text(st.characters(max_codepoint=127, exclude_characters="()[]"), max_size=40))
def test_words_without_accents_are_folded_alike_beside_one_with_an_accent_and_alone(text: str) -> None:
    assert folding.fold_words(f"{text} ж") == [*folding.fold_words(text), "ж"]


@given(st.text("abcdefghijklmnopqrstuvwxyz ", min_size=1, max_size=40))
def test_letter_case_and_accents_make_no_difference(name: str) -> None:
    accented = name.upper().replace("E", "É").replace("A", "Ä")
    assert folding.fold_name(accented) == folding.fold_name(name)


@given(LETTERS, st.integers(10, 99), LETTERS)
def test_a_registration_read_wrong_in_look_alikes_stays_the_same(area: str, year: int, rest: str) -> None:
    plate = f"{area[:2]}{year:02} {rest}"
    misread = plate.replace("0", "O").replace("1", "I").replace("5", "S").replace("2", "Z").replace("8", "B")
    assert folding.fold_registration(misread.lower()) == folding.fold_registration(plate)
    assert folding.registrations_in(f"a blue van, {plate}, two men") in ([plate], [])


@pytest.mark.parametrize(
    ("text", "plates"),
    [
        ("Two men, white Transit AB12 CDE, and ab12cde again", ["AB12 CDE"]),
        ("first A123 BCD then ABC 123D", ["A123 BCD", "ABC 123D"]),
        ("LIZ 4567", ["LIZ 4567"]),
        ("AB1O CDE", ["AB1O CDE"]),
        ("white van AB 12 CDE, two men", ["AB 12 CDE"]),
        ("white van AB 12CDE, then CD34 EFG", ["AB 12CDE", "CD34 EFG"]),
        ("ab 12 cde", ["AB 12 CDE"]),
        ("they left it at 12 the van too", []),
        ("BACK IN 10 MIN WITH A VAN", []),
        ("he is 10 cms taller", []),
        ("came from SE10 1AB, then BR1 3UH", []),
        ("bobs old van on the A12 men in it, tel 0207", []),
        ("", []),
    ],
)
def test_registrations_are_found_in_a_description_and_postcodes_are_none(text: str, plates: list[str]) -> None:
    assert folding.registrations_in(text) == plates


def test_a_registration_in_three_groups_is_no_part_of_the_name() -> None:
    assert folding.without_registrations("Apex Roofing, white van AB 12 CDE") == "Apex Roofing, white van"


@given(ANYTHING)
def test_any_description_can_be_read_for_registrations(text: str) -> None:
    for plate in folding.registrations_in(text):
        assert folding.fold_registration(plate).isalnum()
    assert isinstance(folding.without_registrations(text), str)


@pytest.mark.parametrize(
    ("typed", "key"),
    [
        ("020 7946 0123", "+442079460123"),
        ("07700 900123", "07700900123"),
        ("withheld", None),
        ("999", None),
        ("", None),
        (None, None),
    ],
)
def test_a_number_that_cannot_be_dialled_is_found_by_its_digits(typed: str | None, key: str | None) -> None:
    assert folding.phone_key(typed, is_demo=False) == key


ONE = ("1 Example Road", "BR1 3UH")


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        (ONE, ("1 example rd.", "BR1 3UH"), True),
        (ONE, ("1, Example Road, br13uh", None), True),
        (ONE, ("1 Example Road", None), True),
        (("1 Example Road", None), ONE, True),
        (ONE, ("2 Example Road", "BR1 3UH"), False),
        (ONE, ("1 Example Road", "BR2 0AA"), False),
        (("1A Example Road", None), ("1 Example Road", None), False),
        (("Flat 2, 14 Example Road", None), ("14 Example Road, flat 2", None), True),
        (("Rose Cottage, Lane End", "BR1 3UH"), ("rose cottage", "BR1 3UH"), True),
        (("Example Road", None), ("Example Road", None), False),
        ((None, "BR1 3UH"), (None, "BR1 3UH"), False),
        ((None, None), ("", None), False),
    ],
)
def test_a_place_is_known_by_postcode_and_number_else_by_number_and_street(
    one: tuple[str | None, str | None],
    other: tuple[str | None, str | None],
    same: bool,  # noqa: FBT001
) -> None:
    assert (not set(folding.place_keys(*one)).isdisjoint(folding.sought_places(*other))) is same


@given(ANYTHING, st.sampled_from([None, "BR1 3UH"]))
def test_any_place_that_is_kept_is_found_again(address: str, postcode: str | None) -> None:
    keys = folding.place_keys(address, postcode)
    assert not keys or not set(keys).isdisjoint(folding.sought_places(address, postcode))
