"""A message that waits at the stand-in for Twilio, and a house that fetches it."""

from collections.abc import Callable, Iterator
from datetime import timedelta
from itertools import count
from typing import Any

import pytest
from flask import Flask
from msgspec.structs import replace
from sqlalchemy import select
from sqlalchemy.orm import Session

from tests.conftest import NOW
from tests.standins.telephone import Recordings, recordings, tone
from tests.standins.twilio import ACCOUNT, TOKEN
from tsalert.config import Settings, TwilioSettings
from tsalert.db import db, transaction
from tsalert.providers.twilio_recordings import TwilioRecordings
from tsalert.response import waiting
from tsalert.response.vocabulary import Line
from tsalert.response.waiting import Contact
from tsalert.telephone import service
from tsalert.telephone.models import Recording, TelephoneCall
from tsalert.telephone.rules import EventKind, read_caller

CALLER = "+447700900123"
_numbers = count(1)


@pytest.fixture
def provider() -> Iterator[Recordings]:
    """A server that holds what callers said."""
    with recordings() as service:
        yield service


def account_at(url: str) -> TwilioSettings:
    return TwilioSettings(ACCOUNT, TOKEN, sender="+441632960000", api_url=url)


def fetch_from(app: Flask, provider: Recordings, **options: Any) -> None:
    """Let a house fetch its messages from the stand-in."""
    app.extensions["tsalert_recordings"] = TwilioRecordings(account_at(provider.url), **options)


@pytest.fixture
def house(app: Flask, session: Session, provider: Recordings, monkeypatch: pytest.MonkeyPatch, tmp_path: Any) -> Flask:
    """The application, with a files folder of its own, and its messages at the stand-in."""
    settings: Settings = app.extensions["tsalert_settings"]
    monkeypatch.setitem(app.extensions, "tsalert_settings", replace(settings, files=tmp_path / "files"))
    monkeypatch.setitem(app.extensions, "tsalert_recordings", TwilioRecordings(account_at(provider.url), timeout=0.5))
    return app


@pytest.fixture
def ring(session: Session) -> Callable[..., int]:
    """Make calls as they come in: ``ring(ended=True)`` returns the call's id."""
    return call_in


def call_in(*, caller: str = CALLER, ended: bool = True, ago: timedelta = timedelta(0)) -> int:
    """Take a call that nobody answered."""
    with transaction() as session:
        told, at = read_caller(caller), NOW - ago
        call_id = waiting.open_waiting(session, Contact(Line.RAPID_VOICE, told.phone, told.e164, at), now=at)
        sid = f"CA{next(_numbers):032x}"
        row = service.begin_call(session, call_id, sid, called="+441632960000", rang_at=at)
        service.learn_caller(session, row, told)
        if ended:
            service.note(session, row, EventKind.ENDED, 0, now=at, word="completed", seconds=20)
        return call_id


def message_left(provider: Recordings | None, *, sound: bytes | None = None, **call: Any) -> tuple[int, str]:
    """Take a call that ended as a message; returns the call's id and the recording's reference."""
    call_id, reference = call_in(**call), f"RE{next(_numbers):032x}"
    with transaction() as session:
        row = session.scalars(select(TelephoneCall).filter_by(call_id=call_id)).one()
        service.note_message(session, row, reference, seconds=3, now=row.rang_at)
        waiting.note_voicemail(session, call_id, now=NOW)
    if provider is not None:
        provider.sounds[reference] = tone() if sound is None else sound
    return call_id, reference


def recording(reference: str) -> Recording:
    query = select(Recording).where(Recording.provider_ref == reference)
    return db.session.scalars(query.execution_options(populate_existing=True)).one()
