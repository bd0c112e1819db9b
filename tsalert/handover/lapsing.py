"""Offers that nobody answered in time, and those that were answered on the incident's own page."""

from datetime import datetime
from functools import partial

from flask import current_app
from sqlalchemy.orm import Session

from tsalert.audit import service as audit
from tsalert.config import Settings
from tsalert.core.actors import SERVICE
from tsalert.core.one_by_one import one_by_one
from tsalert.db import db, transaction
from tsalert.handover import packs, queries, rules, service, wording
from tsalert.handover.models import Handover
from tsalert.handover.rules import State
from tsalert.handover.telling import write_to_managers
from tsalert.response import handing_over
from tsalert.response import queries as response


def settle_due(now: datetime) -> int:
    """Let every offer lapse whose time is over, and tell the managers; returns how many handovers ended.

    An incident may be answered for, or end, without its handover: that is brought up to date first, and is no lapse.
    Each is a transaction of its own: one that fails keeps no other waiting.
    """
    return one_by_one(queries.offered_ids(db.session()), partial(settle, now=now))


def settle(handover_id: int, *, now: datetime) -> bool:
    """Bring one offer up to date; tells whether it has ended."""
    with transaction() as session:
        row = queries.get_row(session, handover_id, lock=True)
        if row.state != State.OFFERED:
            return False
        if row.incident_id is not None and _was_answered_elsewhere(session, row, now=now):
            return True
        assert row.answer_by is not None  # an offer has its time
        if not rules.has_lapsed(answer_by=row.answer_by, now=now):
            return False
        _lapse(session, row, now=now)
        return True


def _lapse(session: Session, row: Handover, *, now: datetime) -> None:
    assert row.offered_at is not None  # an offer has its time
    assert row.answer_by is not None
    service.give_back(session, row, "Nobody answered in time: the offer lapsed.", actor=SERVICE, now=now)
    service.end(row, State.LAPSED, actor=SERVICE, now=now)
    settings: Settings = current_app.extensions["tsalert_settings"]
    mail = wording.lapse_mail(
        reference=packs.subject_of(session, row).reference,
        body=row.body,
        offered_at=row.offered_at,
        answer_by=row.answer_by,
        link=f"{settings.public_url}/handovers/{row.id}",
    )
    told = write_to_managers(session, mail, now=now)
    audit.record(session, SERVICE, "lapsed", "handover", row.id, now=now, told=told)


def _was_answered_elsewhere(session: Session, row: Handover, *, now: datetime) -> bool:
    """Take over what was recorded on the incident's page; False where its offer still stands."""
    assert row.incident_id is not None
    assert row.offered_at is not None
    found = handing_over.find_answer(session, row.incident_id, row.body, offered_at=row.offered_at)
    if found is None and response.get_incident(session, row.incident_id).offered_to is not None:
        return False
    row.answered_at, row.answered_by = (found.at, found.recorded_by) if found else (now, None)
    if found is None:
        row.state, row.reason = State.WITHDRAWN, "The incident ended otherwise."
    elif found.is_yes:
        row.state, row.accepted_by = State.ACCEPTED, found.words
    else:
        row.state, row.reason = State.REFUSED, found.words
    audit.record(session, SERVICE, "settled", "handover", row.id, now=now, state=row.state)
    return True
