"""Contacts that wait to be written up: a missed call, a voicemail, a text, a report. All of it is invented."""

import math
import wave
from array import array
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from io import BytesIO

from sqlalchemy.orm import Session

from tsalert.db import transaction
from tsalert.demo.past import Crew
from tsalert.demo.people import household
from tsalert.inbound.service import take_message
from tsalert.response import waiting
from tsalert.response.vocabulary import Line, MoneyState
from tsalert.response.waiting import Contact
from tsalert.rota import queries as rota
from tsalert.site.rules import Report
from tsalert.site.service import take_report
from tsalert.telephone import service as telephone
from tsalert.telephone.fetching import fetch_recordings
from tsalert.telephone.models import TelephoneCall
from tsalert.telephone.rules import EventKind, Reason, Ring, read_caller

_OUR_NUMBER = "+441632960461"
_RATE, _PITCH, _SECONDS = 8000, 440, 2


def load_waiting(team: Crew, now: datetime) -> None:
    """Load what came in on the rapid-response number and the website within the last half hour."""
    _voicemail(team, now - timedelta(minutes=21))
    _missed(team, now - timedelta(minutes=12))
    text = "There is a man here about the roof. He says he will not go without £300. Please ring. (Invented)"
    take_message("SM" + "d" * 32, _number(team), text, now=now - timedelta(minutes=4))
    _report(team, now - timedelta(minutes=2))


def _voicemail(team: Crew, at: datetime) -> None:
    with transaction() as session:
        call = _ring(session, team, "CA" + "d" * 31 + "1", at)
        asked_at, left_at = at + timedelta(seconds=23), at + timedelta(seconds=64)
        telephone.note(session, call, EventKind.MESSAGE_ASKED, 1, now=asked_at, word=Reason.NOBODY_TOOK_IT)
        telephone.note_message(session, call, "RE" + "d" * 32, seconds=_SECONDS, now=left_at)
        telephone.note_end(session, call, word="completed", seconds=66, now=left_at)
        waiting.note_voicemail(session, call.call_id, now=left_at)
    fetch_recordings(at + timedelta(seconds=80), _Tones())


def _missed(team: Crew, at: datetime) -> None:
    with transaction() as session:
        call = _ring(session, team, "CA" + "d" * 31 + "2", at)
        telephone.note_end(session, call, word="completed", seconds=27, now=at + timedelta(seconds=27))


def _report(team: Crew, at: datetime) -> None:
    """Report on the website what happened yesterday, so that nobody is woken for it."""
    writer = household(next(team.households))
    story = (
        "Somebody rang my aunt, said that he was from her bank and that her card had been copied. A man would come and "
        "fetch it. She gave the card to a courier in a blue jacket and the number to the caller. (Invented)"
    )
    report = Report(
        happening=story,
        is_now=False,
        money=MoneyState.PART_PAID,
        began="Yesterday, at about four",
        postcode=writer.postcode,
        name=writer.name,
        contact=writer.phone,
        is_safe=True,
    )
    take_report(report, network="192.0.2.1", number="", now=at, is_demo=True)


def _ring(session: Session, team: Crew, reference: str, at: datetime) -> TelephoneCall:
    """Take a call that the officer on duty did not hear."""
    first = rota.on_duty(session, at=at)[0]
    caller = read_caller(_number(team))
    contact = Contact(Line.RAPID_VOICE, caller.phone, caller.e164, at)
    call_id = waiting.open_waiting(session, contact, now=at)
    call = telephone.begin_call(session, call_id, reference, called=_OUR_NUMBER, rang_at=at)
    telephone.learn_caller(session, call, caller)
    telephone.note_ring(session, call, Ring(0, first.officer_id, first.mobile or ""), now=at)
    telephone.note_result(session, call, 0, word="no-answer", bridged=False, now=at + timedelta(seconds=22))
    return call


def _number(team: Crew) -> str:
    return "+44" + household(next(team.households)).phone.replace(" ", "").removeprefix("0")


class _Tones:
    """A provider that has a tone for every message, and forgets nothing since it keeps nothing."""

    @contextmanager
    def open(self, reference: str) -> Iterator[Iterator[bytes]]:
        """Open two seconds of a tone."""
        yield iter([_tone()])

    def delete(self, reference: str) -> None:
        """Delete nothing."""


def _tone() -> bytes:
    samples = (int(9000 * math.sin(index * _PITCH * math.tau / _RATE)) for index in range(_RATE * _SECONDS))
    sound = BytesIO()
    with wave.open(sound, "wb") as file:
        file.setnchannels(1)
        file.setsampwidth(2)
        file.setframerate(_RATE)
        file.writeframes(array("h", samples).tobytes())
    return sound.getvalue()
