"""The queue and Twilio together: a limit, a failure and a silence after a text was taken, each told apart."""

from collections.abc import Callable, Iterator
from datetime import timedelta

import pytest
from flask import Flask
from sqlalchemy import select, update
from sqlalchemy.orm import Session

from tests.standins.twilio import ACCOUNT, TOKEN, Twilio, running
from tsalert.config import TwilioSettings
from tsalert.core.clock import utc_now
from tsalert.db import transaction
from tsalert.delivery import doubts
from tsalert.delivery.models import Delivery
from tsalert.delivery.ports import Gateway
from tsalert.delivery.sending import Sender
from tsalert.providers.twilio_sms import TwilioSms

NUMBER, OTHER = "+447700900001", "+447700900002"
MakeSender = Callable[[Gateway], Sender]


@pytest.fixture
def twilio() -> Iterator[Twilio]:
    with running() as twilio:
        yield twilio


@pytest.fixture
def texts(app: Flask, twilio: Twilio, monkeypatch: pytest.MonkeyPatch) -> TwilioSms:
    """Let the service's texts go by Twilio, which is given little time to answer."""
    account = TwilioSettings(ACCOUNT, TOKEN, sender="+441632960000", api_url=twilio.url)
    gateway = TwilioSms(account, callback_url="https://alerts.example.org/webhooks/twilio/status", timeout=0.5)
    monkeypatch.setitem(app.extensions, "tsalert_gateways", (gateway,))
    return gateway


@pytest.fixture
def one(texts: TwilioSms, sender: MakeSender) -> Sender:
    return sender(texts)


@pytest.fixture
def two_texts(people: Callable[..., list[int]], mailing: Callable[..., int]) -> None:
    """Have a text to each of two numbers to send."""
    people(NUMBER, OTHER)
    mailing()


def drain(sender: Sender) -> None:
    while sender.turn():
        pass


def make_all_due() -> None:
    with transaction() as session:
        session.execute(update(Delivery).values(due_at=utc_now() - timedelta(seconds=1)))


def deliveries(session: Session) -> list[tuple[str, str | None]]:
    query = select(Delivery.status, Delivery.provider_ref).order_by(Delivery.id)
    return [(status, reference) for status, reference in session.execute(query)]


@pytest.mark.parametrize("habit", ["status:429", "code:20429"])
def test_a_limit_is_waited_for_as_long_as_twilio_says_and_costs_nobody_their_text(
    session: Session, two_texts: None, one: Sender, twilio: Twilio, habit: str
) -> None:
    twilio.retry_after, twilio.habits[NUMBER] = "90", habit
    began = utc_now()
    drain(one)
    assert [text["to"] for text in twilio.taken] == [OTHER]
    first = session.scalars(select(Delivery).order_by(Delivery.id)).first()
    assert first is not None
    assert (first.status, first.doubts) == ("pending", 0)
    assert first.due_at >= began + timedelta(seconds=90)
    session.rollback()
    twilio.habits.clear()
    make_all_due()
    drain(one)
    assert [text["to"] for text in twilio.taken] == [OTHER, NUMBER]


@pytest.mark.parametrize("habit", ["taken-then-silent", "taken-then-drop"])
def test_a_text_that_was_taken_without_a_word_is_found_at_twilio_and_never_sent_again(
    session: Session, two_texts: None, one: Sender, twilio: Twilio, habit: str
) -> None:
    twilio.habits[NUMBER] = habit
    drain(one)
    one.settle()
    assert [status for status, _ in deliveries(session)] == ["unknown", "accepted"]
    session.rollback()
    twilio.habits.clear()
    doubts.look_up_doubts(utc_now() + timedelta(minutes=5))
    assert deliveries(session) == [("accepted", text["sid"]) for text in twilio.taken]
    session.rollback()
    make_all_due()
    drain(one)
    assert [text["to"] for text in twilio.taken] == [NUMBER, OTHER]


@pytest.mark.parametrize("habit", ["status:500", "silent", "drop"])
def test_a_failure_of_which_nobody_knows_what_it_left_behind_waits_for_an_officer_and_is_not_sent_by_itself(
    session: Session, two_texts: None, one: Sender, twilio: Twilio, habit: str
) -> None:
    twilio.habits[NUMBER] = habit
    drain(one)
    one.settle()
    twilio.habits.clear()
    doubts.look_up_doubts(utc_now() + timedelta(minutes=5))
    make_all_due()
    drain(one)
    assert [status for status, _ in deliveries(session)] == ["unknown", "accepted"]
    assert [text["to"] for text in twilio.taken] == [OTHER]
