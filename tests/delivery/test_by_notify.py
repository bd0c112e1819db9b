"""The queue and Notify together: what is in doubt is settled by Notify's own word, and nobody gets anything twice."""

from collections.abc import Callable, Iterator
from datetime import timedelta

import pytest
from flask import Flask
from sqlalchemy import select, update
from sqlalchemy.orm import Session

from tests.providers.log import Log
from tests.standins.notify import API_KEY, EMAIL_TEMPLATE, SMS_TEMPLATE, Notify, running
from tsalert.core.clock import utc_now
from tsalert.db import transaction
from tsalert.delivery import doubts
from tsalert.delivery.models import Delivery
from tsalert.delivery.ports import Gateway, Message, RetryLater, Unavailable
from tsalert.delivery.rules import Channel, Content, Lane
from tsalert.delivery.sending import Sender
from tsalert.notify_settings import NotifySettings
from tsalert.providers.notify_email import NotifyEmail
from tsalert.providers.notify_sms import NotifySms
from tsalert.providers.unserved import Unserved

PUBLIC = "https://alerts.example.org"
TAKEN_UNHEARD = Content(subject="Beware", text="taken-then-drop", sms="taken-then-drop")
MakeSender = Callable[[Gateway], Sender]


@pytest.fixture
def notify() -> Iterator[Notify]:
    with running() as notify:
        yield notify


def account(notify: Notify) -> NotifySettings:
    return NotifySettings(API_KEY, "c" * 40, EMAIL_TEMPLATE, SMS_TEMPLATE, notify.url)


@pytest.fixture
def texts(app: Flask, notify: Notify, monkeypatch: pytest.MonkeyPatch) -> NotifySms:
    """Let the service's texts go by Notify."""
    gateway = NotifySms(account(notify), public_url=PUBLIC)
    monkeypatch.setitem(app.extensions, "tsalert_gateways", (gateway,))
    return gateway


def deliveries(session: Session) -> list[tuple[str, str | None]]:
    query = select(Delivery.status, Delivery.provider_ref).order_by(Delivery.id)
    return [(status, reference) for status, reference in session.execute(query)]


def drain(sender: Sender) -> None:
    while sender.turn():
        pass


def make_all_due() -> None:
    with transaction() as session:
        session.execute(update(Delivery).values(due_at=utc_now() - timedelta(seconds=1)))


def test_a_mail_whose_answer_was_lost_is_found_at_notify_and_not_sent_again(
    session: Session, people: Callable[..., list[int]], mailing: Callable[..., int], sender: MakeSender, notify: Notify
) -> None:
    people("a@example.org")
    mailing(content=TAKEN_UNHEARD)
    mails = sender(NotifyEmail(account(notify), public_url=PUBLIC))
    drain(mails)
    assert deliveries(session) == [("pending", None)]
    make_all_due()
    drain(mails)
    assert deliveries(session) == [("accepted", notify.taken[0]["id"])]
    assert len(notify.taken) == 1


def test_a_text_whose_answer_was_lost_is_found_at_notify_and_not_sent_again(
    session: Session,
    people: Callable[..., list[int]],
    mailing: Callable[..., int],
    sender: MakeSender,
    texts: NotifySms,
) -> None:
    people("+447700900001")
    mailing(content=TAKEN_UNHEARD)
    drain(sender(texts))
    assert deliveries(session) == [("unknown", None)]
    doubts.look_up_doubts(utc_now())
    ((status, reference),) = deliveries(session)
    assert (status, len(reference or "")) == ("accepted", 36)


def test_a_limit_of_the_day_leaves_everybody_waiting_and_fails_nobody(
    session: Session,
    people: Callable[..., list[int]],
    mailing: Callable[..., int],
    sender: MakeSender,
    texts: NotifySms,
) -> None:
    people(*(f"+4477009000{number}" for number in range(10, 40)))
    mailing(content=Content(sms="error:429:TooManyRequestsError"))
    by_notify = sender(texts)
    with pytest.raises(Unavailable):
        by_notify.turn()
    by_notify.settle()
    assert [status for status, _ in deliveries(session)] == ["pending"] * 30


def test_where_nothing_makes_calls_none_passes_for_made(
    session: Session, people: Callable[..., list[int]], mailing: Callable[..., int], sender: MakeSender
) -> None:
    people("+442079460001")
    mailing(lane=Lane.URGENT)
    calls = sender(Unserved(Channel.VOICE, "nothing is set up that makes calls"))
    drain(calls)
    assert session.scalars(select(Delivery.error)).one() == "nothing is set up that makes calls"
    assert deliveries(session) == [("pending", None)]
    assert session.scalars(select(Delivery.due_at)).one() > utc_now() + timedelta(minutes=59)


def test_a_channel_that_nothing_serves_never_passes_for_one_that_works_again() -> None:
    nothing = Unserved(Channel.VOICE, "nothing is set up that makes calls")
    question = Message(0, 0, Channel.VOICE, "+442079460001", b"")
    with pytest.raises(Unavailable, match="nothing is set up"):
        nothing.look_up(question, since=utc_now())
    log = Log()
    nothing.line().send([question._replace(lane=Lane.PAGING)], log)
    assert log.answers == {0: RetryLater("nothing is set up that makes calls", is_outage=True)}
