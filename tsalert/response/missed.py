"""Telling the officer on duty of calls and texts that nobody has seen to."""

from datetime import datetime
from functools import partial

from tsalert.core.errors import Overtaken
from tsalert.core.one_by_one import one_by_one
from tsalert.db import db, transaction
from tsalert.response import waiting
from tsalert.response.vocabulary import RAPID_RESPONSE_LINES, Line
from tsalert.response.waiting import WaitingCall
from tsalert.telephone import rules, telling, wording


def alarm_missed(now: datetime) -> int:
    """Text the officer on duty of each waiting call that was missed, once a call; returns how many were new.

    Each is a transaction of its own: one that fails keeps no other untold.
    """
    due = [each.call.id for each in waiting.untold_calls(db.session()) if is_due(each, now)]
    return one_by_one(due, partial(_tell, now=now))


def _tell(call_id: int, *, now: datetime) -> bool:
    try:
        with transaction() as session:
            each = waiting.get_waiting(session, call_id)
            return telling.tell_of_missed(session, call_id, words_for(each), now=now)
    except Overtaken:
        return False  # an officer wrote it up meanwhile


def is_due(each: WaitingCall, now: datetime) -> bool:
    """Tell whether the officer on duty must be told now; of a text at once, since it rings nobody.

    A report from the website wakes nobody unless what it tells of is happening now, and a mail wakes nobody.
    """
    if each.call.line not in RAPID_RESPONSE_LINES:
        return each.call.line == Line.WEB and each.call.is_trader_on_site
    return each.story is None or rules.is_missed(each.story.course, now)


def words_for(each: WaitingCall) -> str:
    """Return what the officer reads: what came when, under which reference, and nothing of the caller."""
    kinds = {Line.RAPID_VOICEMAIL: "Voicemail", Line.RAPID_SMS: "Text message"}
    kind = kinds.get(Line.of(each.call.line), "Missed call")
    can_be_rung = each.call.phone_e164 is not None
    if each.call.line == Line.WEB:
        return wording.report_notice(each.call.reference, each.call.received_at, can_be_rung=can_be_rung)
    return wording.missed_notice(kind, each.call.reference, each.call.received_at, can_be_rung=can_be_rung)
