"""Opening the draft of a quarter's report by itself, once, on the first working day after the quarter."""

from datetime import datetime

from tsalert.core.actors import SERVICE
from tsalert.db import db, take_turns, transaction
from tsalert.quarterly import opening
from tsalert.quarterly.timetable import queries

_LOCK_NUMBER = 38_0001
_FIRST = 1


def open_drafts(now: datetime) -> int:
    """Open every draft that should be open by now and was never opened; returns how many.

    Nobody is its author until somebody takes it. A worker that was away makes up for it.
    """
    missing = queries.unopened(db.session(), now)
    db.session().rollback()
    if not missing:
        return 0
    with transaction() as session:
        take_turns(session, _LOCK_NUMBER)
        found = queries.unopened(session, now)
        for quarter in found:
            opening.add(session, quarter, _FIRST, actor=SERVICE, now=now)
        return len(found)
