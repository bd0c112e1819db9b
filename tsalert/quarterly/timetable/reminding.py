"""Writing to those who write the report and to managers when their day has come, once each."""

from collections.abc import Sequence
from datetime import datetime
from typing import TYPE_CHECKING

from flask import current_app

from tsalert.audit import service as audit
from tsalert.config import Settings
from tsalert.core.actors import SERVICE
from tsalert.core.one_by_one import one_by_one
from tsalert.db import db, insert_ignoring_conflicts, transaction
from tsalert.quarterly.timetable import drafting, queries
from tsalert.quarterly.timetable.models import BoardReminder
from tsalert.quarterly.timetable.rules import Point
from tsalert.staff.writing import write_to

if TYPE_CHECKING:
    from tsalert.quarterly.timetable.letters import Letter


def keep_timetable(now: datetime) -> int:
    """Open the drafts that are due, then tell of everything that has come; returns how much was done.

    What has nobody to go to is tried again.
    """
    opened = drafting.open_drafts(now)
    due = queries.pending(db.session(), now)
    db.session().rollback()
    return opened + (_write(due, now) if due else 0)


def _write(due: Sequence[Point], now: datetime) -> int:
    # A quarter of a worker's modules puts a report's figures together, and most workers never see such a day.
    from tsalert.quarterly.timetable.letters import letter_for  # noqa: PLC0415 - as said above

    settings: Settings = current_app.extensions["tsalert_settings"]

    def tell(point: Point) -> bool:
        try:
            letter = letter_for(db.session(), point, settings, now=now)
        finally:
            db.session().rollback()  # a month's figures take their time, and hold no lock meanwhile
        return letter is not None and _send(point, letter, now)

    return one_by_one(due, tell)


def _send(point: Point, letter: "Letter", now: datetime) -> bool:
    """Send a letter unless somebody has done so meanwhile; that it went is kept with it."""
    kept = {"kind": point.kind, "first_day": point.about.first_day, "about_on": point.about_on, "sent_at": now}
    with transaction() as session:
        if queries.was_done(session, point):
            return False
        number = len(letter.people) if letter.content else 0
        adding = insert_ignoring_conflicts(session, BoardReminder).values(kept | {"recipients": number})
        if session.scalar(adding.returning(BoardReminder.kind)) is None:
            return False
        if letter.content:
            write_to(session, letter.people, letter.content, now=now)
        period = point.about.label
        audit.record(session, SERVICE, "told", "board timetable", None, now=now, kind=point.kind, period=period)
        return True
