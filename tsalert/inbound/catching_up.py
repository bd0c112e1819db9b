"""Finding the calls that came while nobody listened to Twilio: it remembers them, and keeps what callers said."""

import logging
from datetime import datetime, timedelta

from flask import current_app
from sqlalchemy import select
from sqlalchemy.orm import Session

from tsalert.config import Settings
from tsalert.core.one_by_one import one_by_one
from tsalert.db import db
from tsalert.delivery.telephones import phone_as_e164
from tsalert.inbound import voice
from tsalert.inbound.voice import Ringing
from tsalert.telephone.models import Recording, TelephoneCall
from tsalert.telephone.ports import CallLog, NotReady, PastCall, PastMessage

_LOOKED_BACK = timedelta(days=1)
# Whatever is younger may still be reported in the usual way.
_REPORTED_WITHIN = timedelta(minutes=1)
_log = logging.getLogger(__name__)


def catch_up(now: datetime) -> int:
    """Make records of the last day's calls and messages that were never reported; return how many there were."""
    log: CallLog | None = current_app.extensions["tsalert_call_log"]
    settings: Settings = current_app.extensions["tsalert_settings"]
    number = phone_as_e164(settings.rapid_response_number, is_demo=current_app.config["TSALERT_DEMO"])
    if log is None or number is None:
        return 0
    try:
        calls, messages = log.calls_to(number, since=now - _LOOKED_BACK), log.messages(since=now - _LOOKED_BACK)
    except NotReady as trouble:
        _log.warning("calls that were not reported could not be looked for: %s", trouble)
        return 0
    lost = [*_lost_calls(calls, now), *_lost_messages(messages, calls)]
    return one_by_one(lost, lambda each: _take(each[0], each[1], now=now))


def _take(ringing: Ringing, told: PastCall | PastMessage, *, now: datetime) -> bool:
    if isinstance(told, PastCall):
        voice.take_end(ringing, word=told.word, seconds=told.seconds, now=now)
    else:
        voice.take_recording(ringing, told.provider_ref, seconds=told.seconds, now=now)
    return True


def _lost_calls(calls: list[PastCall], now: datetime) -> list[tuple[Ringing, PastCall | PastMessage]]:
    known = _known_calls(db.session(), [each.provider_ref for each in calls])
    lost = (each for each in calls if each.provider_ref not in known and each.rang_at < now - _REPORTED_WITHIN)
    return [(_ringing(each), each) for each in lost]


def _lost_messages(messages: list[PastMessage], calls: list[PastCall]) -> list[tuple[Ringing, PastCall | PastMessage]]:
    """Return the messages of calls to our number; the account may hold recordings of other services."""
    ours = {each.provider_ref: each for each in calls}
    query = select(Recording.provider_ref).where(Recording.provider_ref.in_([each.provider_ref for each in messages]))
    known = set(db.session.scalars(query))
    lost = (each for each in messages if each.provider_ref not in known and each.call_ref in ours)
    return [(_ringing(ours[each.call_ref]), each) for each in lost]


def _known_calls(session: Session, references: list[str]) -> set[str]:
    return set(session.scalars(select(TelephoneCall.provider_ref).where(TelephoneCall.provider_ref.in_(references))))


def _ringing(call: PastCall) -> Ringing:
    return Ringing(call.provider_ref, call.caller, call.called, call.rang_at)
