"""Calls to residents through Twilio's own client: what it is asked, and what each key makes of the call."""

import socket
from collections.abc import Callable, Iterator
from contextlib import nullcontext
from datetime import datetime, timedelta
from pathlib import Path
from threading import Event, Thread
from xml.etree import ElementTree as ET

import pytest
import time_machine
from flask import Flask
from msgspec.structs import replace
from sqlalchemy import select
from werkzeug.serving import make_server

from tests.standins import twilio
from tests.standins.called import Call
from tests.standins.processes import eventually
from tests.standins.twilio import Twilio
from tests.whole import create_app
from tsalert.config import TwilioSettings
from tsalert.core.clock import from_london_wall, in_london, utc_now
from tsalert.db import db, transaction
from tsalert.delivery import service as delivery
from tsalert.delivery.models import Endpoint
from tsalert.delivery.rules import Content, Lane
from tsalert.delivery.sending import Sender, Surroundings
from tsalert.installation.service import mark_demo
from tsalert.providers.twilio_voice import TwilioVoice
from tsalert.subscribers import service as subscribers
from tsalert.subscribers.service import Wish

OURS, LANDLINE = "+441632960000", "+442079460123"
Ring = Callable[[str], Call]


@pytest.fixture
def telephones() -> Iterator[Twilio]:
    with twilio.running() as found:
        yield found


@pytest.fixture
def noon() -> Iterator[datetime]:
    """The hour in which residents may be rung, whatever the hour of the test."""
    at = from_london_wall(in_london(utc_now()).replace(hour=12, minute=0, tzinfo=None))
    with time_machine.travel(at, tick=True):
        yield at


@pytest.fixture
def site(fresh_app: Flask, telephones: Twilio) -> Iterator[Flask]:
    """The service as Twilio reaches it, over HTTP."""
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    account = TwilioSettings(twilio.ACCOUNT, twilio.TOKEN, sender=OURS, voice_sender=OURS, api_url=telephones.url)
    chosen = replace(fresh_app.extensions["tsalert_settings"], public_url=f"http://127.0.0.1:{port}", twilio=account)
    app = create_app(chosen)
    server = make_server("127.0.0.1", port, app, threaded=True)
    thread = Thread(target=server.serve_forever, daemon=True)
    thread.start()
    with app.app_context():
        with transaction() as session:
            mark_demo(session)
        yield app
        db.session.remove()
        db.engine.dispose()
    server.shutdown()
    thread.join()
    server.server_close()


@pytest.fixture
def ring(site: Flask, telephones: Twilio, noon: datetime, tmp_path: Path) -> Ring:
    """Let what is due go out; the landline that is rung does as told: ``ring("presses:1")`` returns its call."""
    settings = site.extensions["tsalert_settings"]
    hooks = f"{settings.public_url}/webhooks/twilio"
    gateway = TwilioVoice(settings.twilio, words_url=f"{hooks}/call", callback_url=f"{hooks}/status")
    sender = Sender(gateway, Surroundings(site, tmp_path / "journals", Event(), nullcontext()))

    def let_ring(habit: str) -> Call:
        telephones.habits[LANDLINE] = habit
        made = len(telephones.calls)
        assert sender.turn()
        sender.settle()
        (call,) = telephones.calls[made:]
        eventually(lambda: call.is_over, seconds=20)
        return call

    return let_ring


def verbs(document: str) -> list[str]:
    return [verb.tag for verb in ET.fromstring(document)]


def standing() -> str:
    db.session.rollback()
    return db.session.scalars(select(Endpoint.status).where(Endpoint.address == LANDLINE)).one()


def ask(noon: datetime) -> None:
    subscribers.sign_up("020 7946 0123", Wish(("scams",)), network="192.0.2.1", now=noon)


def warn(noon: datetime) -> None:
    """Have the landline rung with an alert."""
    with transaction() as session:
        content = Content("Roofers", "Say no.", voice="Roofers ask for thousands. Say no.")
        end = session.scalars(select(Endpoint.id).where(Endpoint.address == LANDLINE)).one()
        mailing = delivery.create_mailing(session, content, lane=Lane.BULK, now=noon)
        assert delivery.enqueue_one(session, mailing, end, now=noon)


def test_twilio_is_asked_to_ring_the_landline_and_to_wait_for_the_tone_of_a_machine(
    ring: Ring, noon: datetime, site: Flask
) -> None:
    ask(noon)
    call = ring("hangs-up")
    hooks = f"{site.extensions['tsalert_settings'].public_url}/webhooks/twilio"
    assert (call.to, call.sender) == (LANDLINE, OURS)
    assert call.ordered["MachineDetection"] == "DetectMessageEnd"
    assert call.ordered["Url"].startswith(f"{hooks}/call/")
    assert call.ordered["StatusCallback"] == f"{hooks}/status"
    assert standing() == "unconfirmed"


def test_key_1_on_the_question_joins_and_ends_the_call(ring: Ring, noon: datetime) -> None:
    ask(noon)
    question, answer = ring("presses:1").documents
    gather = ET.fromstring(question).find("Gather")
    assert gather is not None
    assert gather.attrib["numDigits"] == "1"
    assert "press 1" in "".join(gather.itertext())
    assert verbs(answer) == ["Say", "Hangup"]
    assert "We will ring this number when there is an alert." in answer
    assert standing() == "active"


def test_key_9_on_the_question_ends_the_call_and_every_later_one(ring: Ring, noon: datetime) -> None:
    ask(noon)
    _, answer = ring("presses:9").documents
    assert verbs(answer) == ["Say", "Hangup"]
    assert "We will not ring this number with alerts again." in answer
    assert standing() == "opted_out"


def test_on_an_alert_key_1_says_it_again_and_key_9_stops_the_calls(ring: Ring, noon: datetime) -> None:
    ask(noon)
    ring("presses:1")
    warn(noon + timedelta(minutes=1))
    with time_machine.travel(noon + timedelta(minutes=2), tick=True):
        first, again, stopped = ring("presses:19").documents
    for document in (first, again):
        assert "Roofers ask for thousands. Say no." in document
        assert "Gather" in verbs(document)
    assert verbs(stopped) == ["Say", "Hangup"]
    assert standing() == "opted_out"


def test_a_machine_gets_the_words_once_and_no_keys(ring: Ring, noon: datetime) -> None:
    ask(noon)
    (document,) = ring("voicemail").documents
    assert "Gather" not in verbs(document)
    assert standing() == "unconfirmed"
