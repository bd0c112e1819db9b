"""Calls through Twilio's own client: what each answer means, and how a call in doubt is found again."""

from collections.abc import Iterator
from datetime import timedelta

import pytest

from tests.conftest import NOW
from tests.providers.log import Log
from tests.standins.twilio import ACCOUNT, TOKEN, Twilio, running
from tsalert.config import TwilioSettings
from tsalert.delivery.ports import Accepted, Answer, InDoubt, Message, Rejected, RetryLater, Unavailable
from tsalert.delivery.rules import Channel, SuppressionReason
from tsalert.providers.twilio_line import TwilioLine
from tsalert.providers.twilio_voice import TwilioVoice

HOOKS = "https://alerts.example.org/webhooks/twilio"
MOBILE, OTHER = "+447700900001", "+447700900002"


@pytest.fixture
def twilio() -> Iterator[Twilio]:
    with running() as twilio:
        twilio.post = say_nothing
        yield twilio


def say_nothing(url: str, form: dict[str, str]) -> tuple[int, str]:
    return 200, "<Response/>"


def gateway(url: str, *, timeout: float = 5) -> TwilioVoice:
    settings = TwilioSettings(ACCOUNT, TOKEN, sender="BromleyTS", api_url=url, voice_sender="+441632960000")
    return TwilioVoice(settings, words_url=f"{HOOKS}/call", callback_url=f"{HOOKS}/status", timeout=timeout)


@pytest.fixture
def line(twilio: Twilio) -> Iterator[TwilioLine]:
    line = gateway(twilio.url).line()
    yield line
    line.close()


def call(number: int, to: str = MOBILE) -> Message:
    return Message(number, 1, Channel.VOICE, to, b"Immediate incident R 62.")


def test_a_call_is_made_from_our_number_and_asks_us_what_to_say(line: TwilioLine, twilio: Twilio) -> None:
    log = Log()
    line.send([call(7)], log)
    (made,) = twilio.calls
    assert log.answers == {7: Accepted(made.sid)}
    assert (made.to, made.sender) == (MOBILE, "+441632960000")
    assert (made.words_url, made.callback) == (f"{HOOKS}/call/7", f"{HOOKS}/status")


@pytest.mark.parametrize(
    ("habit", "expected"),
    [
        ("code:21211", Rejected("21211: refused", SuppressionReason.BOUNCED)),
        ("code:21214", Rejected("21214: refused", SuppressionReason.BOUNCED)),
        ("code:13224", Rejected("13224: refused", SuppressionReason.BOUNCED)),
        ("code:13225", Rejected("13225: refused")),
        ("code:21216", Rejected("21216: refused")),
        ("code:10004", RetryLater("10004: refused")),
        ("status:429", RetryLater("429: trouble")),
        ("status:503", RetryLater("503: trouble")),
        ("status:500", InDoubt("500: trouble")),
        ("drop", InDoubt("Twilio did not answer: ConnectionError")),
        ("taken-then-drop", InDoubt("Twilio did not answer: ConnectionError")),
    ],
)
def test_each_refusal_has_one_meaning(line: TwilioLine, twilio: Twilio, habit: str, expected: Answer) -> None:
    twilio.habits[MOBILE] = habit
    log = Log()
    line.send([call(1), call(2, OTHER)], log)
    assert log.answers[1] == expected
    assert isinstance(log.answers[2], Accepted)


@pytest.mark.parametrize("code", [20003, 21210, 21212, 21215, 13227])
def test_a_fault_of_our_account_stops_every_call_and_blames_nobody(line: TwilioLine, twilio: Twilio, code: int) -> None:
    twilio.habits[MOBILE] = f"code:{code}"
    log = Log()
    with pytest.raises(Unavailable, match="Twilio refuses us"):
        line.send([call(1), call(2, OTHER)], log)
    assert list(log.answers) == [1]


def test_silence_leaves_a_call_in_doubt_and_it_is_not_made_again(twilio: Twilio) -> None:
    twilio.habits[MOBILE] = "taken-then-silent"
    log, line = Log(), gateway(twilio.url, timeout=0.2).line()
    line.send([call(1)], log)
    line.close()
    assert isinstance(log.answers[1], InDoubt)
    assert len(twilio.calls) == 1


def test_a_call_in_doubt_is_found_by_its_two_numbers(line: TwilioLine, twilio: Twilio) -> None:
    line.send([call(1), call(2, OTHER)], Log())
    assert gateway(twilio.url).look_up(call(1), since=NOW - timedelta(minutes=15)) == [twilio.calls[0].sid]
    assert twilio.asked[0]["From"] == "+441632960000"
    assert twilio.asked[0]["StartTime>"].startswith("2026-06-10")


def test_twilio_that_is_down_cannot_be_asked(twilio: Twilio) -> None:
    twilio.is_down = True
    with pytest.raises(Unavailable):
        gateway(twilio.url).look_up(call(1), since=NOW)
