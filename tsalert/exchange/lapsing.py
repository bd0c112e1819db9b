"""What becomes of an offer without an answer in time: it lapses by itself, and an answer too late is noted."""

from datetime import datetime
from functools import partial

from sqlalchemy.orm import Session

from tsalert.audit import service as audit
from tsalert.cases import steps
from tsalert.core.actors import SERVICE
from tsalert.core.one_by_one import one_by_one
from tsalert.db import db, transaction
from tsalert.exchange import queries
from tsalert.exchange.models import OfferedPack
from tsalert.exchange.rules import State


def let_lapse(now: datetime) -> int:
    """Let go of what nobody answered in time; returns how many. Again does no harm.

    Each is a transaction of its own: one that fails keeps no other waiting.
    """
    return one_by_one(queries.lapsed_ids(db.session(), now), partial(_let_lapse, now=now))


def let_go(row: OfferedPack, state: State, *, now: datetime, reason: str | None = None) -> None:
    """Settle that we do not take something, and keep nothing of what it said of people; a step."""
    row.state, row.answered_at, row.reason, row.pack, row.signed = state, now, reason, None, None


def note_too_late(session: Session, pack_id: int, said: str | None, *, now: datetime) -> None:
    """Note that our acceptance came when the offer no longer stood: both must speak to each other; a step.

    A refusal that comes too late leaves nothing to be done, so nothing is noted of it.
    """
    row = queries.get_pack_row(session, pack_id, lock=True)
    if row.case_id is None:
        return
    row.too_late = said or "They gave no reason."
    words = f"Our acceptance came too late; they say: {row.too_late} Ring them before anything is done."
    steps.note_decision(session, row.case_id, words, actor=SERVICE, now=now)
    audit.record(session, SERVICE, "answer refused", "offered pack", row.id, now=now)


def _let_lapse(pack_id: int, *, now: datetime) -> bool:
    """Let go of one, unless somebody answered it meanwhile."""
    with transaction() as session:
        row = queries.get_pack_row(session, pack_id, lock=True)
        if row.state != State.OFFERED:
            return False
        let_go(row, State.LAPSED, now=now)
        audit.record(session, SERVICE, "lapsed", "offered pack", row.id, now=now)
        return True
