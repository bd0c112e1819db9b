"""Mail that comes back, is reported or answered: only our own token touches an address, and nothing makes it fail."""

import re
from collections.abc import Callable, Sequence
from datetime import timedelta

import pytest
from flask.testing import FlaskClient
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from tests.conftest import NOW
from tests.hygiene.conftest import DAY, delivery_of, drama_numbers, enlist, message_id, send, sent_to_pat, state
from tests.inbound.mail import samples
from tests.inbound.mail.samples import about
from tsalert.core.actors import Actor
from tsalert.delivery.models import Delivery, Endpoint, Suppression
from tsalert.hygiene import service
from tsalert.hygiene.models import AddressReport
from tsalert.inbound.mail.models import InboundMail
from tsalert.inbound.mail.reading import read_mail
from tsalert.inbound.mail.rules import LARGEST, Sort
from tsalert.inbound.mail.service import take_mail
from tsalert.response.models import Call
from tsalert.staff.rules import RoleName
from tsalert.subscribers.models import ConsentEvent, Subscription

__all__ = ["drama_numbers", "sent_to_pat"]
PAT = "pat@example.org"
Sent = Callable[[], int]


def effects(session: Session) -> Sequence[str]:
    return session.scalars(select(AddressReport.effect).order_by(AddressReport.id)).all()


@pytest.mark.parametrize("server", samples.BOUNCES_FOR_GOOD)
def test_mail_to_a_mailbox_that_is_not_there_ends_the_address(session: Session, sent_to_pat: Sent, server: str) -> None:
    mail = about(samples.BOUNCES_FOR_GOOD[server], message_id(sent_to_pat()))
    assert take_mail(mail, now=NOW).sort is Sort.BOUNCE
    assert state(session, PAT) == "bounced"
    assert session.scalars(select(Suppression.reason)).one() == "bounced"
    assert session.scalars(select(Delivery.status)).one() == "hard_bounced"
    assert session.scalars(select(Subscription.ended_reason)).one() == "messages came back"


@pytest.mark.parametrize("why", samples.BOUNCES_FOR_NOW)
def test_mail_that_came_back_for_now_is_counted_and_changes_nothing_else(
    session: Session, sent_to_pat: Sent, why: str
) -> None:
    mail = about(samples.BOUNCES_FOR_NOW[why], message_id(sent_to_pat()))
    assert take_mail(mail, now=NOW).sort is Sort.SOFT_BOUNCE
    assert (state(session, PAT), effects(session)) == ("active", ["counted"])
    assert session.scalars(select(Delivery.status)).one() == "soft_bounced"


def test_three_of_the_last_five_alerts_that_came_back_on_different_days_end_an_address(session: Session) -> None:
    enlist(f"Pat Example,{PAT}")
    came_back = []
    for day in (0, 0, 1, 2):  # two of them on one day count once
        came_back.append(state(session, PAT))
        mailing_id = send(at=NOW + day * DAY)
        mail = about(samples.SENDMAIL_FULL, message_id(delivery_of(session, mailing_id, PAT)))
        take_mail(mail + str(len(came_back)).encode(), now=NOW + day * DAY + timedelta(minutes=1))
    assert came_back == ["active"] * 4
    assert state(session, PAT) == "bounced"
    assert effects(session) == ["counted", "counted", "counted", "ended"]


def test_an_address_that_was_restored_does_not_end_for_what_came_back_before(
    session: Session, officer: Callable[..., Actor]
) -> None:
    enlist(f"Pat Example,{PAT}")
    for day in range(4):
        at = NOW + day * DAY
        mail = about(samples.SENDMAIL_FULL, message_id(delivery_of(session, send(at=at), PAT)))
        take_mail(mail + str(day).encode(), now=at)
        if state(session, PAT) == "bounced":
            latest = session.scalars(select(func.max(AddressReport.id))).one()
            service.restore(latest, actor=officer(RoleName.MANAGER), now=at + DAY / 2)
    assert (state(session, PAT), effects(session)) == ("active", ["counted", "counted", "restored", "counted"])


def test_alerts_that_arrived_since_push_old_failures_out(session: Session) -> None:
    enlist(f"Pat Example,{PAT}")
    for day, came_back in enumerate((True, True, False, False, False, True)):
        mailing_id = send(at=NOW + day * DAY)
        if came_back:
            mail = about(samples.SENDMAIL_FULL, message_id(delivery_of(session, mailing_id, PAT)))
            take_mail(mail + str(day).encode(), now=NOW + day * DAY)
    assert state(session, PAT) == "active"


@pytest.mark.parametrize("complaint", samples.COMPLAINTS, ids=["abuse", "fraud", "opt-out", "Microsoft"])
def test_who_calls_it_spam_hears_nothing_more_and_the_consent_is_taken_back(
    session: Session, sent_to_pat: Sent, complaint: str
) -> None:
    mail = about(complaint, message_id(sent_to_pat()))
    assert take_mail(mail, now=NOW).sort is Sort.COMPLAINT
    assert state(session, PAT) == "complained"
    assert session.scalars(select(Subscription.ended_reason)).one() == "reported as spam"
    act = session.execute(select(ConsentEvent.act, ConsentEvent.method).order_by(ConsentEvent.id.desc())).first()
    assert act == ("withdrawn", "complaint")


def test_a_report_that_it_is_no_spam_changes_nothing(session: Session, sent_to_pat: Sent) -> None:
    mail = about(samples.COMPLAINT.replace("{kind}", "not-spam"), message_id(sent_to_pat()))
    assert take_mail(mail, now=NOW).sort is Sort.AUTO_REPLY
    assert state(session, PAT) == "active"


@pytest.mark.parametrize(
    "sample", [*samples.AUTOMATIC.values(), samples.SUCCESS, samples.POSTFIX_DELAY, samples.CHALLENGE]
)
def test_delays_and_automatic_answers_never_count(session: Session, sent_to_pat: Sent, sample: str) -> None:
    sort = take_mail(about(sample, message_id(sent_to_pat())), now=NOW).sort
    assert sort in {Sort.AUTO_REPLY, Sort.DELAY, Sort.CHALLENGE}
    assert (state(session, PAT), effects(session)) == ("active", [])
    assert session.scalars(select(Call.id)).all() == []


def test_the_same_mail_twice_counts_once_whichever_way_it_came(session: Session, sent_to_pat: Sent) -> None:
    mail = about(samples.POSTFIX, message_id(sent_to_pat()))
    assert take_mail(mail, now=NOW).is_new
    assert not take_mail(b"Received: from elsewhere\nDelivered-To: x\n" + mail, now=NOW + DAY).is_new
    assert session.scalar(select(func.count()).select_from(InboundMail)) == 1
    assert len(effects(session)) == 1


@pytest.mark.parametrize("token", ["A" * 32, "", "pat"])
def test_a_forged_report_touches_nobody(session: Session, sent_to_pat: Sent, token: str) -> None:
    sent_to_pat()
    forged = f"<{token}@alerts.example.org>"
    for number, sample in enumerate((*samples.BOUNCES_FOR_GOOD.values(), *samples.COMPLAINTS)):
        take_mail(about(sample, forged) + str(number).encode(), now=NOW)
    assert (state(session, PAT), effects(session)) == ("active", [])


def test_what_a_person_writes_waits_for_an_officer(session: Session, sent_to_pat: Sent) -> None:
    assert take_mail(about(samples.REPLY, message_id(sent_to_pat())), now=NOW).sort is Sort.MESSAGE
    call = session.scalars(select(Call)).one()
    assert (call.disposition, call.line, call.received_at) == ("waiting", "other", NOW)
    assert call.happening == (
        "Email from pat@example.org: Re: Doorstep crime: café\n\nThis man is at my neighbour's now."
    )
    assert session.scalars(select(InboundMail.call_id)).one() == call.id
    assert session.scalars(select(InboundMail.delivery_id)).one() is not None


@pytest.mark.parametrize(
    ("subject", "answers"),
    [
        ("Re: Texts that ask you to verify your bank account (TS-2026-014)", True),
        ("RE: Emails: confirm your email and lose your savings (TS-2026-015)", True),
        ("Vacation rental scam in Penge", False),
        ("Away from home when they knocked", False),
    ],
)
def test_a_report_whose_subject_sounds_like_a_machines_waits_for_an_officer_too(
    session: Session, sent_to_pat: Sent, subject: str, *, answers: bool
) -> None:
    written = (
        samples.REPLY if answers else samples.REPLY.replace("In-Reply-To: ", "X-A: ").replace("References: ", "X-B: ")
    )
    written = written.replace("=?utf-8?q?Re=3A_Doorstep_crime=3A_caf=C3=A9?=", subject)
    assert take_mail(about(written, message_id(sent_to_pat())), now=NOW).sort is Sort.MESSAGE
    assert "at my neighbour's now" in (session.scalars(select(Call.happening)).one() or "")


def test_a_person_who_writes_through_a_mailing_list_is_a_person(session: Session, sent_to_pat: Sent) -> None:
    through_a_list = "Precedence: list\nList-Id: <watch.example.org>\n" + samples.REPLY
    assert take_mail(about(through_a_list, message_id(sent_to_pat())), now=NOW).sort is Sort.MESSAGE
    assert "at my neighbour's now" in (session.scalars(select(Call.happening)).one() or "")


def test_a_mail_that_waits_beside_the_calls_is_called_an_email(
    session: Session, sent_to_pat: Sent, signed_in: Callable[..., FlaskClient]
) -> None:
    take_mail(about(samples.REPLY, message_id(sent_to_pat())), now=NOW)
    browser, call = signed_in(), session.scalars(select(Call)).one()
    assert re.search(r"<span>Email</span>", browser.get("/calls").text)
    assert re.search(r"Came in\s*</dt>\s*<dd[^>]*>\s*Email\s*</dd>", browser.get(f"/calls/{call.id}/write-up").text)


def test_of_html_only_the_words_are_kept_and_attachments_are_named(session: Session, sent_to_pat: Sent) -> None:
    take_mail(about(samples.HTML_REPLY, message_id(sent_to_pat())), now=NOW)
    happening = session.scalars(select(Call.happening)).one() or ""
    assert "He drives a white van" in happening
    assert "alert(1)" not in happening
    assert happening.endswith("1 attached, not kept.")


def test_a_person_who_writes_without_end_fills_no_queue(session: Session) -> None:
    for number in range(8):
        take_mail(about(samples.REPLY, "<none@example.org>") + f"\n{number}".encode(), now=NOW)
    assert session.scalar(select(func.count()).select_from(Call)) == 5
    assert session.scalar(select(func.count()).select_from(InboundMail)) == 8


def test_a_huge_mail_is_cut_and_kept(session: Session) -> None:
    take_mail(about(samples.REPLY, "<none@example.org>") + b"x" * 3_000_000, now=NOW)
    assert len(session.scalars(select(InboundMail.body)).one()) == 20_000
    assert len(session.scalars(select(Call.happening)).one() or "") <= 4000


@pytest.mark.parametrize("row", ["<a ", "<a a=", "<a/", "<![", "<!--", "<div><p>"])
def test_html_that_is_made_to_be_slow_is_read_at_once(row: str) -> None:
    """Read tag by tag as Python's own reader does, a mail of this size would take hours."""
    head = "From: pat@example.org\nContent-Type: text/html\n\n<p>He drives a white van<br>"
    mail = read_mail((head + row * (LARGEST // len(row))).encode())
    assert mail.sort is Sort.MESSAGE
    assert mail.body.startswith("He drives a white van")


def test_a_header_that_is_made_to_be_slow_is_read_at_once() -> None:
    mail = read_mail(b"From: pat@example.org\nSubject: Van" + b" =?utf-8?q?a" * 80_000 + b"\n\nA white van")
    assert (mail.body, mail.subject[:3]) == ("A white van", "Van")


def test_mails_without_headers_are_told_apart_and_one_of_nothing_calls_nobody(session: Session) -> None:
    taken = [take_mail(raw, now=NOW) for raw in (b"", b"", b"He took my money", b"She took my purse")]
    assert [(each.sort, each.is_new) for each in taken] == [
        (Sort.UNREAD, True), (Sort.UNREAD, False), (Sort.MESSAGE, True), (Sort.MESSAGE, True),
    ]  # fmt: skip
    assert session.scalar(select(func.count()).select_from(Call)) == 2


@pytest.mark.parametrize("type_", ["multipart/mixed", "multipart/alternative; boundary=b1"])
def test_words_in_a_container_without_parts_are_kept(type_: str) -> None:
    mail = read_mail(f"From: pat@example.org\nContent-Type: {type_}\n\nHe drives a white van".encode())
    assert (mail.sort, mail.body, mail.attachments) == (Sort.MESSAGE, "He drives a white van", 0)


@pytest.mark.parametrize("told", ["", "Content-Type: text/plain; charset=us-ascii\n"])
@pytest.mark.parametrize("encoding", ["utf-8", "windows-1252"])
def test_a_pound_sign_from_an_old_program_is_read(told: str, encoding: str) -> None:
    raw = f"From: pat@example.org\n{told}\nHe took £400, “for the roof”".encode(encoding)
    assert read_mail(raw).body == "He took £400, “for the roof”"


_LINES = st.sampled_from([
    *samples.POSTFIX.splitlines(), *samples.EXIM.splitlines(), *samples.COMPLAINT.splitlines(),
    "Content-Type: multipart/mixed; boundary=", "Content-Transfer-Encoding: base64", "Subject: =?utf-8?b?/////?=",
    'Content-Type: text/plain; charset="nonsense"', "From: =?x?q?=00?=", "Content-Type: message/rfc822", "--b1", "",
    "\x00",
])  # fmt: skip
_MAILS = st.one_of(st.binary(max_size=300), st.lists(_LINES, max_size=60).map(lambda lines: "\n".join(lines).encode()))


@settings(max_examples=300)
@given(_MAILS)
def test_no_mail_whatever_makes_reading_fail(raw: bytes) -> None:
    mail = read_mail(raw)
    assert "\x00" not in mail.sender + mail.subject + mail.body + mail.code


def test_mail_that_is_nested_without_end_is_kept_unread() -> None:
    raw = b"".join(b"Content-Type: multipart/mixed; boundary=b%d\n\n--b%d\n" % (n, n) for n in range(5000))
    assert read_mail(raw).sort in {Sort.UNREAD, Sort.MESSAGE}


@settings(max_examples=25, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(_MAILS)
def test_no_mail_without_our_token_ends_an_address(session: Session, raw: bytes) -> None:
    if session.scalar(select(Endpoint.id).where(Endpoint.address == PAT)) is None:
        enlist(f"Pat Example,{PAT}")
        send()
    take_mail(raw, now=NOW)
    assert session.scalars(select(Suppression.id)).all() == []


def test_a_report_whose_words_no_database_keeps_is_taken_in_others(session: Session) -> None:
    head = b"From: postmaster@example.net\r\nContent-Type: multipart/report; boundary=b\r\n\r\n--b\r\n"
    part = b"Content-Type: message/feedback-report\r\n\r\n\r\nFeedback-Type: vi\0rus\r\n--b--\r\n"
    assert take_mail(head + part, now=NOW).is_new
    assert session.scalars(select(InboundMail.code)).one() == "vi\ufffdrus"
