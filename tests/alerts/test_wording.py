from datetime import UTC, datetime
from email.message import EmailMessage
from email.policy import SMTP

import pytest
from msgspec.structs import replace

from tsalert.alerts.printed.sheets import newsletter
from tsalert.alerts.rules import Edition
from tsalert.alerts.wording import Letterhead, Notice, Wording, other_editions, word

HEAD = Letterhead(
    "Testshire",
    "https://alerts.example.org",
    "07700 900461",
    "((unsubscribe_link))",
    "((acknowledge_link))",
    "((partner_mark))",
    "Reply STOP to end",
)
NOTICE = Notice(
    "TS-2026-014", "Roofers in Bickley", "They *knock*.", "Say no.", "", datetime(2026, 6, 10, 23, 30, tzinfo=UTC)
)
LINK = "https://alerts.example.org/check/TS-2026-014"


def mail_forms(notice: Notice, head: Letterhead) -> list[str]:
    """Return every edition of a mail, as text and as HTML."""
    ordinary, others = word(notice, head), other_editions(notice, head).values()
    return [ordinary.text, ordinary.html, *(form for mail in others for form in (mail.text, mail.html))]


@pytest.fixture
def wording() -> Wording:
    return word(NOTICE, HEAD)


def test_every_form_says_how_to_check_it(wording: Wording) -> None:
    for form in (wording.text, wording.html, wording.sms):
        assert "Check TS-2026-014 at" in form
        assert LINK in form
        assert "Testshire" in form
    assert wording.subject == "Roofers in Bickley (TS-2026-014)"


def test_mail_says_whose_copy_it_is_and_invites_the_next_reader(wording: Wording) -> None:
    for form in (wording.text, wording.html):
        assert "This is your own copy." in form
        assert "Was this forwarded to you? Get your own at" in form
        assert form.count("((unsubscribe_link))") == 1


def test_mail_says_whom_to_ring_where_there_is_a_number(wording: Wording) -> None:
    for form in (wording.text, wording.html):
        assert "Is it happening to you now? Ring 07700 900461" in form
    silent = word(NOTICE, replace(HEAD, rapid_response_number=""))
    assert "Ring" not in silent.text


@pytest.mark.parametrize("number", ["07700 900461", ""])
def test_every_edition_says_whom_to_ring_in_danger_as_paper_does(number: str) -> None:
    for form in mail_forms(NOTICE, replace(HEAD, rapid_response_number=number)):
        assert form.count("In danger, ring 999.") == 1


def test_the_end_is_a_london_day(wording: Wording) -> None:
    assert "until 11 June 2026" in wording.text


def test_what_ends_at_midnight_does_not_apply_on_the_day_that_begins_then() -> None:
    notice = replace(NOTICE, expires_at=datetime(2026, 6, 11, 23, 0, tzinfo=UTC))
    for form in mail_forms(notice, HEAD):
        assert "until 11 June 2026" in form
    assert "It applies until Thursday 11 June 2026." in newsletter(notice, HEAD)


def test_each_sentence_at_the_end_of_a_partners_copy_stands_on_a_line_of_its_own() -> None:
    below = other_editions(NOTICE, HEAD)[Edition.PARTNER].text.splitlines()
    assert "It applies until 11 June 2026." in below
    assert f"Is it real? Check TS-2026-014 at {LINK}" in below


def test_texts_carry_the_headline_unless_they_have_words_of_their_own(wording: Wording) -> None:
    assert wording.sms == f"Testshire: Roofers in Bickley\nCheck TS-2026-014 at {LINK}\nReply STOP to end"
    own = word(Notice("TS-2026-014", "H", "b", "", "Don\u2019t open", NOTICE.expires_at), HEAD)
    assert own.sms.startswith("Testshire: Don't open\n")


def test_mail_without_advice_has_no_empty_heading() -> None:
    bare = word(Notice("TS-2026-014", "H", "b", "", "", NOTICE.expires_at), HEAD)
    assert "What to do" not in bare.text
    assert "What to do" not in bare.html


def test_markup_typed_into_any_field_comes_out_inert() -> None:
    evil = "<script>alert(1)</script>{{ 7*7 }}"
    made = word(Notice("TS-2026-014", evil, evil, evil, evil, NOTICE.expires_at), HEAD)
    assert "<script" not in made.html
    assert "&lt;script&gt;" in made.html
    for form in (made.text, made.html, made.sms):
        assert "{{ 7*7 }}" in form


@pytest.mark.parametrize("headline", ["Scam \N{POLICE CAR} call", "Prize £5 \u2013 \u201cfree\u201d", "x" * 120])
def test_a_mail_with_any_headline_reads_back_the_same(headline: str) -> None:
    made = word(Notice("TS-2026-014", headline, "b", "", "", NOTICE.expires_at), HEAD)
    message = EmailMessage(policy=SMTP)
    message["Subject"] = made.subject
    message.set_content(made.text)
    message.add_alternative(made.html, subtype="html")
    assert message["Subject"] == made.subject
    assert b"\r\nBcc" not in message.as_bytes()
