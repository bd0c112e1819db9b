"""Taking calls in: each report of Twilio one transaction, in any order and any number of times."""

from datetime import datetime

from flask import current_app
from msgspec import Struct
from sqlalchemy.orm import Session

from tsalert.config import Settings
from tsalert.db import db, transaction
from tsalert.inbound.rules import readable
from tsalert.response import waiting
from tsalert.response.vocabulary import Line
from tsalert.response.waiting import Contact
from tsalert.rota import queries as rota
from tsalert.telephone import routing
from tsalert.telephone import service as telephone
from tsalert.telephone.models import TelephoneCall
from tsalert.telephone.routing import House
from tsalert.telephone.rules import Answer, AskForMessage, HangUp, Limits, Reason, Ring, read_caller


class Ringing(Struct, frozen=True):
    """A call as a report of it tells it: its first ring, as far as known, and who rings, where the report says so."""

    provider_ref: str
    caller: str | None
    called: str
    rang_at: datetime


class Result(Struct, frozen=True):
    """How the ringing of one officer came out.

    :param bridged: the network says that the two were connected.
    :param is_over: the caller has rung off, so that nobody hears what comes next.
    """

    place: int
    officer_id: int
    word: str
    bridged: bool
    is_over: bool


def take_ring(ringing: Ringing, *, now: datetime) -> tuple[Answer, datetime]:
    """Make the record of a call; returns what its caller gets first, and when they rang first."""
    with transaction() as session:
        call = _call(session, ringing, now)
        return telephone.answer_call(session, call, 0, house=_house(), now=now), call.rang_at


def plan_unrecorded(ringing: Ringing, *, now: datetime) -> Answer:
    """Decide what a caller gets first while nothing can be written; a later report makes the record."""
    session = db.session()
    session.rollback()
    chosen = routing.plan(session, read_caller(ringing.caller or "").prefix, set(), house=_house(), now=now)
    if chosen.candidate is None:
        return AskForMessage(chosen.reason or Reason.NOBODY_TO_RING)
    return Ring(0, chosen.candidate.officer_id, chosen.candidate.mobile)


def take_result(ringing: Ringing, result: Result, *, now: datetime) -> Answer:
    """Note how the ringing of an officer came out, and decide what the caller gets then."""
    with transaction() as session:
        call = _call(session, ringing, now)
        _make_up_for_ring(session, call, result, now)
        had = telephone.note_result(
            session, call, result.place, word=readable(result.word), bridged=result.bridged, now=now
        )
        if had or result.is_over:
            return HangUp()
        return telephone.answer_call(session, call, result.place + 1, house=_house(), now=now)


def take_key(provider_ref: str, place: int, *, now: datetime) -> bool:
    """Note that the officer at a place takes the call; False where it is too late.

    A call of which there is no record yet is taken all the same: its next report brings the record.
    """
    with transaction() as session:
        telephone.take_reports_in_turn(session)
        call = telephone.find_call(session, provider_ref)
        return call is None or telephone.take_call(session, call, place, now=now)


def take_end(ringing: Ringing, *, word: str, seconds: int | None, now: datetime) -> None:
    """Note that a call ended; one that we never heard of before is made a record now."""
    with transaction() as session:
        call = _call(session, ringing, now)
        telephone.note_end(session, call, word=readable(word), seconds=seconds, now=now)


def take_recording(ringing: Ringing, recording_ref: str, *, seconds: int | None, now: datetime) -> None:
    """Note that a caller left a message, to be fetched by the worker."""
    with transaction() as session:
        call = _call(session, ringing, now)
        if telephone.note_message(session, call, recording_ref, seconds=seconds, now=now):
            waiting.note_voicemail(session, call.call_id, now=now)


def _call(session: Session, ringing: Ringing, now: datetime) -> TelephoneCall:
    """Return the record of a call, made now where no report came before."""
    telephone.take_reports_in_turn(session)
    known = telephone.find_call(session, ringing.provider_ref)
    caller = None if ringing.caller is None else read_caller(readable(ringing.caller))
    if known is None:
        known = _new_call(session, ringing, now)
    if caller is not None and not known.caller:
        # The report of a message does not say who left it; the next report does.
        telephone.learn_caller(session, known, caller)
        waiting.learn_phone(session, known.call_id, caller.phone, caller.e164)
    return known


def _new_call(session: Session, ringing: Ringing, now: datetime) -> TelephoneCall:
    contact = Contact(Line.RAPID_VOICE, None, None, ringing.rang_at)
    call_id = waiting.open_waiting(session, contact, now=now)
    called = readable(ringing.called)
    return telephone.begin_call(session, call_id, ringing.provider_ref, called=called, rang_at=ringing.rang_at)


def _make_up_for_ring(session: Session, call: TelephoneCall, result: Result, now: datetime) -> None:
    """Write down a ring that could not be written while it rang."""
    events = telephone.events_of(session, call.id)
    if telephone.officer_at(events, result.place) is None:
        mobile = rota.mobile_of(session, result.officer_id) or ""
        telephone.note_ring(session, call, Ring(result.place, result.officer_id, mobile), now=now)


def _house() -> House:
    settings: Settings = current_app.extensions["tsalert_settings"]
    limits = Limits(settings.rings_per_hour, settings.rings_per_prefix)
    return House(limits, is_demo=current_app.config["TSALERT_DEMO"])
