"""Twilio and Notify are asked what became of texts and calls where their reports never reached us."""

from collections.abc import Callable, Iterator
from datetime import timedelta
from typing import Any
from uuid import UUID, uuid4

import pytest
from flask import Flask
from msgspec.structs import replace
from sqlalchemy import select, update
from sqlalchemy.orm import Session

from tests.conftest import NOW
from tests.hygiene.conftest import delivery_of, enlist, send, state
from tests.inbound.conftest import PUBLIC
from tests.plans import asking as watching
from tests.plans import plans
from tests.standins import notify as at_notify
from tests.standins import twilio as at_twilio
from tests.standins.notify import API_KEY, EMAIL_TEMPLATE, SMS_TEMPLATE, Notify
from tests.standins.twilio import ACCOUNT, TOKEN, Twilio
from tsalert.config import TwilioSettings
from tsalert.db import db
from tsalert.delivery import queries
from tsalert.delivery.models import Delivery
from tsalert.delivery.rules import Channel, Lane
from tsalert.inbound import asking
from tsalert.inbound import service as receipts
from tsalert.inbound.asking import ask_again
from tsalert.inbound.service import take_receipt
from tsalert.installation.service import mark_demo
from tsalert.notify_settings import NotifySettings
from tsalert.providers.notify_sms import NotifySms
from tsalert.providers.twilio_sms import TwilioSms
from tsalert.providers.twilio_voice import TwilioVoice

pytestmark = pytest.mark.db
PHONE, LANDLINE, MAILBOX = "+447700900123", "+442079460123", "pat@example.org"
HOUR, DAY = timedelta(hours=1), timedelta(days=1)
LATER = NOW + 3 * HOUR


@pytest.fixture(autouse=True)
def drama_numbers(session: Session) -> None:
    mark_demo(session)
    session.commit()


@pytest.fixture
def twilio(app: Flask, session: Session, monkeypatch: pytest.MonkeyPatch) -> Iterator[Twilio]:
    """Texts and calls go by Twilio."""
    with at_twilio.running() as service:
        account = TwilioSettings(ACCOUNT, TOKEN, sender="+441632960000", api_url=service.url)
        by = (
            TwilioSms(account, callback_url=f"{PUBLIC}/status", timeout=2),
            TwilioVoice(account, words_url=f"{PUBLIC}/call", callback_url=f"{PUBLIC}/status", timeout=2),
        )
        monkeypatch.setitem(app.extensions, "tsalert_gateways", by)
        yield service


@pytest.fixture
def notify(app: Flask, session: Session, monkeypatch: pytest.MonkeyPatch) -> Iterator[Notify]:
    """Texts go by Notify."""
    with at_notify.running() as service:
        account = NotifySettings(API_KEY, "c" * 40, EMAIL_TEMPLATE, SMS_TEMPLATE, service.url, PHONE)
        chosen = replace(app.extensions["tsalert_settings"], notify=account, public_url=PUBLIC)
        monkeypatch.setitem(app.extensions, "tsalert_settings", chosen)
        monkeypatch.setitem(app.extensions, "tsalert_gateways", (NotifySms(account, public_url=PUBLIC),))
        yield service


def text_to(session: Session, phone: str = PHONE) -> tuple[int, str]:
    """Send a text that is taken; return its number and reference."""
    enlist(f"Pat Example,{MAILBOX},{phone}")
    number = delivery_of(session, send(lane=Lane.URGENT), phone)
    return number, session.get_one(Delivery, number).provider_ref or ""


def status_of(session: Session, number: int) -> str:
    session.rollback()
    return session.get_one(Delivery, number, populate_existing=True).status


def test_a_report_that_was_lost_is_asked_for_once_it_is_hours_late(session: Session, twilio: Twilio) -> None:
    number, reference = text_to(session)
    twilio.fates[reference] = ("delivered", None)
    assert ask_again(LATER - timedelta(seconds=1)) == 0
    assert status_of(session, number) == "accepted"
    assert ask_again(LATER) == 1
    assert status_of(session, number) == "delivered"
    mailing_id = session.get_one(Delivery, number).mailing_id
    counted = queries.progress(db.session(), mailing_id).by_channel["sms"]
    assert {word: count for word, count in counted.items() if count} == {"delivered": 1}
    take_receipt(Channel.SMS, reference, "delivered", now=LATER)
    assert ask_again(LATER + DAY) == 0


@pytest.mark.parametrize(("code", "after"), [(30005, "bounced"), (21610, "opted_out"), (30007, "active")])
def test_what_it_says_of_a_number_counts_as_if_it_had_been_reported(
    session: Session, twilio: Twilio, code: int, after: str
) -> None:
    number, reference = text_to(session)
    twilio.fates[reference] = ("undelivered", code)
    ask_again(LATER)
    assert (status_of(session, number), state(session, PHONE)) == ("undelivered", after)


def test_a_landline_that_was_busy_unheard_is_rung_again(session: Session, twilio: Twilio) -> None:
    number, reference = text_to(session, LANDLINE)
    twilio.fates[reference] = ("busy", None)
    assert ask_again(NOW + HOUR) == 1
    assert (status_of(session, number), session.get_one(Delivery, number).rings) == ("pending", 1)


@pytest.mark.parametrize("fate", [("sent", None), None])
def test_what_it_does_not_know_yet_or_any_more_is_asked_again_hours_later_and_given_up_after_days(
    session: Session, twilio: Twilio, fate: tuple[str, None] | None
) -> None:
    number, reference = text_to(session)
    if fate:
        twilio.fates[reference] = fate
    asked = [ask_again(LATER + hours * HOUR) for hours in range(7)]
    assert asked == [1, 0, 0, 0, 0, 0, 1]
    assert (ask_again(NOW + 4 * DAY), ask_again(NOW + 4 * DAY + timedelta(seconds=1))) == (1, 0)
    assert status_of(session, number) == "accepted"


def test_what_cannot_be_taken_in_keeps_nothing_else_waiting(
    session: Session, twilio: Twilio, monkeypatch: pytest.MonkeyPatch
) -> None:
    enlist(f"Pat Example,{MAILBOX},{PHONE}", "Sam Example,sam@example.org,+447700900124")
    mailing_id = send(lane=Lane.URGENT)
    faulty, other = (delivery_of(session, mailing_id, phone) for phone in (PHONE, "+447700900124"))
    references = {each: session.get_one(Delivery, each).provider_ref or "" for each in (faulty, other)}
    twilio.fates |= dict.fromkeys(references.values(), ("delivered", None))

    def fail(channel: Channel, reference: str, *told: Any, **more: Any) -> None:
        if reference == references[faulty]:
            raise KeyError(reference)
        take_receipt(channel, reference, *told, **more)

    monkeypatch.setattr(receipts, "take_receipt", fail)
    with pytest.raises(ExceptionGroup):
        ask_again(LATER)
    assert (status_of(session, faulty), status_of(session, other)) == ("accepted", "delivered")
    assert ask_again(LATER + HOUR) == 0


def test_while_twilio_is_down_nobody_counts_as_asked(session: Session, twilio: Twilio) -> None:
    number, reference = text_to(session)
    twilio.fates[reference], twilio.is_down = ("delivered", None), True
    assert ask_again(LATER) == 0
    twilio.is_down = False
    assert ask_again(LATER) == 1
    assert status_of(session, number) == "delivered"


def test_so_many_are_asked_about_in_one_run_and_the_rest_in_the_next(
    session: Session, twilio: Twilio, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(asking, "_AT_ONCE", 2)
    phones = [f"+44770090012{number}" for number in range(5)]
    enlist(*(f"Pat Example,p{phone[-1]}@example.org,{phone}" for phone in phones))
    send()
    session.execute(update(Delivery).where(Delivery.channel != "sms").values(status="delivered"))
    session.commit()
    twilio.fates = dict.fromkeys(session.scalars(select(Delivery.provider_ref)), ("delivered", None))
    assert [ask_again(LATER) for _ in range(4)] == [2, 2, 1, 0]


def test_nothing_is_open_while_it_is_asked(session: Session, twilio: Twilio, monkeypatch: pytest.MonkeyPatch) -> None:
    text_to(session)
    open_ones: list[bool] = []
    heard: Callable[..., object] = asking._heard

    def watch(*told: object) -> object:
        open_ones.append(db.session().in_transaction())
        return heard(*told)

    monkeypatch.setattr(asking, "_heard", watch)
    ask_again(LATER)
    assert open_ones == [False, False]


@pytest.mark.parametrize(
    ("word", "status", "after"),
    [
        ("delivered", "delivered", "active"),
        ("permanent-failure", "undelivered", "bounced"),
        ("technical-failure", "failed", "active"),
        ("sending", "accepted", "active"),
    ],
)
def test_notify_is_asked_likewise(session: Session, notify: Notify, word: str, status: str, after: str) -> None:
    number, _ = text_to(session)
    reference = str(uuid4())
    session.get_one(Delivery, number).provider_ref = reference
    session.commit()
    notify.taken.append({"id": reference, "type": "sms", "status": word})
    assert ask_again(LATER) == 1
    assert (status_of(session, number), state(session, PHONE)) == (status, after)


@pytest.mark.parametrize("reference", ["SM" + "1" * 32, str(UUID(int=9))])
def test_what_another_provider_took_or_notify_has_forgotten_stands_as_it_is(
    session: Session, notify: Notify, reference: str
) -> None:
    number, _ = text_to(session)
    session.get_one(Delivery, number).provider_ref = reference
    session.commit()
    assert ask_again(LATER) == 1
    assert status_of(session, number) == "accepted"


def test_the_recorder_is_not_asked(session: Session) -> None:
    text_to(session)
    assert ask_again(LATER) == 0


def test_they_are_found_by_an_index_of_their_own(session: Session, twilio: Twilio) -> None:
    with watching("asked_at") as asked:
        ask_again(NOW)
    assert all("ix_delivery_untold" in plan for plan in plans(session, asked[:1]))
