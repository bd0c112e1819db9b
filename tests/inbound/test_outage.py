"""A call while the database takes nothing: somebody is rung or a message taken all the same, and the record follows."""

import logging
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import timedelta

import pytest
from flask import Flask
from msgspec.structs import replace
from sqlalchemy import create_engine, event, select, text
from sqlalchemy.orm import Session

from tests.inbound.conftest import BACKUP, PRIMARY, PUBLIC
from tests.rota.conftest import give_mobile, put_on_shift
from tests.standins.telephone import OUR_NUMBER, Exchange, Phone
from tests.standins.twilio import ACCOUNT, TOKEN
from tsalert.config import TwilioSettings
from tsalert.core.clock import utc_now
from tsalert.db import db
from tsalert.response.models import Call
from tsalert.response.vocabulary import Line
from tsalert.rota.vocabulary import Duty
from tsalert.staff import queries as staff
from tsalert.staff import service as staff_service
from tsalert.staff.rules import RoleName
from tsalert.telephone import service as telephone
from tsalert.telephone.models import Recording, TelephoneCall, TelephoneEvent

PASSWORD = "correct horse battery staple"


@pytest.fixture
def house(fresh_app: Flask, caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch) -> Flask:
    """A service with Twilio and two officers on duty, that waits for locks no longer than a test can."""
    caplog.set_level(logging.CRITICAL)
    monkeypatch.setattr(telephone, "LONGEST_LOCK", "300ms")
    account = TwilioSettings(ACCOUNT, TOKEN, sender=OUR_NUMBER)
    chosen = replace(fresh_app.extensions["tsalert_settings"], twilio=account, public_url=PUBLIC)
    fresh_app.extensions["tsalert_settings"] = chosen
    fresh_app.config["TSALERT_DEMO"] = True
    with fresh_app.app_context():
        if db.engine.dialect.name == "sqlite":
            event.listen(db.engine, "connect", _be_impatient)
            db.engine.dispose()
        stand(Duty.PRIMARY, PRIMARY)
        stand(Duty.BACKUP, BACKUP)
        db.session.remove()
    return fresh_app


def _be_impatient(connection: object, _record: object) -> None:
    connection.execute("PRAGMA busy_timeout = 100")  # type: ignore[attr-defined]


def stand(duty: Duty, mobile: str) -> None:
    email, now, hours = f"{duty}@example.org", utc_now(), timedelta(hours=6)
    roles = [RoleName.DUTY_OFFICER]
    staff_service.create_officer(email, name=f"{duty.label} Example", roles=roles, password=PASSWORD, now=now)
    officer_id = staff.get_officer(db.session(), email).id
    give_mobile(db.session(), officer_id, mobile)
    put_on_shift(db.session(), officer_id, duty, now - hours, now + hours)


@pytest.fixture
def exchange(house: Flask) -> Callable[..., Exchange]:
    browser = house.test_client()

    def post(path: str, form: dict[str, str], signature: str) -> tuple[int, str]:
        answer = browser.post(path, data=form, headers={"X-Twilio-Signature": signature})
        return answer.status_code, answer.text

    return lambda **changes: Exchange(post, PUBLIC, changes.pop("phones", {}), sid="CA" + "0" * 31 + "7", **changes)


@contextmanager
def locked(house: Flask) -> Iterator[None]:
    """Let somebody else hold what every call must write."""
    with house.app_context():
        url = house.extensions["tsalert_settings"].database_url
    engine = create_engine(url)
    with engine.connect().execution_options(tsalert_writes=True) as connection:
        is_sqlite = engine.dialect.name == "sqlite"
        connection.execute(text("SELECT 1" if is_sqlite else "SELECT pg_advisory_xact_lock(7253785)"))
        yield
        connection.rollback()
    engine.dispose()


@contextmanager
def gone(house: Flask) -> Iterator[None]:
    """Let the database not be there at all."""
    with house.app_context(), pytest.MonkeyPatch.context() as patch:
        nowhere = create_engine("sqlite:////nowhere/at/all.db")
        patch.setitem(db.engines, None, nowhere)
        yield
        nowhere.dispose()


def kept(house: Flask) -> tuple[list[Call], list[tuple[str, int]]]:
    with house.app_context():
        session: Session = db.session()
        calls = list(session.scalars(select(Call)))
        events = session.execute(select(TelephoneEvent.kind, TelephoneEvent.place).order_by(TelephoneEvent.id))
        found = calls, [(kind, place) for kind, place in events]
        session.expunge_all()
        db.session.remove()
        return found


def test_while_the_database_is_locked_the_officer_is_rung_and_the_record_follows(
    house: Flask, exchange: Callable[..., Exchange]
) -> None:
    caller = exchange(phones={PRIMARY: Phone.TAKES})
    form = {"CallSid": caller.sid, "From": caller.caller, "To": OUR_NUMBER, "CallStatus": "ringing"}
    before = utc_now()
    with locked(house):
        status, answer = caller.send(f"{PUBLIC}/webhooks/twilio/voice", form)
        assert (status, PRIMARY in answer) == (200, True)
    assert kept(house) == ([], [])
    after = utc_now()
    caller.go_on(answer)
    caller.call_back()
    (call,), events = kept(house)
    assert caller.was_connected
    assert before <= call.received_at <= after
    assert (call.phone, events) == (caller.caller, [("rang", 0), ("taken", 0), ("ended", 0)])


def test_a_call_during_a_lock_that_lasts_is_connected_and_written_down_at_its_end(
    house: Flask, exchange: Callable[..., Exchange]
) -> None:
    caller = exchange(phones={PRIMARY: Phone.TAKES})
    with locked(house):
        caller.ring()
    assert (caller.was_connected, caller.rang) == (True, [PRIMARY])
    caller.call_back()
    (call,), events = kept(house)
    assert (call.line, events) == (Line.RAPID_VOICE, [("ended", 0)])


def test_a_call_that_nobody_takes_during_a_lock_ends_as_a_message_that_is_kept(
    house: Flask, exchange: Callable[..., Exchange]
) -> None:
    caller = exchange()
    with locked(house):
        caller.ring()
    assert caller.heard[-1].startswith("Thank you")
    caller.call_back()
    (call,), _ = kept(house)
    assert call.line == Line.RAPID_VOICEMAIL
    with house.app_context():
        assert db.session.scalars(select(Recording)).one().seconds == 12


def test_while_the_database_is_gone_a_message_is_taken(house: Flask, exchange: Callable[..., Exchange]) -> None:
    caller = exchange()
    with gone(house):
        caller.ring()
    assert caller.rang == []
    assert caller.heard[-1].startswith("Thank you")
    caller.call_back()
    with house.app_context():
        assert db.session.scalars(select(TelephoneCall.caller)).one() == caller.caller
        assert db.session.scalars(select(Recording)).one()


@pytest.mark.parametrize("door", ["recording", "status"])
def test_what_can_be_told_again_is_answered_503_so_that_twilio_does(
    house: Flask, exchange: Callable[..., Exchange], door: str
) -> None:
    caller = exchange()
    form = {"CallSid": caller.sid, "CallStatus": "completed", "RecordingSid": "RE1", "RecordingStatus": "completed"}
    with locked(house):
        assert caller.send(f"{PUBLIC}/webhooks/twilio/voice/{door}", form)[0] == 503
    assert caller.send(f"{PUBLIC}/webhooks/twilio/voice/{door}", form)[0] == 204
