"""Addresses in every form that people type: one form is stored, and nothing is let in that could not be written to."""

import unicodedata
from contextlib import suppress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tsalert.core.errors import RuleViolation
from tsalert.delivery.rules import Channel, address_key, mask_address, normalise_email, normalise_phone, wire_address

# With a plus and a tag of ten it has the 64 characters that may stand before an @.
LOCAL = st.from_regex(r"[A-Za-z0-9_+-]{1,17}(\.[A-Za-z0-9_+-]{1,17}){0,2}", fullmatch=True)
DOMAIN = st.from_regex(r"[a-z0-9]{1,20}(-[a-z0-9]{1,10})?\.(org|com|net|uk|co\.uk|example)", fullmatch=True)
EMAILS = st.builds("{}@{}".format, LOCAL, DOMAIN)
CASES = st.sampled_from([str.upper, str.lower, str.title, str])
SPACES = st.sampled_from(["", " ", "  ", "\t", "\n"])
MOBILE_DIGITS = st.from_regex(r"7700900[0-9]{3}", fullmatch=True)
SECRET = "k" * 40


def accepted(text: str) -> str | None:
    try:
        return normalise_email(text)
    except RuleViolation:
        return None


@given(EMAILS)
def test_a_stored_address_is_read_as_itself(typed: str) -> None:
    stored = normalise_email(typed)
    assert normalise_email(stored) == stored


@given(EMAILS, CASES, SPACES, SPACES)
def test_case_and_spaces_around_make_no_second_reader(typed: str, case: object, before: str, after: str) -> None:
    again = normalise_email(f"{before}{case(typed)}{after}")  # type: ignore[operator]
    keys = {address_key(Channel.EMAIL, each, SECRET) for each in (normalise_email(typed), again)}
    assert len(keys) == 1


@given(LOCAL, st.from_regex(r"[a-z0-9]{1,10}", fullmatch=True), DOMAIN)
def test_a_plus_address_is_an_address_of_its_own(local: str, tag: str, domain: str) -> None:
    plain, tagged = (normalise_email(f"{each}@{domain}") for each in (local, f"{local}+{tag}"))
    assert address_key(Channel.EMAIL, plain, SECRET) != address_key(Channel.EMAIL, tagged, SECRET)


@given(st.text(max_size=400))
def test_whatever_is_typed_is_refused_in_words_or_stored_without_what_breaks_a_header(typed: str) -> None:
    stored = accepted(typed)
    if stored is not None:
        assert not {unicodedata.category(each) for each in stored} & {"Cc", "Cf", "Cs", "Zl", "Zp"}
        assert stored.count("@") == 1
        assert len(stored) <= 320
        assert normalise_email(stored) == stored
        assert wire_address(stored).rpartition("@")[2].isascii()


@given(
    EMAILS, st.sampled_from(["\r\nBcc: x@example.org", "\x00", "\u202e", "\u200b", "\u2028", "\x7f"]), st.integers(1, 5)
)
def test_what_cannot_be_seen_is_refused_within_an_address(typed: str, hidden: str, at: int) -> None:
    place = min(at, len(typed) - 1)
    assert accepted(f"{typed[:place]}{hidden}{typed[place:]}") is None


@pytest.mark.parametrize(
    ("typed", "stored"),
    [
        ("Pat@EXAMPLE.ORG", "Pat@example.org"),
        ("pat@b\u00fccher.example", "pat@b\u00fccher.example"),
        ("pat@xn--bcher-kva.example", "pat@b\u00fccher.example"),
        ("p\u00e4t@example.org", "p\u00e4t@example.org"),
        ("pa\u0308t@example.org", "p\u00e4t@example.org"),
        ("o'neil@example.org", "o'neil@example.org"),
        ("o\u2019neil@example.org", "o'neil@example.org"),
    ],
)
def test_an_internationalised_address_has_one_form(typed: str, stored: str) -> None:
    assert normalise_email(typed) == stored


@pytest.mark.parametrize("local", [64, 65, 250])
def test_a_local_part_has_at_most_64_characters(local: int) -> None:
    typed = f"{'p' * local}@{'e' * 60}.example.org"
    assert (accepted(typed) is None) == (local > 64)


def test_an_address_of_320_characters_is_refused_as_mail_allows_254() -> None:
    assert accepted(f"{'p' * 64}@{'.'.join(['d' * 62] * 4)}.org") is None


@given(
    MOBILE_DIGITS,
    st.sampled_from(["0", "+44", "0044", "+44 (0)", "44"]),
    st.sampled_from([" ", "-", "", ".", "\u00a0"]),
)
def test_a_mobile_has_one_form_however_it_is_written(digits: str, prefix: str, apart: str) -> None:
    typed = f"{prefix}{apart}{digits[:4]}{apart}{digits[4:7]}{apart}{digits[7:]}"
    assert normalise_phone(typed, allow_drama=True) == (Channel.SMS, f"+44{digits}")


@given(MOBILE_DIGITS)
def test_a_number_kept_for_drama_is_let_in_for_demonstrations_alone(digits: str) -> None:
    with pytest.raises(RuleViolation):
        normalise_phone(f"0{digits}", allow_drama=False)


@given(st.text(max_size=60))
def test_whatever_is_typed_for_a_number_is_refused_in_words_or_is_a_british_one(typed: str) -> None:
    number = None
    with suppress(RuleViolation):
        _, number = normalise_phone(typed, allow_drama=False)
    if number is not None:
        assert number.startswith("+44")
        assert number[1:].isdigit()


@pytest.mark.parametrize(
    "typed", ["09011 234567", "0871 234 5678", "118 118", "+1 212 555 0100", "+33 6 12 34 56 78", "999"]
)
def test_numbers_that_cost_extra_or_are_foreign_are_refused(typed: str) -> None:
    with pytest.raises(RuleViolation):
        normalise_phone(typed, allow_drama=False)


@given(EMAILS)
def test_a_masked_address_shows_one_letter_of_the_person(typed: str) -> None:
    local, _, domain = normalise_email(typed).rpartition("@")
    assert mask_address(Channel.EMAIL, f"{local}@{domain}") == f"{local[0]}•••@{domain}"
