"""Pages of the demonstration's live incidents: a text, a minute later a call, and a key that somebody pressed."""

from datetime import datetime, timedelta

from flask import current_app

from tsalert.core.clock import utc_now
from tsalert.db import db
from tsalert.delivery.receipts import record_receipt
from tsalert.delivery.replaying import deliver_to_recorder
from tsalert.delivery.rules import Channel, Status
from tsalert.inbound import our_calls
from tsalert.inbound.our_calls import Report
from tsalert.paging import queries as paging
from tsalert.paging.queries import Run
from tsalert.response import answering

_TAKES, _PASSES = "1", "2"
_SECOND = timedelta(seconds=1)


def wake(incident_id: int, *, passes: bool = False) -> int:
    """Let whoever is on duty take a page on its call, or pass it to the backup, who does; returns who has it."""
    graded = paging.runs_of(db.session(), incident_id, now=utc_now())[0].started_at
    answered = graded + 60 * _SECOND
    _go_on(graded + _SECOND)
    _go_on(answered)
    _press(incident_id, _PASSES if passes else _TAKES, at=answered + 11 * _SECOND)
    if passes:
        _go_on(answered + 12 * _SECOND)
        _press(incident_id, _TAKES, at=answered + 31 * _SECOND)
    _finish(incident_id, at=answered + 60 * _SECOND)
    holder = _run(incident_id, graded).acknowledged_by
    assert holder is not None  # the rota of the demonstration has no gap today
    return holder


def _go_on(at: datetime) -> None:
    """Do what the timetable and the senders would have done by then."""
    answering.page_due(at)
    deliver_to_recorder(current_app._get_current_object(), now=at)  # type: ignore[attr-defined]  # noqa: SLF001 - it asks for the app itself


def _press(incident_id: int, key: str, *, at: datetime) -> None:
    """Press a key on the newest call."""
    attempts = _run(incident_id, at).attempts
    call = [each for each in attempts if each.channel == Channel.VOICE][-1]
    reference = f"recorded-{call.delivery_id}"
    our_calls.answer_call(Report(call.delivery_id, reference), now=at - 4 * _SECOND)
    our_calls.press_key(Report(call.delivery_id, reference, key), now=at)


def _finish(incident_id: int, *, at: datetime) -> None:
    """Report what became of each attempt, as the provider does: texts arrived, and calls that nobody took ended."""
    for each in _run(incident_id, at).attempts:
        is_missed = each.channel == Channel.VOICE and each.pressed is None
        status = Status.UNDELIVERED if is_missed else Status.DELIVERED
        record_receipt(Channel(each.channel), f"recorded-{each.delivery_id}", status, now=at)


def _run(incident_id: int, now: datetime) -> Run:
    return paging.runs_of(db.session(), incident_id, now=now)[0]
