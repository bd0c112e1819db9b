"""A caller whom nobody answered is never forgotten: the officer on duty is told, once."""

from collections.abc import Callable
from datetime import datetime, timedelta

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from tests.conftest import NOW
from tests.rota.conftest import give_mobile, put_on_shift
from tests.telephone.conftest import call_in, message_left
from tsalert.core.actors import Actor
from tsalert.db import transaction
from tsalert.delivery.models import Delivery, Endpoint, Mailing
from tsalert.inbound.service import take_message
from tsalert.response import missed, queries, waiting
from tsalert.response.missed import alarm_missed
from tsalert.response.rules import NewCall
from tsalert.response.vocabulary import Disposition, Line
from tsalert.response.waiting import Contact, WaitingCall
from tsalert.rota.vocabulary import Duty
from tsalert.staff.rules import RoleName
from tsalert.telephone import service as telephone
from tsalert.telephone.models import Notice, TelephoneCall
from tsalert.telephone.rules import EventKind

MINUTE = timedelta(minutes=1)


@pytest.fixture
def primary(session: Session, officer: Callable[..., Actor]) -> str:
    """The mobile of the officer on duty."""
    return on_shift(session, officer(), Duty.PRIMARY)


def on_shift(session: Session, actor: Actor, duty: Duty) -> str:
    assert actor.officer_id is not None
    hours = timedelta(hours=6)
    put_on_shift(session, actor.officer_id, duty, NOW - hours, NOW + hours)
    return give_mobile(session, actor.officer_id)


def told(session: Session) -> list[tuple[str, str]]:
    query = (
        select(Endpoint.address, Mailing.sms).select_from(Delivery).join(Endpoint, Endpoint.id == Delivery.endpoint_id)
    )
    query = query.join(Mailing, Mailing.id == Delivery.mailing_id)
    return [(address, words or "") for address, words in session.execute(query.order_by(Delivery.id))]


def test_the_officer_on_duty_is_told_of_a_caller_who_rang_off_once(session: Session, primary: str) -> None:
    call_id = call_in()
    reference = queries.get_call(session, call_id).reference
    assert alarm_missed(NOW) == 1
    words = f"Missed call on the rapid-response number at 13:00, {reference}. Ring back from the calls page."
    assert told(session) == [(primary, words)]
    assert alarm_missed(NOW + MINUTE) == alarm_missed(NOW + timedelta(days=3)) == 0


def test_the_officer_is_told_of_every_other_call_where_one_fails(
    session: Session, primary: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    faulty, other = call_in(), call_in(caller="+447700900124")
    words_for = missed.words_for

    def fail(each: WaitingCall) -> str:
        if each.call.id == faulty:
            raise KeyError(faulty)
        return words_for(each)

    monkeypatch.setattr(missed, "words_for", fail)
    with pytest.raises(ExceptionGroup):
        alarm_missed(NOW)
    assert queries.get_call(session, other).reference in told(session)[0][1]
    monkeypatch.setattr(missed, "words_for", words_for)
    assert alarm_missed(NOW + MINUTE) == 1


def test_a_call_that_is_written_up_before_its_turn_alarms_nobody(
    session: Session, primary: str, officer: Callable[..., Actor], monkeypatch: pytest.MonkeyPatch
) -> None:
    call_id, actor, untold = call_in(), officer(), waiting.untold_calls

    def write_up_meanwhile(asked: Session) -> list[WaitingCall]:
        found = untold(asked)
        waiting.write_up(call_id, NewCall(disposition=Disposition.ADVICE), actor=actor, now=NOW)
        return found

    monkeypatch.setattr(waiting, "untold_calls", write_up_meanwhile)
    assert alarm_missed(NOW) == 0
    assert told(session) == []


def test_a_mail_waits_for_an_officer_and_wakes_nobody(session: Session, primary: str) -> None:
    with transaction() as step:
        waiting.open_waiting(step, Contact(Line.OTHER, None, None, NOW, "Thank you for the alert"), now=NOW)
    assert alarm_missed(NOW + MINUTE) == 0
    assert told(session) == []
    assert waiting.count_waiting(session).total == 1


def test_nothing_of_the_caller_stands_in_what_the_officer_is_told(session: Session, primary: str) -> None:
    call_in(caller="+447700900123")
    take_message("SM1", "+447700900124", "My name is Alex Example, 1 Example Road", now=NOW)
    alarm_missed(NOW)
    for _, words in told(session):
        for private in ("900123", "900124", "Alex", "Example"):
            assert private not in words


def test_a_caller_who_cannot_be_rung_back_is_no_call_to_ring_back(session: Session, primary: str) -> None:
    call_in(caller="anonymous")
    alarm_missed(NOW)
    assert "See the calls page" in told(session)[0][1]


def test_a_message_may_wait_five_minutes(session: Session, primary: str) -> None:
    message_left(None)
    assert alarm_missed(NOW + 5 * MINUTE - timedelta(seconds=1)) == 0
    assert alarm_missed(NOW + 5 * MINUTE) == 1
    assert told(session)[0][1].startswith("Voicemail on the rapid-response number")


def test_a_text_rings_nobody_so_the_officer_is_told_at_once(session: Session, primary: str) -> None:
    take_message("SM1", "+447700900124", "There is a man at my door", now=NOW)
    take_message("SM2", "+447700900124", "He wants cash", now=NOW + MINUTE)
    assert alarm_missed(NOW) == 1
    assert told(session)[0][1].startswith("Text message on the rapid-response number")


def test_a_call_that_goes_on_alarms_nobody_until_its_end_will_never_be_told(session: Session, primary: str) -> None:
    call_in(ended=False)
    assert alarm_missed(NOW + 9 * MINUTE) == 0
    assert alarm_missed(NOW + 10 * MINUTE) == 1


@pytest.mark.parametrize("wait", [MINUTE, timedelta(days=1)])
def test_a_call_that_an_officer_took_alarms_nobody(session: Session, primary: str, wait: timedelta) -> None:
    call_in(ended=False)
    row = session.scalars(select(TelephoneCall)).one()
    telephone.note(session, row, EventKind.TAKEN, 0, now=NOW)
    telephone.note(session, row, EventKind.ENDED, 0, now=NOW + MINUTE, word="completed")
    session.commit()
    assert alarm_missed(NOW + wait) == 0


def test_a_call_that_was_written_up_alarms_nobody(
    session: Session, primary: str, officer: Callable[..., Actor]
) -> None:
    call_id, _ = message_left(None)
    waiting.write_up(call_id, NewCall(disposition=Disposition.ADVICE), actor=officer(), now=NOW + MINUTE)
    assert alarm_missed(NOW + timedelta(hours=1)) == 0


@pytest.mark.parametrize("duty", [Duty.BACKUP, Duty.MANAGER])
def test_without_an_officer_on_duty_the_next_in_the_chain_is_told(
    session: Session, officer: Callable[..., Actor], duty: Duty
) -> None:
    mobile = on_shift(session, officer(), duty)
    call_in()
    alarm_missed(NOW)
    assert [address for address, _ in told(session)] == [mobile]


def test_with_nobody_on_duty_every_manager_is_told(session: Session, officer: Callable[..., Actor]) -> None:
    managers = [officer(RoleName.MANAGER, name=f"Manager {number}") for number in range(2)]
    mobiles = [give_mobile(session, each.officer_id) for each in managers if each.officer_id]
    call_in()
    alarm_missed(NOW)
    assert sorted(address for address, _ in told(session)) == sorted(mobiles)


def test_with_nobody_to_tell_the_call_still_counts_as_missed(session: Session) -> None:
    call_in()
    assert alarm_missed(NOW) == 1
    assert session.scalars(select(Notice.told)).one() == 0
    assert waiting.count_waiting(session) == waiting.Waiting(1, 1)


def test_a_notice_that_could_not_leave_for_an_hour_never_does(session: Session, primary: str) -> None:
    call_in()
    alarm_missed(NOW)
    not_after: datetime | None = session.scalars(select(Mailing.not_after)).one()
    assert not_after == NOW + timedelta(hours=1)


def test_a_flood_of_texts_does_not_become_a_flood_to_the_officer(session: Session, primary: str) -> None:
    for number in range(25):
        take_message(f"SM{number}", f"+4477009001{number:02}", "Prize!", now=NOW)
    assert alarm_missed(NOW) == 25
    assert len(told(session)) == 20
    assert waiting.count_waiting(session) == waiting.Waiting(25, 25)
    take_message("SM99", "+447700900999", "A man is here", now=NOW + timedelta(hours=1))
    assert alarm_missed(NOW + timedelta(hours=1)) == 1
    assert len(told(session)) == 21
