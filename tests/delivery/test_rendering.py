"""Mail as it leaves, read back by Python's own strict parser."""

from datetime import UTC, datetime
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import default

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tsalert.delivery.rendering import Letterhead, PreparedMail, Reader, prepare, quoted_printable
from tsalert.delivery.rules import Channel, Content, Lane, with_unsubscribe_link

LETTERHEAD = Letterhead(
    "Trading Standards Alert! <alerts@example.org>",
    "https://alerts.example.gov.uk/unsubscribe/",
    "https://alerts.example.gov.uk/passed-on/",
)
AT = datetime(2026, 6, 10, 12, 0, tzinfo=UTC)
TOKEN, OTHER, THIRD = "t" * 32, "m" * 32, "a" * 32
LINK = f"https://alerts.example.gov.uk/unsubscribe/{TOKEN}"
PASSED_ON = f"https://alerts.example.gov.uk/passed-on/{THIRD}"


def render(content: Content, lane: Lane = Lane.BULK) -> tuple[bytes, EmailMessage]:
    said = with_unsubscribe_link(content) if lane is not Lane.TRANSACTIONAL else content
    prepared = PreparedMail(said, lane, LETTERHEAD, written_at=AT)
    whole = prepared.render(Reader("pat@example.org", OTHER, TOKEN, THIRD, "BCDFGHJK"))
    return whole, message_from_bytes(whole, policy=default)


def words(mail: EmailMessage, kind: str) -> str:
    part = mail.get_body((kind,))
    assert part is not None
    return str(part.get_content())


def test_a_mail_has_the_headers_that_mail_providers_ask_for() -> None:
    _, mail = render(Content("Doorstep crime: £5", "Text", html="<p>Text</p>"))
    assert mail.defects == []
    assert mail["Subject"] == "Doorstep crime: £5"
    assert mail["To"] == "pat@example.org"
    assert mail["From"] == "Trading Standards Alert! <alerts@example.org>"
    assert mail["Message-ID"] == f"<{OTHER}@example.org>"
    assert mail["List-Unsubscribe"] == f"<{LINK}>"
    assert mail["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    assert mail["Date"] == "Wed, 10 Jun 2026 12:00:00 +0000"
    assert mail.get_content_type() == "multipart/alternative"


def test_both_parts_hold_the_readers_own_link() -> None:
    _, mail = render(Content("S", "Text", html="<p>Text</p>"))
    assert LINK in words(mail, "plain")
    assert f'href="{LINK}"' in words(mail, "html")


def test_a_confirmation_holds_no_way_to_leave_what_was_not_joined() -> None:
    whole, mail = render(Content("Confirm", "Text"), Lane.TRANSACTIONAL)
    assert mail["List-Unsubscribe"] is None
    assert TOKEN.encode() not in whole


@pytest.mark.parametrize(
    "text",
    ["£ € ½ 👮", ".\n..\n.leading dots", "trailing space \ntab\t\n", "=3D =\nsoft", "x" * 5000, "From me\nFrom: me",
     "long word " * 400, "\n\n\n", "mixed\r\nline\nends", "((unsubscribe_link))" * 9, "ẍ̧" * 300,
     "((acknowledge_link))" * 9, "https://alerts.example.gov.uk/join((partner_mark)) " * 9],
)  # fmt: skip
def test_words_come_out_as_they_went_in(text: str) -> None:
    whole, mail = render(Content("S", text), Lane.TRANSACTIONAL)
    filled = text.replace("((unsubscribe_link))", LINK).replace("((acknowledge_link))", PASSED_ON)
    filled = filled.replace("((partner_mark))", "?partner=BCDFGHJK")
    expected = filled.replace("\r\n", "\n").rstrip() + "\n"
    assert str(mail.get_content()).replace("\r\n", "\n") == expected
    assert max(len(line) for line in whole.split(b"\r\n")) <= 100
    assert b"\n" not in whole.replace(b"\r\n", b"")
    assert whole.isascii()


@given(st.text(st.characters(exclude_categories=("Cs", "Cc"))))
def test_no_line_of_the_body_is_longer_than_mail_allows(text: str) -> None:
    encoded = quoted_printable(text)
    assert all(len(line) <= 76 and not line.startswith(".") for line in encoded.split("\r\n"))


def test_a_subject_with_line_ends_is_refused_by_the_writer_of_mail() -> None:
    with pytest.raises(ValueError, match="linefeed"):
        render(Content("S\r\nBcc: all@example.org", "Text"))


def test_a_text_holds_its_own_link_where_the_words_ask_for_one() -> None:
    prepared = prepare(Content(sms="Stop: ((unsubscribe_link))"), Lane.BULK, Channel.SMS, LETTERHEAD, AT)
    rendered = prepared.render(Reader("+447700900001", OTHER, TOKEN))
    assert rendered.decode() == f"Stop: {LINK}"


def test_a_partner_is_given_a_link_of_its_own_only_where_the_words_ask_for_one() -> None:
    asking = Content("S", "Passed on? ((acknowledge_link))", html='<a href="((acknowledge_link))">Passed on?</a>')
    _, mail = render(asking)
    assert PASSED_ON in words(mail, "plain")
    assert f'href="{PASSED_ON}"' in words(mail, "html")
    prepared = [PreparedMail(content, Lane.BULK, LETTERHEAD, written_at=AT) for content in (asking, Content("S", "T"))]
    assert [each.asks_to_acknowledge for each in prepared] == [True, False]
