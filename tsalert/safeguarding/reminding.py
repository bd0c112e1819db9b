"""Reminding of concerns that were not sent within a working day, or not acknowledged within three."""

from datetime import datetime

from flask import current_app
from sqlalchemy import select
from sqlalchemy.orm import Session

from tsalert.audit import service as audit
from tsalert.config import Settings
from tsalert.core.actors import SERVICE, Permission
from tsalert.db import insert_ignoring_conflicts, transaction
from tsalert.delivery.rules import Content
from tsalert.safeguarding import queries
from tsalert.safeguarding.models import SafeguardingReminder
from tsalert.safeguarding.queries import ConcernRecord
from tsalert.safeguarding.vocabulary import Late
from tsalert.staff import queries as staff
from tsalert.staff.writing import write_to
from tsalert.web.filters import day, moment

_WHAT = {
    Late.SENDING: "has neither been sent to adult social care nor been decided against",
    Late.ACKNOWLEDGEMENT: "was sent, and nobody there has acknowledged it",
}


def remind(now: datetime) -> int:
    """Write once about everything that is late, to whoever raised it and to those who watch over safeguarding.

    Where there is nobody to write to, it is tried again.
    """
    with transaction() as session:
        due = [(each, late) for each in queries.waiting(session) if (late := each.standing.late(now))]
        told = [_tell(session, record, late, now) for record, late in due if not _was_told(session, record, late)]
        return sum(told)


def reminder_mail(record: ConcernRecord, late: Late, *, link: str) -> Content:
    """Return the mail about one concern; it names the case and nobody."""
    due_on = record.standing.due_on
    text = (
        f"A safeguarding concern of {record.reference}, raised on {moment(record.row.raised_at)}, {_WHAT[late]}. "
        f"It was due on {day(due_on)}.\n\nSee it: {link}\n"
    )
    return Content(subject=f"Safeguarding: {late.label.lower()}, {record.reference}", text=text)


def _tell(session: Session, record: ConcernRecord, late: Late, now: datetime) -> bool:
    settings: Settings = current_app.extensions["tsalert_settings"]
    mail = reminder_mail(record, late, link=f"{settings.public_url}/safeguarding/{record.row.id}")
    watching = staff.officers_who_may(session, {Permission.READ_SENSITIVE})
    raised = [
        each for each in staff.officers_who_may(session, {Permission.WORK_CASE}) if each.id == record.row.raised_by
    ]
    people = {each.id: each for each in (*watching, *raised)}
    if not write_to(session, list(people.values()), mail, now=now):
        return False
    kept = {"concern_id": record.row.id, "late": late, "told_at": now}
    session.execute(insert_ignoring_conflicts(session, SafeguardingReminder).values(kept))
    audit.record(session, SERVICE, "reminder sent", "safeguarding concern", record.row.id, now=now, late=late.value)
    return True


def _was_told(session: Session, record: ConcernRecord, late: Late) -> bool:
    of_it = (SafeguardingReminder.concern_id == record.row.id, SafeguardingReminder.late == late)
    return session.scalar(select(SafeguardingReminder.late).where(*of_it)) is not None
