"""Addresses and statuses."""

from functools import reduce
from itertools import permutations

import pytest
from email_validator import validate_email
from hypothesis import given
from hypothesis import strategies as st

from tests.refusals import refused
from tsalert.core.errors import RuleViolation
from tsalert.delivery.rules import (
    TWILIO_STATUSES,
    UNSUBSCRIBE_LINK,
    Channel,
    Content,
    Status,
    address_key,
    channels_of,
    check_content,
    mask_address,
    normalise_address,
    normalise_email,
    normalise_phone,
    settle,
    wire_address,
    with_unsubscribe_link,
)

REPORTS = [
    Status.ACCEPTED,
    Status.DELIVERED,
    Status.SOFT_BOUNCED,
    Status.UNDELIVERED,
    Status.FAILED,
    Status.HARD_BOUNCED,
]


@given(st.lists(st.sampled_from(REPORTS), min_size=1, max_size=4))
def test_the_final_status_depends_neither_on_order_nor_on_repeats(reports: list[Status]) -> None:
    once = {reduce(settle, order, Status.ACCEPTED) for order in permutations(reports)}
    again = {reduce(settle, [*order, *order], Status.ACCEPTED) for order in permutations(reports)}
    assert len(once) == 1
    assert again == once


@pytest.mark.parametrize("ended", [Status.CANCELLED, Status.SUPPRESSED, Status.EXPIRED])
@pytest.mark.parametrize("report", list(Status))
def test_what_was_never_started_stays_as_it_is(ended: Status, report: Status) -> None:
    assert settle(ended, report) is ended


def test_every_word_of_twilios_raises_a_pending_delivery() -> None:
    assert {settle(Status.PENDING, status) for status in TWILIO_STATUSES.values()} == set(TWILIO_STATUSES.values())


@pytest.mark.parametrize(
    ("typed", "kept"),
    [
        (" Pat@Example.ORG ", "Pat@example.org"),
        ("pat+alerts@example.co.uk", "pat+alerts@example.co.uk"),
        ("josé@exämple.com", "josé@exämple.com"),
        ("o'neil@example.org", "o'neil@example.org"),
    ],
)
def test_an_email_address_is_kept_in_one_form(typed: str, kept: str) -> None:
    assert normalise_email(typed) == kept


@pytest.mark.parametrize(
    "typed",
    ["", "pat", "pat@", "@example.org", "pat@example", "a b@example.org", "pat@example.org\nBcc: all@example.org",
     "pat\r@example.org", "pat\0@example.org", "pat@exa\u202emple.org", '"a b"@example.org', "a" * 65 + "@example.org",
     "pat@" + "a" * 250 + ".org", "pat@[127.0.0.1]", "pat@example..org", "\ud800@example.org"],
)  # fmt: skip
def test_what_cannot_be_an_email_address_is_refused(typed: str) -> None:
    with refused(field="email"):
        normalise_email(typed)


@pytest.mark.parametrize(
    ("typed", "channel", "kept"),
    [
        ("07911 123456", Channel.SMS, "+447911123456"),
        ("+44 7911 123456", Channel.SMS, "+447911123456"),
        ("0044 (0)7911-123456", Channel.SMS, "+447911123456"),
        ("020 8461 7777", Channel.VOICE, "+442084617777"),
        ("0344 123 4567", Channel.VOICE, "+443441234567"),
    ],
)
def test_a_british_number_is_texted_or_called(typed: str, channel: Channel, kept: str) -> None:
    assert normalise_phone(typed, allow_drama=False) == (channel, kept)


@pytest.mark.parametrize(
    "typed",
    ["", "1", "999", "+33 6 12 34 56 78", "0909 8790123", "070 1234 5678", "0870 1234567", "020 8461 7777 x5",
     "07911\n123456", "seven", "07911 12345678901234567890", "0" * 10_000],
)  # fmt: skip
def test_a_number_that_is_none_or_foreign_or_dear_is_refused(typed: str) -> None:
    with refused(field="phone"):
        normalise_phone(typed, allow_drama=False)


@pytest.mark.parametrize(
    ("typed", "countries", "kept"),
    [
        ("+353 85 012 3456", {44, 353}, "+353850123456"),
        ("+33 6 12 34 56 78", {44, 353}, None),
        ("+33 6 12 34 56 78", {44, 33}, "+33612345678"),
        ("+33 1 42 68 53 00", {44, 33}, None),
        ("+1 212 555 2368", {44, 1}, "+12125552368"),
        ("07911 123456", {44, 33}, "+447911123456"),
    ],
)
def test_a_mobile_abroad_is_taken_only_from_the_countries_that_get_texts(
    typed: str, countries: set[int], kept: str | None
) -> None:
    if kept is None:
        with refused(RuleViolation, "abroad", field="phone"):
            normalise_phone(typed, allow_drama=False, countries=countries)
    else:
        assert normalise_phone(typed, allow_drama=False, countries=countries) == (Channel.SMS, kept)


@pytest.mark.parametrize(
    ("typed", "channel"),
    [("07700 900461", Channel.SMS), ("020 7946 0123", Channel.VOICE), ("01632 960001", Channel.VOICE)],
)
def test_numbers_kept_for_drama_are_for_demonstrations(typed: str, channel: Channel) -> None:
    assert normalise_phone(typed, allow_drama=True)[0] is channel


def test_a_mobile_kept_for_drama_is_refused_outside_a_demonstration() -> None:
    with refused(field="phone"):
        normalise_phone("07700 900461", allow_drama=False)


def test_a_number_of_the_wrong_kind_is_refused_for_its_channel() -> None:
    assert normalise_address(Channel.SMS, "07911 123456", allow_drama=False) == "+447911123456"
    assert normalise_address(Channel.EMAIL, "a@example.org", allow_drama=False) == "a@example.org"
    with refused(RuleViolation, "a British mobile number", field="phone"):
        normalise_address(Channel.SMS, "020 8461 7777", allow_drama=False)
    with refused(RuleViolation, "a British landline number", field="phone"):
        normalise_address(Channel.VOICE, "07911 123456", allow_drama=False)


def test_an_address_key_tells_channels_and_secrets_apart_and_case_not() -> None:
    key = address_key(Channel.EMAIL, "pat@example.org", "k" * 32)
    assert key == address_key(Channel.EMAIL, "PAT@example.org", "k" * 32)
    assert key != address_key(Channel.EMAIL, "pat@example.org", "l" * 32)
    assert key != address_key(Channel.SMS, "pat@example.org", "k" * 32)
    assert "pat" not in key


@pytest.mark.parametrize(
    ("channel", "address", "shown"),
    [("email", "pat@example.org", "p•••@example.org"), ("sms", "+447700900461", "•••• 0461"), ("email", "", "•••"),
     ("sms", "", "••••")],
)  # fmt: skip
def test_an_address_is_shown_only_to_who_knows_it(channel: str, address: str, shown: str) -> None:
    assert mask_address(channel, address) == shown


def test_an_international_domain_travels_in_ascii() -> None:
    assert wire_address("pat@exämple.com") == "pat@xn--exmple-cua.com"
    assert wire_address("josé@exämple.com") == "josé@xn--exmple-cua.com"
    assert wire_address("pat@example.org") == "pat@example.org"


def test_a_way_to_leave_is_added_only_where_it_lacks() -> None:
    added = with_unsubscribe_link(Content("S", "Text", html="<body>Text</body>"))
    assert added.text.count(UNSUBSCRIBE_LINK) == 1
    assert added.html == f'<body>Text<p><a href="{UNSUBSCRIBE_LINK}">Stop these emails</a></p></body>'
    assert with_unsubscribe_link(added) == added
    assert with_unsubscribe_link(Content(sms="Words")) == Content(sms="Words")


@pytest.mark.parametrize(
    ("content", "field"),
    [
        (Content("Subject\r\nBcc: all@example.org", "Text"), "subject"),
        (Content("Subject\x7f", "Text"), "subject"),
        (Content("Subject", "Text\0"), "text"),
        (Content("Subject", "Text", html="<p>\x1b</p>"), "html"),
        (Content(sms="Words\0u"), "sms"),
        (Content(voice="Words\ud800"), "voice"),
    ],
)
def test_words_with_control_characters_are_refused(content: Content, field: str) -> None:
    with refused(field=field):
        check_content(content)


def test_ordinary_words_are_let_through() -> None:
    check_content(Content("Subject £ 👮", "Lines\n\tand tabs\r\n", "<p>\n</p>", "Words", "Words"))


def test_a_mailing_reaches_only_channels_it_has_words_for() -> None:
    assert channels_of(Content("S", "T", sms="W")) == {Channel.EMAIL, Channel.SMS}
    assert channels_of(Content(voice="V")) == {Channel.VOICE}
    assert channels_of(Content("Only a subject")) == frozenset()


PLAIN = r"[A-Za-z0-9_+-]{1,9}(\.[a-z_+-]{1,5}){0,2}@([a-z0-9]{1,9}(-[a-z]{1,3})?\.){1,3}(uk|org)"


@given(st.from_regex(PLAIN, fullmatch=True))
def test_a_plain_email_address_is_read_as_the_whole_grammar_reads_it(text: str) -> None:
    assert normalise_email(text) == validate_email(text, check_deliverability=False, strict=True).normalized
