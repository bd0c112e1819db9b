"""Doing without the monthly summary, and taking it again."""

from datetime import datetime

from tsalert.audit import service as audit
from tsalert.core.actors import Actor, Permission
from tsalert.db import insert_ignoring_conflicts, transaction
from tsalert.quarterly.timetable.models import SummaryLeave


def choose_summary(*, wanted: bool, actor: Actor, now: datetime) -> None:
    """Send a manager the monthly summary from now on, or no longer; saying the same again changes nothing."""
    actor.require(Permission.SIGN_REPORT)
    with transaction() as session:
        row = session.get(SummaryLeave, actor.officer_id)
        if wanted is (row is None):
            return
        if row is not None:
            session.delete(row)
        else:
            kept = {"officer_id": actor.officer_id, "left_at": now}
            session.execute(insert_ignoring_conflicts(session, SummaryLeave).values(kept))
        audit.record(session, actor, "took" if wanted else "left", "monthly summary", actor.officer_id, now=now)
