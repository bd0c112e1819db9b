"""Calls that came while the service did not listen are found, with what their callers said."""

from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select
from sqlalchemy.orm import Session

from tests.conftest import NOW
from tests.standins.telephone import OUR_NUMBER, Recordings, past_call, recordings, tone
from tests.telephone.conftest import account_at
from tsalert.audit import queries as audit
from tsalert.inbound import voice
from tsalert.inbound.catching_up import catch_up
from tsalert.inbound.voice import Ringing
from tsalert.providers.twilio_calls import TwilioCalls
from tsalert.response.models import Call
from tsalert.response.vocabulary import Disposition, Line
from tsalert.telephone.models import Recording, TelephoneCall

CALLER = "+447700900123"
RANG_AT = datetime(2026, 6, 10, 11, 30, tzinfo=UTC)


@pytest.fixture
def provider(
    app: Flask, session: Session, with_twilio: Callable[..., None], monkeypatch: pytest.MonkeyPatch
) -> Iterator[Recordings]:
    """Twilio, which remembers."""
    with recordings() as service:
        with_twilio(api_url=service.url, rapid_response_number="01632 960000")
        monkeypatch.setitem(app.extensions, "tsalert_call_log", TwilioCalls(account_at(service.url), timeout=1))
        yield service


def calls(session: Session) -> list[tuple[str, str | None, datetime]]:
    return [(each.line, each.phone, each.received_at) for each in session.scalars(select(Call).order_by(Call.id))]


def test_a_call_that_was_never_reported_waits_from_its_first_ring(session: Session, provider: Recordings) -> None:
    provider.calls = [past_call("CA1", CALLER)]
    assert catch_up(NOW) == 1
    assert catch_up(NOW) == 0
    assert calls(session) == [(Line.RAPID_VOICE, CALLER, RANG_AT)]
    assert session.scalars(select(Call.disposition)).one() == Disposition.WAITING
    assert audit.verify_chain(session).is_whole


def test_its_message_is_found_too_and_will_be_fetched(session: Session, provider: Recordings) -> None:
    provider.calls = [past_call("CA1", CALLER)]
    provider.sounds, provider.of_call = {"RE1": tone()}, {"RE1": "CA1"}
    assert catch_up(NOW) == 2
    assert catch_up(NOW) == 0
    assert calls(session) == [(Line.RAPID_VOICEMAIL, CALLER, RANG_AT)]
    assert session.scalars(select(Recording.due_at)).one() == NOW


def test_a_call_that_cannot_be_taken_in_keeps_neither_calls_nor_messages_waiting(
    session: Session, provider: Recordings, monkeypatch: pytest.MonkeyPatch
) -> None:
    provider.calls = [past_call(each, CALLER) for each in ("CA1", "CA2")]
    provider.sounds, provider.of_call = {"RE1": tone()}, {"RE1": "CA2"}
    take_end = voice.take_end

    def fail(ringing: Ringing, **told: Any) -> None:
        if ringing.provider_ref == "CA1":
            raise KeyError("CA1")
        take_end(ringing, **told)

    monkeypatch.setattr(voice, "take_end", fail)
    with pytest.raises(ExceptionGroup):
        catch_up(NOW)
    assert session.scalars(select(TelephoneCall.provider_ref)).all() == ["CA2"]
    assert session.scalars(select(Recording.provider_ref)).all() == ["RE1"]


def test_calls_and_recordings_of_others_in_the_account_are_left_alone(session: Session, provider: Recordings) -> None:
    provider.calls = [
        past_call("CA1", CALLER, called="+441632960999"),
        past_call("CA2", CALLER, direction="outbound-dial"),
        past_call("CA3", CALLER, status="in-progress"),
    ]
    provider.sounds = {"RE1": tone()}
    assert catch_up(NOW) == 0
    assert calls(session) == []


def test_a_call_that_may_still_be_reported_is_left_alone(session: Session, provider: Recordings) -> None:
    provider.calls = [past_call("CA1", CALLER)]
    assert catch_up(RANG_AT + timedelta(seconds=59)) == 0
    assert catch_up(RANG_AT + timedelta(seconds=61)) == 1


def test_a_provider_in_trouble_is_asked_again_later(session: Session, provider: Recordings) -> None:
    provider.calls, provider.trouble = [past_call("CA1", CALLER)], {"list": "500"}
    assert catch_up(NOW) == 0
    provider.trouble.clear()
    assert catch_up(NOW) == 1
    assert session.scalars(select(TelephoneCall.called)).one() == OUR_NUMBER


def test_without_a_provider_or_a_number_nothing_is_looked_for(
    app: Flask, provider: Recordings, with_twilio: Callable[..., None], monkeypatch: pytest.MonkeyPatch
) -> None:
    provider.calls = [past_call("CA1", CALLER)]
    with_twilio(rapid_response_number="")
    assert catch_up(NOW) == 0
    with_twilio(rapid_response_number="01632 960000")
    monkeypatch.setitem(app.extensions, "tsalert_call_log", None)
    assert catch_up(NOW) == 0
