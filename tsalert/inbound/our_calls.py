"""Calls that we made: what they say to whoever answers, and what a pressed key does.

That something answered, be it a person or a voicemail, does nothing; only the key counts.
"""

from datetime import datetime

from msgspec import Struct
from sqlalchemy.orm import Session

from tsalert.alerts.trials import queries as trials
from tsalert.core.actors import Via
from tsalert.core.errors import NotFound
from tsalert.db import transaction
from tsalert.delivery import doubts
from tsalert.delivery.fates import OurCall, get_call
from tsalert.delivery.rules import Lane
from tsalert.inbound import resident_calls
from tsalert.inbound.officers import Officer, do_for_officer
from tsalert.inbound.resident_calls import Said
from tsalert.paging import calls
from tsalert.paging import service as paging
from tsalert.paging.calls import PageCall
from tsalert.paging.vocabulary import KEYS, Key, Purpose, Verb

_VERBS = {Key.TAKE: Verb.TAKE, Key.PASS: Verb.PASS}


class Report(Struct, frozen=True):
    """What is reported of a call of ours: who answered, or which key was pressed.

    :param heard: how often a resident has heard something in this call, as our own address said.
    """

    delivery_id: int
    call_ref: str
    digits: str = ""
    by_machine: bool = False
    heard: int = 1


def answer_call(report: Report, *, now: datetime) -> Said:
    """Return what a call says to whoever has answered it; a page asks for a key.

    :raises NotFound: there is no such call.
    """
    with transaction() as session:
        ours = _recognise(session, report, now)
        if ours.lane is not Lane.PAGING or trials.is_call_of_test(session, report.delivery_id):
            return resident_calls.begin(ours, by_machine=report.by_machine)
        call = calls.find_call(session, report.delivery_id)
        if call is not None:
            calls.note_answered(session, call, now=now)
        return Said(ours.words, wants_key=call is not None)


def press_key(report: Report, *, now: datetime) -> Said:
    """Act on a key and return what to say; a repeated report is answered as the first and does nothing.

    :raises NotFound: there is no such call, or it asked for no key.
    """
    with transaction() as session:
        ours = _recognise(session, report, now)
        if ours.lane is not Lane.PAGING:
            return resident_calls.press(session, ours, report.digits, heard=report.heard, now=now)
        if trials.is_call_of_test(session, report.delivery_id):
            return resident_calls.press_on_test(ours, report.digits, heard=report.heard)
        call = calls.find_call(session, report.delivery_id)
        if call is None:
            raise NotFound("That call asked for no key.")
        return _press_on_page(session, call, report.digits, ours.words, now)


def _press_on_page(session: Session, call: PageCall, digits: str, words: str, now: datetime) -> Said:
    key = KEYS.get(digits)
    if call.answer is not None:
        return Said(call.answer)
    if key is None or (call.purpose is Purpose.WELFARE and key is not Key.TAKE):
        return Said(words, wants_key=True)
    answer = _act(session, call, key, now)
    calls.note_pressed(session, call, key, answer)
    return Said(answer)


def _recognise(session: Session, report: Report, now: datetime) -> OurCall:
    ours = get_call(session, report.delivery_id)
    if not doubts.recognise_call(session, report.delivery_id, report.call_ref, now=now):
        raise NotFound("That is another call.")
    return ours


def _act(session: Session, call: PageCall, key: Key, now: datetime) -> str:
    if call.purpose in {Purpose.PAGE, Purpose.WELFARE}:
        verb = Verb.OK if call.purpose is Purpose.WELFARE else _VERBS[key]
        officer = Officer(call.officer_id, Via.TELEPHONE)
        return do_for_officer(session, verb, call.incident_id, officer, now=now).said
    if key is Key.PASS or call.watch_id is None:
        return "The next manager will be rung."
    # Its words name the incident, and another call about a second officer there is held back for a while.
    if paging.take_alarm_at(session, call.incident_id, call.officer_id, now=now):
        return "You are dealing with it. The officer and the incident are in tsalert."
    return "Thank you. There has been a sign since."
