"""Texts through Twilio's own client: what each answer means, and that doubt is never taken for refusal."""

import ssl
from collections.abc import Callable, Iterator
from datetime import timedelta
from http.server import BaseHTTPRequestHandler

import pytest

from tests.conftest import NOW
from tests.providers.log import Log
from tests.providers.test_smtp_security import certificate
from tests.standins.serving import serving
from tests.standins.twilio import ACCOUNT, TOKEN, Twilio, running
from tsalert.config import TwilioSettings
from tsalert.delivery.ports import Accepted, Answer, InDoubt, Message, Rejected, RetryLater, Unavailable
from tsalert.delivery.rules import Channel, SuppressionReason
from tsalert.providers.twilio_codes import MEANINGS, verdict
from tsalert.providers.twilio_line import TwilioLine
from tsalert.providers.twilio_sms import TwilioSms

__all__ = ["certificate"]
GatewayTo = Callable[..., TwilioSms]


@pytest.fixture
def twilio() -> Iterator[Twilio]:
    with running() as twilio:
        yield twilio


def gateway(url: str, *, token: str = TOKEN, timeout: float = 5, service: str | None = None) -> TwilioSms:
    sender = None if service else "+441632960000"
    settings = TwilioSettings(ACCOUNT, token, messaging_service_sid=service, sender=sender, api_url=url)
    return TwilioSms(settings, callback_url="https://alerts.example.org/webhooks/twilio/status", timeout=timeout)


@pytest.fixture
def line(twilio: Twilio) -> Iterator[TwilioLine]:
    line = gateway(twilio.url).line()
    yield line
    line.close()


def sms(number: int, body: str) -> Message:
    return Message(number, 1, Channel.SMS, "+447700900001", body.encode())


def test_a_text_is_handed_over_with_its_callback(line: TwilioLine, twilio: Twilio) -> None:
    log = Log()
    line.send([sms(1, "Do not open the door £"), sms(2, "Again")], log)
    assert log.answers == {1: Accepted(twilio.taken[0]["sid"]), 2: Accepted(twilio.taken[1]["sid"])}
    first = twilio.taken[0]
    assert (first["to"], first["from"], first["body"]) == ("+447700900001", "+441632960000", "Do not open the door £")
    assert first["callback"] == "https://alerts.example.org/webhooks/twilio/status"


def test_a_messaging_service_takes_the_place_of_a_sender(twilio: Twilio) -> None:
    line = gateway(twilio.url, service="MG" + "1" * 32).line()
    line.send([sms(1, "Words")], Log())
    line.close()
    assert (twilio.taken[0]["from"], twilio.taken[0]["messaging_service_sid"]) == ("", "MG" + "1" * 32)


@pytest.mark.parametrize(
    ("order", "expected"),
    [
        ("code:21610", Rejected("21610: refused", SuppressionReason.OPTED_OUT)),
        ("code:21614", Rejected("21614: refused", SuppressionReason.BOUNCED)),
        ("code:21211", Rejected("21211: refused", SuppressionReason.BOUNCED)),
        ("code:21617", Rejected("21617: refused")),
        ("code:99999", Rejected("99999: refused")),
        ("code:21611", RetryLater("21611: refused", 7.0)),
        ("code:20429", RetryLater("20429: refused", 7.0)),
        ("status:429", RetryLater("429: trouble", 7.0)),
        ("status:503", RetryLater("503: trouble", 7.0)),
        ("status:500", InDoubt("500: trouble")),
        ("status:502", InDoubt("502: trouble")),
        ("page:502", InDoubt("502: Unable to create record")),
        ("page:503", RetryLater("503: Unable to create record", 7.0)),
        ("page:200", InDoubt("what Twilio answered cannot be read")),
    ],
)
def test_each_refusal_has_one_meaning(line: TwilioLine, twilio: Twilio, order: str, expected: Answer) -> None:
    twilio.retry_after = "7"
    log = Log()
    line.send([sms(1, order), sms(2, "Words")], log)
    assert log.answers[1] == expected
    assert isinstance(log.answers[2], Accepted)


def test_a_wait_that_nobody_can_mean_is_an_hour(line: TwilioLine, twilio: Twilio) -> None:
    twilio.retry_after = "1796000000"
    log = Log()
    line.send([sms(1, "status:503")], log)
    assert log.answers == {1: RetryLater("503: trouble", 3600.0)}


@pytest.mark.parametrize("order", ["code:30042", "code:21606", "code:20003", "status:401"])
def test_a_fault_of_our_account_stops_everything_and_blames_nobody(line: TwilioLine, order: str) -> None:
    log = Log()
    with pytest.raises(Unavailable, match="Twilio refuses us"):
        line.send([sms(1, order), sms(2, "Words")], log)
    assert list(log.answers) == [1]
    assert isinstance(log.answers[1], RetryLater)


def test_a_wrong_password_stops_everything(twilio: Twilio) -> None:
    line = gateway(twilio.url, token="wrong" * 7).line()
    with pytest.raises(Unavailable):
        line.send([sms(1, "Words")], Log())
    line.close()


@pytest.mark.parametrize("order", ["drop", "taken-then-drop"])
def test_a_cut_connection_leaves_one_text_in_doubt(line: TwilioLine, order: str) -> None:
    log = Log()
    line.send([sms(1, order), sms(2, "Words")], log)
    assert isinstance(log.answers[1], InDoubt)
    assert isinstance(log.answers[2], Accepted)


def test_silence_leaves_one_text_in_doubt_and_is_not_tried_again(twilio: Twilio) -> None:
    log, line = Log(), gateway(twilio.url, timeout=0.2).line()
    line.send([sms(1, "silent")], log)
    line.close()
    assert isinstance(log.answers[1], InDoubt)


def test_no_server_at_all_is_certainly_not_sent() -> None:
    with running() as gone:
        pass
    log, line = Log(), gateway(gone.url).line()
    with pytest.raises(Unavailable, match="no connection"):
        line.send([sms(1, "Words"), sms(2, "Words")], log)
    line.close()
    assert log.answers == {1: RetryLater("no connection to Twilio", is_outage=True)}


def test_a_server_for_which_nobody_vouches_was_certainly_sent_nothing(
    certificate: ssl.SSLContext,
) -> None:
    log = Log()
    with serving(BaseHTTPRequestHandler, 0, certificate) as url:
        line = gateway(url).line()
        with pytest.raises(Unavailable, match="no connection"):
            line.send([sms(1, "Words"), sms(2, "Words")], log)
        line.close()
    assert log.answers == {1: RetryLater("no connection to Twilio", is_outage=True)}


class _Proxy(BaseHTTPRequestHandler):
    """Lets nobody out by a tunnel; takes what it is handed openly, and breaks off."""

    def do_CONNECT(self) -> None:
        self.send_error(407)

    def do_POST(self) -> None:
        self.rfile.read(int(self.headers["Content-Length"]))
        self.close_connection = True

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - the library's name
        pass


@pytest.mark.parametrize("gone", [None, "http://127.0.0.1:9"], ids=["refuses-us", "is-gone"])
def test_what_a_proxy_did_not_let_out_was_certainly_not_sent(monkeypatch: pytest.MonkeyPatch, gone: str | None) -> None:
    log = Log()
    with serving(_Proxy, 0) as proxy:
        monkeypatch.setenv("HTTPS_PROXY", gone or proxy)
        monkeypatch.setenv("NO_PROXY", "")
        line = gateway("https://api.example.org").line()
        with pytest.raises(Unavailable, match="no connection"):
            line.send([sms(1, "Words"), sms(2, "Words")], log)
        line.close()
    assert log.answers == {1: RetryLater("no connection to Twilio", is_outage=True)}


def test_what_a_proxy_had_in_hand_when_it_broke_off_is_in_doubt(monkeypatch: pytest.MonkeyPatch) -> None:
    log = Log()
    with serving(_Proxy, 0) as proxy:
        monkeypatch.setenv("HTTP_PROXY", proxy)
        monkeypatch.setenv("NO_PROXY", "")
        line = gateway("http://api.example.org").line()
        line.send([sms(1, "Words")], log)
        line.close()
    assert isinstance(log.answers[1], InDoubt)


def test_nothing_is_begun_once_time_is_up(line: TwilioLine, twilio: Twilio) -> None:
    line.send([sms(1, "a"), sms(2, "b"), sms(3, "c")], Log(limit=2))
    assert len(twilio.taken) == 2


def test_a_text_in_doubt_is_found_by_number_and_words(line: TwilioLine, twilio: Twilio) -> None:
    line.send([sms(1, "Words"), sms(2, "Other words")], Log())
    found = gateway(twilio.url).look_up(sms(3, "Words"), since=NOW - timedelta(minutes=15))
    assert found == [twilio.taken[0]["sid"]]
    assert gateway(twilio.url).look_up(sms(3, "Never sent"), since=NOW) == []
    assert twilio.asked[0]["To"] == "+447700900001"
    assert twilio.asked[0]["DateSent>"] == "2026-06-10T11:45:00Z"


def test_twilio_that_cannot_be_asked_is_unavailable() -> None:
    with running() as gone:
        pass
    with pytest.raises(Unavailable):
        gateway(gone.url).look_up(sms(1, "Words"), since=NOW)


@pytest.mark.parametrize("code", sorted(MEANINGS))
def test_every_code_in_the_table_has_an_answer_or_stops_us(code: int) -> None:
    try:
        answer = verdict(400, code, "said")
    except Unavailable:
        return
    assert isinstance(answer, Rejected | RetryLater)
