"""Mail and texts through Notify's own client: what each answer means, and that nobody gets anything twice."""

from collections.abc import Callable, Iterator
from datetime import timedelta
from typing import Any

import pytest
from msgspec.structs import replace

from tests.conftest import NOW
from tests.providers.log import Log
from tests.standins.notify import API_KEY, EMAIL_TEMPLATE, SERVICE, SMS_TEMPLATE, Notify, Template, running
from tsalert.core.clock import utc_now
from tsalert.delivery.ports import Accepted, Answer, InDoubt, Message, Rejected, RetryLater, Unavailable
from tsalert.delivery.rendering import Letterhead, PreparedMail, Reader
from tsalert.delivery.rules import Channel, Content, Lane
from tsalert.notify_settings import NotifySettings
from tsalert.providers.notify_codes import MEANINGS, Meaning, meaning_of
from tsalert.providers.notify_email import NotifyEmail, read_words
from tsalert.providers.notify_line import NotifyLine
from tsalert.providers.notify_sms import NotifySms

PUBLIC = "https://alerts.example.org"
LETTERHEAD = Letterhead("Alerts <alerts@example.org>", f"{PUBLIC}/unsubscribe/", f"{PUBLIC}/passed-on/")
READER = Reader("amal@example.org", "m" * 30, "u" * 30)


@pytest.fixture
def notify() -> Iterator[Notify]:
    with running() as notify:
        yield notify


def account(url: str, **changes: Any) -> NotifySettings:
    settings = NotifySettings(API_KEY, "c" * 40, EMAIL_TEMPLATE, SMS_TEMPLATE, url)
    return replace(settings, **changes)


def texts(url: str, *, timeout: float = 5, **changes: Any) -> NotifySms:
    return NotifySms(account(url, **changes), public_url=PUBLIC, timeout=timeout)


@pytest.fixture
def open_line() -> Iterator[Callable[..., NotifyLine]]:
    lines = []

    def make(gateway: NotifySms | NotifyEmail) -> NotifyLine:
        lines.append(gateway.line())
        return lines[-1]

    yield make
    for line in lines:
        line.close()


@pytest.fixture
def line(notify: Notify, open_line: Callable[..., NotifyLine]) -> NotifyLine:
    return open_line(texts(notify.url))


def sms(number: int, body: str, **changes: Any) -> Message:
    return Message(number, 1, Channel.SMS, "+447700900001", body.encode())._replace(**changes)


def mail(number: int, body: str = "Do not open the door £", *, lane: Lane = Lane.URGENT) -> Message:
    prepared = PreparedMail(
        Content("Rogue traders é", text=f"{body}\n\nStop: ((unsubscribe_link))\n"), lane, LETTERHEAD, written_at=NOW
    )
    return Message(number, 1, Channel.EMAIL, "amal@example.org", prepared.render(READER), lane)


def test_a_text_is_handed_over_under_a_name_of_ours_that_holds_no_address(line: NotifyLine, notify: Notify) -> None:
    log = Log()
    line.send([sms(1, "Do not open the door £"), sms(2, "Again")], log)
    assert log.answers == {1: Accepted(notify.taken[0]["id"]), 2: Accepted(notify.taken[1]["id"])}
    first = notify.taken[0]
    assert (first["phone_number"], first["template_id"]) == ("+447700900001", SMS_TEMPLATE)
    assert first["personalisation"] == {"body": "Do not open the door £"}
    assert first["reference"] == "alerts.example.org/1"


def test_a_mail_gives_its_subject_its_text_and_its_way_to_leave(
    notify: Notify, open_line: Callable[..., NotifyLine]
) -> None:
    log = Log()
    open_line(NotifyEmail(account(notify.url), public_url=PUBLIC)).send([mail(7)], log)
    (taken,) = notify.taken
    leave = f"{PUBLIC}/unsubscribe/{'u' * 30}"
    assert log.answers == {7: Accepted(taken["id"])}
    assert (taken["email_address"], taken["reference"]) == ("amal@example.org", "alerts.example.org/7")
    assert taken["personalisation"] == {
        "subject": "Rogue traders é",
        "body": f"Do not open the door £\n\nStop: {leave}",
    }
    assert taken["one_click_unsubscribe_url"] == leave


def test_a_mail_to_one_person_carries_no_way_to_leave(notify: Notify, open_line: Callable[..., NotifyLine]) -> None:
    open_line(NotifyEmail(account(notify.url), public_url=PUBLIC)).send([mail(7, lane=Lane.TRANSACTIONAL)], Log())
    assert "one_click_unsubscribe_url" not in notify.taken[0]


def test_what_stands_under_a_mail_is_set_off_by_a_line_as_notify_draws_one() -> None:
    content = Content("Subject", text="Is it real -- or not?\n\n--\nTestshire\nUntil noon\n")
    words = read_words(PreparedMail(content, Lane.TRANSACTIONAL, LETTERHEAD, written_at=NOW).render(READER))
    assert words.body == "Is it real -- or not?\n\n---\n\nTestshire\nUntil noon"


def test_a_way_to_leave_that_is_not_safe_is_not_named_to_notify_which_would_refuse_the_mail() -> None:
    letterhead = replace(LETTERHEAD, unsubscribe_url="http://127.0.0.1:8000/unsubscribe/")
    content = Content("Subject", text="Words\n")
    words = read_words(PreparedMail(content, Lane.BULK, letterhead, written_at=NOW).render(READER))
    assert (words.subject, words.body, words.leave_url) == ("Subject", "Words", None)


@pytest.mark.parametrize(
    ("order", "expected"),
    [
        ("error:400:BadRequestError", Rejected("400 BadRequestError: said")),
        ("error:400:ValidationError", Rejected("400 ValidationError: said")),
        ("error:413:Unheard", Rejected("413 Unheard: said")),
        ("error:500:Exception", InDoubt("500 Exception: said")),
        ("page:502", InDoubt("502: Bad Gateway")),
        ("page:504", InDoubt("504: Gateway Timeout")),
        ("page:503", RetryLater("503: Service Unavailable", 7.0)),
        ("page:200", InDoubt("what Notify answered cannot be read")),
    ],
)
def test_each_error_has_one_meaning(line: NotifyLine, notify: Notify, order: str, expected: Answer) -> None:
    notify.retry_after = "7"
    log = Log()
    line.send([sms(1, order), sms(2, "Words")], log)
    assert log.answers[1] == expected
    assert isinstance(log.answers[2], Accepted)


def test_a_wait_that_nobody_can_mean_is_an_hour(line: NotifyLine, notify: Notify) -> None:
    notify.retry_after = "9" * 400
    log = Log()
    line.send([sms(1, "page:503")], log)
    assert log.answers == {1: RetryLater("503: Service Unavailable", 3600.0)}


def test_an_address_that_is_none_is_refused_and_the_next_one_goes_out(line: NotifyLine) -> None:
    log = Log()
    line.send([sms(1, "Words", address="+441632960000"), sms(2, "Words")], log)
    assert log.answers[1] == Rejected("400 ValidationError: phone_number ••• is not valid")
    assert isinstance(log.answers[2], Accepted)


@pytest.mark.parametrize(
    ("order", "words", "after"),
    [
        ("error:403:AuthError", "Notify refuses us: 403", None),
        ("error:403:BadRequestError", "Notify refuses us: 403", None),
        ("error:401:AuthError", "Notify refuses us: 401", None),
        ("error:429:RateLimitError", "Notify takes no more just now: 429 RateLimitError", 5.0),
        ("error:429:TooManyRequestsError", "Notify takes no more just now: 429 TooManyRequestsError", 300.0),
        ("page:429", "Notify takes no more just now: 429", 5.0),
    ],
)
def test_a_fault_of_our_account_and_a_limit_stop_everything_and_blame_nobody(
    line: NotifyLine, order: str, words: str, after: float | None
) -> None:
    log = Log()
    with pytest.raises(Unavailable, match=words) as refusal:
        line.send([sms(1, order), sms(2, "Words")], log)
    assert refusal.value.after == after
    assert log.answers == {1: RetryLater(str(refusal.value), after, is_outage=True)}


def test_a_page_does_not_wait_for_the_day_to_end(line: NotifyLine) -> None:
    log = Log()
    with pytest.raises(Unavailable) as refusal:
        line.send([sms(1, "error:429:TooManyRequestsError", lane=Lane.PAGING)], log)
    assert refusal.value.after is None
    assert log.answers == {1: RetryLater(str(refusal.value), is_outage=True)}


@pytest.mark.parametrize(
    ("template", "fault"),
    [
        (None, "404 NoResultFound"),
        (Template("email", ("body",)), r"must be of kind sms, with \(\(body\)\) and no more"),
        (Template("sms", ()), "must be of kind sms"),
        (Template("sms", ("body", "name")), "must be of kind sms"),
    ],
)
def test_a_template_that_would_say_something_else_sends_nothing(
    line: NotifyLine, notify: Notify, template: Template | None, fault: str
) -> None:
    del notify.templates[SMS_TEMPLATE]
    if template is not None:
        notify.templates[SMS_TEMPLATE] = template
    log = Log()
    with pytest.raises(Unavailable, match=fault):
        line.send([sms(1, "Words")], log)
    assert (log.begun, log.answers, notify.taken) == ([], {}, [])


def test_a_template_that_was_mended_is_looked_at_again_and_a_good_one_only_once(
    line: NotifyLine, notify: Notify
) -> None:
    good = notify.templates.pop(SMS_TEMPLATE)
    with pytest.raises(Unavailable):
        line.send([sms(1, "Words")], Log())
    notify.templates[SMS_TEMPLATE] = good
    line.send([sms(1, "Words")], Log())
    line.send([sms(2, "Words")], Log())
    assert len(notify.asked) == 2


@pytest.mark.parametrize("template", [None, Template("sms", ("body", "name"))], ids=["gone", "with-another-place"])
def test_a_template_that_is_changed_while_we_send_costs_nobody_their_text(
    line: NotifyLine, notify: Notify, template: Template | None
) -> None:
    line.send([sms(1, "Words")], Log())
    good = notify.templates.pop(SMS_TEMPLATE)
    if template is not None:
        notify.templates[SMS_TEMPLATE] = template
    log = Log()
    with pytest.raises(Unavailable, match=r"template|404") as refusal:
        line.send([sms(2, "Words"), sms(3, "Words")], log)
    assert log.answers == {2: RetryLater(str(refusal.value), is_outage=True)}
    notify.templates[SMS_TEMPLATE] = good
    line.send([sms(2, "Words"), sms(3, "Words")], Log())
    assert len(notify.taken) == 3


@pytest.mark.parametrize("key", [f"our_key-{SERVICE}-{'0' * 36}", f"our_key-{'0' * 36}-{API_KEY[-36:]}"])
def test_a_wrong_key_stops_everything(notify: Notify, open_line: Callable[..., NotifyLine], key: str) -> None:
    with pytest.raises(Unavailable, match="403 AuthError"):
        open_line(texts(notify.url, api_key=key)).send([sms(1, "Words")], Log())


@pytest.mark.parametrize("ahead", [-60, 60])
def test_a_clock_that_is_off_stops_everything(line: NotifyLine, notify: Notify, ahead: int) -> None:
    line.send([sms(1, "Words")], Log())
    notify.clock_ahead = ahead
    log = Log()
    with pytest.raises(Unavailable, match="403 AuthError"):
        line.send([sms(2, "Words")], log)
    assert isinstance(log.answers[2], RetryLater)


@pytest.mark.parametrize("order", ["drop", "taken-then-drop", "taken-then-error:500:Exception"])
def test_a_cut_connection_leaves_one_text_in_doubt(line: NotifyLine, order: str) -> None:
    log = Log()
    line.send([sms(1, order), sms(2, "Words")], log)
    assert isinstance(log.answers[1], InDoubt)
    assert isinstance(log.answers[2], Accepted)


def test_silence_leaves_one_text_in_doubt(notify: Notify, open_line: Callable[..., NotifyLine]) -> None:
    log = Log()
    open_line(texts(notify.url, timeout=0.2)).send([sms(1, "silent")], log)
    assert log.answers == {1: InDoubt("Notify did not answer: ReadTimeout")}


def test_no_server_at_all_is_certainly_not_sent(open_line: Callable[..., NotifyLine]) -> None:
    with running() as gone:
        pass
    log = Log()
    with pytest.raises(Unavailable, match="could not be asked: ConnectionError"):
        open_line(texts(gone.url)).send([sms(1, "Words")], log)
    assert (log.begun, log.answers) == ([], {})


def test_a_server_that_went_away_is_certainly_not_sent(open_line: Callable[..., NotifyLine]) -> None:
    with running() as gone:
        line = open_line(texts(gone.url))
        line.send([sms(1, "Words")], Log())
        line.close()
    log = Log()
    with pytest.raises(Unavailable, match="no connection"):
        line.send([sms(2, "Words"), sms(3, "Words")], log)
    assert log.answers == {2: RetryLater("no connection to Notify", is_outage=True)}


def test_nothing_is_begun_once_time_is_up(line: NotifyLine, notify: Notify) -> None:
    line.send([sms(1, "a"), sms(2, "b"), sms(3, "c")], Log(limit=2))
    assert len(notify.taken) == 2


@pytest.mark.parametrize("order", ["taken-then-drop", "drop"])
def test_what_may_have_been_taken_is_looked_for_before_it_is_sent_again(
    line: NotifyLine, notify: Notify, order: str
) -> None:
    line.send([sms(1, order)], Log())
    was_taken = [each["id"] for each in notify.taken]
    log = Log()
    line.send([sms(1, "Words", doubts=1)], log)
    assert len(notify.taken) == 1
    assert log.answers == {1: Accepted(was_taken[0] if was_taken else notify.taken[0]["id"])}


def test_a_message_in_doubt_waits_where_notify_cannot_be_asked(line: NotifyLine, notify: Notify) -> None:
    line.send([sms(1, "taken-then-drop")], Log())
    notify.is_down = True
    log = Log()
    with pytest.raises(Unavailable, match="could not be asked: 503"):
        line.send([sms(1, "Words", doubts=1)], log)
    assert (log.answers, len(notify.taken)) == ({}, 1)


def test_a_text_in_doubt_is_found_by_its_name_alone(line: NotifyLine, notify: Notify) -> None:
    line.send([sms(1, "Words"), sms(2, "Words")], Log())
    gateway, since = texts(notify.url), utc_now() - timedelta(minutes=15)
    assert gateway.look_up(sms(1, "Words"), since=since) == [notify.taken[0]["id"]]
    assert gateway.look_up(sms(3, "Words"), since=since) == []
    assert gateway.look_up(sms(1, "Words"), since=utc_now() + timedelta(minutes=1)) == []
    elsewhere = NotifySms(account(notify.url), public_url="https://test.example.org")
    assert elsewhere.look_up(sms(1, "Words"), since=since) == []


def test_a_mail_in_doubt_is_found_too(notify: Notify, open_line: Callable[..., NotifyLine]) -> None:
    gateway = NotifyEmail(account(notify.url), public_url=PUBLIC)
    open_line(gateway).send([mail(7)], Log())
    assert gateway.look_up(mail(7), since=utc_now() - timedelta(minutes=15)) == [notify.taken[0]["id"]]


@pytest.mark.parametrize(("status", "kind"), sorted(MEANINGS))
def test_an_error_of_the_table_in_other_words_means_no_less(status: int, kind: str) -> None:
    known, other = meaning_of(status, kind), meaning_of(status, "NewError")
    assert other is known or {known, other} <= {Meaning.TOO_FAST, Meaning.SPENT}
