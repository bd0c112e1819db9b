"""Fraud that rings up a bill reaches a limit; no caller is ever hung up on."""

from collections.abc import Callable
from datetime import timedelta
from threading import Barrier, Thread

import pytest
from flask import Flask
from msgspec.structs import replace
from sqlalchemy import func, select, update
from sqlalchemy.orm import Session

from tests.inbound.conftest import BACKUP, MANAGER, PRIMARY
from tests.rota.conftest import give_mobile, put_on_shift
from tests.standins.telephone import Exchange, Phone
from tsalert.core.actors import Actor
from tsalert.core.clock import utc_now
from tsalert.db import db
from tsalert.delivery.models import Mailing
from tsalert.inbound import voice
from tsalert.inbound.voice import Ringing
from tsalert.rota.models import Shift
from tsalert.rota.vocabulary import Duty
from tsalert.staff import queries as staff
from tsalert.staff import service as staff_service
from tsalert.staff.rules import RoleName
from tsalert.telephone.models import Notice, Recording, TelephoneEvent
from tsalert.telephone.rules import AskForMessage, EventKind, Reason, Ring

Callers = Callable[..., Exchange]


def texts(session: Session) -> list[str]:
    return [words for words in session.scalars(select(Mailing.sms).order_by(Mailing.id)) if words]


@pytest.fixture
def limited(with_twilio: Callable[..., None], exchange: Callers) -> Callable[..., None]:
    return with_twilio


def test_beyond_the_hours_limit_a_call_goes_to_voicemail_and_managers_are_told_once(
    session: Session, exchange: Callers, limited: Callable[..., None], on_duty: dict[Duty, Actor]
) -> None:
    limited(rings_per_hour=3)
    phones = {PRIMARY: Phone.TAKES}
    callers = [exchange(phones=phones, caller=f"+4477009{number}0123").ring() for number in range(5)]
    assert [caller.was_connected for caller in callers] == [True, True, True, False, False]
    assert [len(caller.rang) for caller in callers] == [1, 1, 1, 0, 0]
    assert all("leave" not in words for caller in callers for words in caller.heard)
    assert len(session.scalars(select(Recording)).all()) == 2
    (told,) = texts(session)
    assert "voicemail" in told
    assert "+44" not in told
    assert session.scalars(select(Notice.told)).one() == 1


def test_a_block_of_numbers_reaches_its_own_limit_and_others_still_get_through(
    session: Session, exchange: Callers, limited: Callable[..., None], on_duty: dict[Duty, Actor]
) -> None:
    limited(rings_per_prefix=2)
    phones = {PRIMARY: Phone.TAKES}
    same = [exchange(phones=phones, caller=f"+447700900{number}").ring() for number in (123, 124, 125)]
    assert [caller.was_connected for caller in same] == [True, True, False]
    assert exchange(phones=phones, caller="+447700901123").ring().was_connected
    assert exchange(phones=phones, caller="anonymous").ring().was_connected
    assert "limit of calls from such a number" in texts(session)[0]


def test_a_limit_reached_while_a_caller_waits_takes_a_message_from_them(
    session: Session, exchange: Callers, limited: Callable[..., None], on_duty: dict[Duty, Actor]
) -> None:
    limited(rings_per_hour=2)
    caller = exchange(phones={PRIMARY: Phone.BUSY, BACKUP: Phone.BUSY, MANAGER: Phone.TAKES}).ring()
    assert (caller.rang, caller.was_connected) == ([PRIMARY, BACKUP], False)
    assert session.scalars(select(Recording)).one()
    asked = select(TelephoneEvent.word).where(TelephoneEvent.kind == EventKind.MESSAGE_ASKED)
    assert session.scalars(asked).one() == Reason.TOO_MANY_IN_ALL


def test_an_hour_later_officers_are_rung_again(
    session: Session, exchange: Callers, limited: Callable[..., None], on_duty: dict[Duty, Actor]
) -> None:
    limited(rings_per_hour=1)
    ringing = Ringing("CA1", "+447700900123", "+441632960000", utc_now())
    now = utc_now()
    assert isinstance(voice.take_ring(ringing, now=now)[0], Ring)
    again = replace(ringing, provider_ref="CA2")
    assert voice.take_ring(again, now=now + timedelta(minutes=59))[0] == AskForMessage(Reason.TOO_MANY_IN_ALL)
    later = replace(ringing, provider_ref="CA3")
    assert isinstance(voice.take_ring(later, now=now + timedelta(minutes=61))[0], Ring)


def test_twelve_callers_at_once_never_slip_past_the_limit(fresh_app: Flask) -> None:
    settings = fresh_app.extensions["tsalert_settings"]
    fresh_app.extensions["tsalert_settings"] = replace(settings, rings_per_hour=5, rings_per_prefix=100)
    fresh_app.config["TSALERT_DEMO"] = True
    with fresh_app.app_context():
        email, now = "duty@example.org", utc_now()
        roles, password = [RoleName.DUTY_OFFICER], "correct horse battery staple"
        staff_service.create_officer(email, name="Dee Example", roles=roles, password=password, now=now)
        officer_id = staff.get_officer(db.session(), email).id
        give_mobile(db.session(), officer_id, PRIMARY)
        hours = timedelta(hours=6)
        put_on_shift(db.session(), officer_id, Duty.PRIMARY, now - hours, now + hours)
    together = Barrier(12)
    answers: list[object] = []

    def ring(number: int) -> None:
        with fresh_app.app_context():
            together.wait()
            ringing = Ringing(f"CA{number}", "+447700900123", "+441632960000", utc_now())
            answers.append(voice.take_ring(ringing, now=utc_now())[0])
            db.session.remove()

    threads = [Thread(target=ring, args=(number,)) for number in range(12)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(answers) == 12
    assert sum(isinstance(answer, Ring) for answer in answers) == 5
    with fresh_app.app_context():
        rang = select(func.count()).select_from(TelephoneEvent).where(TelephoneEvent.kind == EventKind.RANG)
        assert db.session.scalar(rang) == 5


def test_with_nobody_on_duty_the_managers_are_told_once_an_hour(
    session: Session, exchange: Callers, on_duty: dict[Duty, Actor]
) -> None:
    session.execute(update(Shift).values(cancelled_at=utc_now()))
    session.commit()
    callers = [exchange(phones={MANAGER: Phone.TAKES}).ring() for _ in range(3)]
    assert [caller.rang for caller in callers] == [[MANAGER]] * 3
    (told,) = texts(session)
    assert "found nobody on duty" in told
