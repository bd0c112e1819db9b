"""Landlines: asked by a call, rung with alerts, and left in peace when somebody there presses 9."""

from collections.abc import Callable, Sequence
from datetime import datetime, timedelta

import pytest
import time_machine
from flask.testing import FlaskClient
from sqlalchemy import select, update
from sqlalchemy.orm import Session
from twilio.request_validator import RequestValidator

from tests.alerts.conftest import new_draft, shown
from tests.conftest import NOW
from tests.inbound.conftest import PUBLIC
from tests.standins import called
from tests.standins.called import TOKEN, Call, Order, Post
from tsalert.alerts import queries as alerts
from tsalert.alerts import service as alerting
from tsalert.alerts.rules import Channel as AlertChannel
from tsalert.alerts.trials import service as trials
from tsalert.core.actors import Actor
from tsalert.core.errors import NotAllowed, RuleViolation
from tsalert.db import Base, db, transaction
from tsalert.delivery import claiming, service
from tsalert.delivery.claiming import Work
from tsalert.delivery.models import Delivery, Endpoint, Mailing, Suppression
from tsalert.delivery.outcomes import record_outcomes
from tsalert.delivery.ports import Accepted, RetryLater
from tsalert.delivery.quiet import day_begins
from tsalert.delivery.retries import outcome
from tsalert.delivery.ringing import RING_AGAIN_AFTER
from tsalert.delivery.rules import Channel, EndpointStatus
from tsalert.installation.service import mark_demo
from tsalert.rota.models import OfficerMobile
from tsalert.staff.rules import RoleName
from tsalert.subscribers import service as subscribers
from tsalert.subscribers.models import ConsentEvent, Subscription
from tsalert.subscribers.rules import KEY_WORDING
from tsalert.subscribers.service import Wish

LANDLINE = "+442079460123"
Ring = Callable[..., list[Call]]


class Exchange:
    """The telephone network as far as it concerns us: it rings whatever a sender hands over."""

    def __init__(self, post: Post) -> None:
        self.post = post
        self.made = 0

    def ring(
        self, habit: str, now: datetime, order: Order = Order.AS_THEY_COME, *, kind: Work = Work.OTHERS
    ) -> list[Call]:
        """Let every call that is due go out, and everybody do the same; returns the calls as they were heard."""
        with transaction() as work:
            claimed = claiming.claim(work, Channel.VOICE, "test", 100, now=now, work=kind)
            sids = {each.id: f"CA{self.made + number:032}" for number, each in enumerate(claimed)}
            accepted = {each.id: outcome(Accepted(sids[each.id]), each.standing, now=now, draw=0.0) for each in claimed}
            record_outcomes(work, Channel.VOICE, "test", accepted, now=now)
        self.made += len(claimed)
        hooks = f"{PUBLIC}/webhooks/twilio"
        calls = []
        for each in claimed:
            call = Call(sids[each.id], each.address, "", f"{hooks}/call/{each.id}", f"{hooks}/status", 0.0)
            call.detects_machines = True
            with time_machine.travel(now, tick=False):
                called.play(call, habit, order, self.post)
            assert call.is_over
            calls.append(call)
        return calls


@pytest.fixture
def exchange(client: FlaskClient, session: Session, with_twilio: Callable[..., None]) -> Exchange:
    """A house with Twilio in which the numbers of drama may be rung."""
    with_twilio()
    mark_demo(session)
    session.commit()

    def post(url: str, form: dict[str, str]) -> tuple[int, str]:
        signature = RequestValidator(TOKEN).compute_signature(url, form)
        answer = client.post(url.removeprefix(PUBLIC), data=form, headers={"X-Twilio-Signature": signature})
        return answer.status_code, answer.text

    return Exchange(post)


@pytest.fixture
def manager(officer: Callable[..., Actor]) -> Actor:
    return officer(RoleName.MANAGER)


@pytest.fixture
def day() -> datetime:
    """An instant at which residents may be rung."""
    return NOW


@pytest.fixture
def send_alert(officer: Callable[..., Actor]) -> Callable[..., int]:
    """Send an alert by call alone; returns it."""
    author, approver = officer(), officer()

    def send(now: datetime, **changes: object) -> int:
        by_voice = {"channels": (AlertChannel.VOICE,), "expires_at": now + timedelta(days=2)}
        alert_id = alerting.write_draft(new_draft(**by_voice | changes), actor=author, now=now)
        alerting.submit(alert_id, actor=author, now=now)
        alerting.approve(alert_id, shown(alert_id), actor=approver, now=now)
        return alert_id

    return send


@pytest.fixture
def member(exchange: Exchange, manager: Actor, day: datetime) -> str:
    """A landline that agreed on the telephone, to an officer."""
    subscribers.add_by_phone(LANDLINE, Wish(), actor=manager, now=day)
    return LANDLINE


def everything(session: Session) -> list[Sequence[object]]:
    return [session.execute(table.select()).all() for table in Base.metadata.sorted_tables]


def state(session: Session) -> tuple[str, bool]:
    """Return the state of the landline, and whether it is never to be rung again."""
    status = session.scalars(select(Endpoint.status).where(Endpoint.address == LANDLINE)).one()
    return status, session.scalar(select(Suppression.id).limit(1)) is not None


def fates(session: Session) -> list[str]:
    return list(session.scalars(select(Delivery.status).order_by(Delivery.id)))


def test_a_landline_joins_by_a_key_hears_an_alert_twice_and_leaves_by_a_key(
    session: Session,
    exchange: Exchange,
    manager: Actor,
    day: datetime,
    send_alert: Callable[..., int],
) -> None:
    subscribers.ask_by_call("020 7946 0123", Wish(("doorstep-crime",), name="Never said"), actor=manager, now=day)
    (question,) = exchange.ring("presses:1", day)
    assert "Somebody asked us to ring this number with scam and doorstep crime alerts." in question.heard[0]
    assert "press 1" in question.heard[0]
    assert "Never said" not in question.heard[0]
    assert question.answers[0].startswith("Thank you.")
    consent = session.scalars(select(ConsentEvent)).one()
    assert (consent.act, consent.method, consent.wording) == ("confirmed", "telephone key", KEY_WORDING)
    assert state(session) == ("active", False)

    send_alert(day)
    (heard,) = exchange.ring("presses:19", day)
    assert heard.heard[0].startswith("This is a call from")
    assert "Roofers in Bickley." in heard.heard[0]
    assert "To hear this again, press 1. To stop these calls, press 9." in heard.heard[0]
    assert heard.answers[0] == heard.heard[0]
    assert heard.answers[-1] == "We will not ring this number with alerts again. Goodbye."
    assert state(session) == ("opted_out", True)
    assert session.scalars(select(Subscription.ended_reason)).all() == ["key on a call"]
    assert fates(session) == ["delivered", "delivered"]

    with pytest.raises(RuleViolation, match="Nobody would get this alert"):
        send_alert(day)
    assert exchange.ring("presses:1", day) == []


def test_what_twilio_repeats_is_answered_alike_and_changes_nothing(
    session: Session, exchange: Exchange, member: str, day: datetime, send_alert: Callable[..., int]
) -> None:
    send_alert(day)
    (call,) = exchange.ring("presses-twice:9", day)
    assert call.answers == ["We will not ring this number with alerts again. Goodbye."] * 2
    acts = session.scalars(select(ConsentEvent.act).order_by(ConsentEvent.id)).all()
    assert acts == ["given", "withdrawn"]


def test_a_question_that_is_answered_twice_joins_once(
    session: Session, exchange: Exchange, manager: Actor, day: datetime
) -> None:
    subscribers.ask_by_call(LANDLINE, Wish(), actor=manager, now=day)
    (call,) = exchange.ring("presses-twice:1", day)
    assert len(set(call.answers)) == 1
    assert session.scalars(select(ConsentEvent.act)).all() == ["confirmed"]


def test_who_presses_9_on_the_question_is_never_asked_again(
    session: Session, exchange: Exchange, manager: Actor, day: datetime
) -> None:
    subscribers.ask_by_call(LANDLINE, Wish(), actor=manager, now=day)
    exchange.ring("presses:9", day)
    assert state(session) == ("opted_out", True)
    later = day + timedelta(days=30)
    with pytest.raises(RuleViolation, match="cannot be rung"):
        subscribers.ask_by_call(LANDLINE, Wish(), actor=manager, now=later)
    subscribers.sign_up("020 7946 0123", Wish(), network="192.0.2.1", now=later)
    assert exchange.ring("presses:1", later) == []
    subscribers.add_by_phone(LANDLINE, Wish(), actor=manager, now=later)
    assert state(session) == ("active", False)


@pytest.mark.parametrize("habit", ["hangs-up", "nobody", "busy", "voicemail", "presses:7"])
def test_whatever_is_not_a_1_joins_nobody(
    session: Session, exchange: Exchange, manager: Actor, day: datetime, habit: str
) -> None:
    subscribers.ask_by_call(LANDLINE, Wish(), actor=manager, now=day)
    exchange.ring(habit, day)
    assert state(session) == ("unconfirmed", False)
    assert session.scalars(select(Subscription)).all() == []
    # It is rung once, whatever came of it.
    assert exchange.ring("presses:1", day + timedelta(hours=5)) == []


def test_the_public_site_asks_a_landline_by_call_once_a_day_and_three_times_in_all(
    exchange: Exchange, day: datetime
) -> None:
    rung = []
    for hours in (0, 1, 2, 24, 25, 48, 72, 500):
        at = day_begins(day + timedelta(hours=hours))
        subscribers.sign_up("020 7946 0123", Wish(), network=f"192.0.2.{hours % 250}", now=at)
        rung.append(len(exchange.ring("hangs-up", at)))
    assert rung == [1, 0, 0, 1, 0, 1, 0, 0]


def test_a_block_of_numbers_is_rung_only_so_often_in_an_hour(exchange: Exchange, day: datetime) -> None:
    for number in range(20):
        subscribers.sign_up(f"020 7946 01{number:02}", Wish(), network=f"192.0.2.{number}", now=day)
    assert len(exchange.ring("hangs-up", day)) == 12


def test_a_question_waits_for_the_morning(exchange: Exchange, manager: Actor, day: datetime) -> None:
    night = day.replace(hour=23)
    subscribers.ask_by_call(LANDLINE, Wish(), actor=manager, now=night)
    assert exchange.ring("hangs-up", night) == []
    assert len(exchange.ring("hangs-up", day_begins(night))) == 1


def test_only_a_landline_is_asked_by_call_and_only_by_who_keeps_the_list(
    exchange: Exchange, manager: Actor, officer: Callable[..., Actor], day: datetime
) -> None:
    for contact in ("07700 900123", "pat@example.org"):
        with pytest.raises(RuleViolation, match="Only a landline"):
            subscribers.ask_by_call(contact, Wish(), actor=manager, now=day)
    with pytest.raises(NotAllowed):
        subscribers.ask_by_call(LANDLINE, Wish(), actor=officer(RoleName.DUTY_OFFICER), now=day)


def test_a_voicemail_gets_the_words_once_and_no_keys(
    session: Session, exchange: Exchange, member: str, day: datetime, send_alert: Callable[..., int]
) -> None:
    send_alert(day)
    (call,) = exchange.ring("voicemail", day)
    (words,) = call.heard
    assert "Roofers in Bickley." in words
    assert "press" not in words
    assert fates(session) == ["delivered"]


def test_an_alert_is_said_three_times_at_most(
    exchange: Exchange, member: str, day: datetime, send_alert: Callable[..., int]
) -> None:
    send_alert(day)
    (call,) = exchange.ring("presses:1111111", day)
    assert [answer for answer in call.answers if "Roofers" in answer] == [call.heard[0]] * 2
    assert call.answers[-1] == "Goodbye."


@pytest.mark.parametrize("habit", ["busy", "nobody"])
@pytest.mark.parametrize("order", Order)
def test_who_does_not_answer_an_alert_is_rung_twice_more(
    exchange: Exchange, member: str, send_alert: Callable[..., int], habit: str, order: Order
) -> None:
    alert_id = send_alert(NOW)
    rung = []
    for tries in range(5):
        at = NOW + RING_AGAIN_AFTER * tries
        rung.append(len(exchange.ring(habit, at, order)))
        assert exchange.ring(habit, at + RING_AGAIN_AFTER - timedelta(seconds=1), order) == []
    assert rung == [1, 1, 1, 0, 0]
    found = alerts.progress(db.session(), alerts.get_alert(db.session(), alert_id))
    assert found is not None
    assert (found.total, found.state, found.by_channel["voice"]["undelivered"]) == (1, "completed", 1)


def test_a_try_that_an_outage_put_off_is_no_ring(
    exchange: Exchange, member: str, send_alert: Callable[..., int]
) -> None:
    send_alert(NOW)
    for minutes in range(3):
        with transaction() as work:
            at = NOW + timedelta(minutes=minutes)
            claimed = claiming.claim(work, Channel.VOICE, "test", 100, now=at)
            answer = RetryLater("no connection", is_outage=True)
            put_off = {each.id: outcome(answer, each.standing, now=at, draw=0.0) for each in claimed}
            assert len(put_off) == 1
            record_outcomes(work, Channel.VOICE, "test", put_off, now=at)
    rung = [len(exchange.ring("busy", NOW + timedelta(minutes=5) + RING_AGAIN_AFTER * tries)) for tries in range(5)]
    assert rung == [1, 1, 1, 0, 0]


def test_nobody_is_rung_again_after_the_alert_has_ended(
    session: Session, exchange: Exchange, member: str, day: datetime, send_alert: Callable[..., int]
) -> None:
    send_alert(day, expires_at=day + RING_AGAIN_AFTER)
    exchange.ring("busy", day)
    assert fates(session) == ["undelivered"]


def test_nobody_is_rung_again_for_an_alert_that_was_stopped_while_it_rang(
    session: Session, exchange: Exchange, member: str, day: datetime, send_alert: Callable[..., int]
) -> None:
    send_alert(day)
    post = exchange.post

    def stop_and_post(url: str, form: dict[str, str]) -> tuple[int, str]:
        session.execute(update(Mailing).values(state="cancelled"))
        session.commit()
        return post(url, form)

    exchange.post = stop_and_post
    exchange.ring("busy", day)
    assert fates(session) == ["undelivered"]


def test_a_call_that_was_busy_in_the_evening_is_made_again_in_the_morning(
    exchange: Exchange, member: str, day: datetime, send_alert: Callable[..., int]
) -> None:
    evening = day.replace(hour=19, minute=50)
    send_alert(evening)
    assert len(exchange.ring("busy", evening)) == 1
    assert exchange.ring("busy", evening + RING_AGAIN_AFTER) == []
    assert len(exchange.ring("busy", day_begins(evening + RING_AGAIN_AFTER))) == 1


def test_a_page_is_no_alert_and_an_alert_is_no_page(
    session: Session, exchange: Exchange, member: str, day: datetime, send_alert: Callable[..., int]
) -> None:
    send_alert(day)
    (call,) = exchange.ring("presses:2", day)
    assert "press 1" in call.answers[0]
    assert state(session) == ("active", False)


def test_an_officer_hears_a_test_as_residents_would_hear_the_alert_and_its_keys_change_nothing(
    session: Session, exchange: Exchange, officer: Callable[..., Actor], day: datetime
) -> None:
    actor, night = officer(), day.replace(hour=23)
    draft = new_draft(channels=(AlertChannel.VOICE,), expires_at=night + timedelta(days=2))
    alert_id = alerting.write_draft(draft, actor=actor, now=day)
    with pytest.raises(RuleViolation, match="Verify your mobile"):
        trials.send_to_oneself(alert_id, AlertChannel.VOICE, actor=actor, now=night)
    session.add(OfficerMobile(officer_id=actor.officer_id, e164="+447700900123", verified_at=day))
    session.commit()
    trials.send_to_oneself(alert_id, AlertChannel.VOICE, actor=actor, now=night)
    (heard,) = exchange.ring("presses:19", night, kind=Work.PAGES)
    assert heard.to == "+447700900123"
    assert heard.heard[0].startswith("This is a test of an alert. Only you got it.")
    assert "This is a call from Testshire" in heard.heard[0]
    assert "To hear this again, press 1. To stop these calls, press 9." in heard.heard[0]
    assert heard.answers[0] == heard.heard[0]
    assert heard.answers[-1].startswith("In an alert this key stops the calls. This was a test")
    assert session.scalars(select(Suppression)).all() == []
    trials.send_to_oneself(alert_id, AlertChannel.VOICE, actor=actor, now=night)


def test_a_key_that_twilio_did_not_sign_changes_nothing(
    session: Session,
    exchange: Exchange,
    client: FlaskClient,
    member: str,
    day: datetime,
    send_alert: Callable[..., int],
) -> None:
    send_alert(day)
    exchange.ring("hangs-up", day)
    before = everything(session)
    number = session.scalars(select(Delivery.id)).one()
    form = {"CallSid": "CA" + "0" * 32, "Digits": "9"}
    for signature in ("", "forged"):
        headers = {"X-Twilio-Signature": signature}
        assert client.post(f"/webhooks/twilio/call/{number}/key", data=form, headers=headers).status_code == 403
    form["CallSid"] = "CA" + "9" * 32
    assert exchange.post(f"{PUBLIC}/webhooks/twilio/call/{number}/key", form)[0] == 404
    assert everything(session) == before


def test_a_landline_that_is_shared_is_rung_once(
    session: Session, exchange: Exchange, manager: Actor, day: datetime, send_alert: Callable[..., int]
) -> None:
    for name in ("Ann", "Bob"):
        subscribers.add_by_phone(LANDLINE, Wish(name=name), actor=manager, now=day)
    send_alert(day)
    assert len(exchange.ring("hangs-up", day)) == 1
    assert (
        service.find_or_add_endpoint(session, Channel.VOICE, LANDLINE, status=EndpointStatus.UNCONFIRMED, now=day)
        == session.scalars(select(Endpoint.id)).one()
    )
