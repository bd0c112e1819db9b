"""Reminding of reviews of warnings and intelligence: once each, whoever wrote them, else the managers."""

from collections import defaultdict
from datetime import date, datetime

from flask import current_app
from msgspec import Struct
from sqlalchemy import select
from sqlalchemy.orm import Session

from tsalert.audit import service as audit
from tsalert.config import Settings
from tsalert.core.actors import SERVICE, Permission
from tsalert.core.clock import london_date
from tsalert.db import insert_ignoring_conflicts, transaction
from tsalert.delivery.rules import Content
from tsalert.intelligence import queries
from tsalert.intelligence.models import IntelligenceNote, ReviewReminder
from tsalert.parties.warning_notes import due_warnings
from tsalert.staff import queries as staff
from tsalert.staff.queries import Person
from tsalert.staff.writing import write_to

_WARNING, _NOTE = "party_warning", "intelligence_note"


class Due(Struct, frozen=True):
    """One review that is due; ``path`` leads to its form."""

    record: str
    record_id: int
    review_on: date
    written_by: int | None
    path: str

    @property
    def words(self) -> str:
        """What is to be reviewed, naming nobody."""
        return "A warning" if self.record == _WARNING else f"Note {self.record_id} of intelligence"


def remind(now: datetime) -> int:
    """Write about every review that is due and was not told of; returns how many there were.

    Where there is nobody to write to, it is tried again.
    """
    settings: Settings = current_app.extensions["tsalert_settings"]
    with transaction() as session:
        by_person = _by_person(session, _untold(session, _due(session, london_date(now))))
        for person, theirs in by_person:
            mail = review_mail(theirs, authority=settings.authority_name, site=settings.public_url)
            write_to(session, [person], mail, now=now)
        told = dict.fromkeys(each for _, theirs in by_person for each in theirs)
        for each in told:
            kept = {"record": each.record, "record_id": each.record_id, "review_on": each.review_on, "told_at": now}
            session.execute(insert_ignoring_conflicts(session, ReviewReminder).values(kept))
            audit.record(session, SERVICE, "review told", each.record, each.record_id, now=now)
        return len(told)


def review_mail(due: list[Due], *, authority: str, site: str) -> Content:
    """Return the mail about reviews; it names nobody."""
    lines = "\n".join(f"- {each.words}, due on {each.review_on:%d/%m/%Y}: {site}{each.path}" for each in due)
    text = (
        f"These are to be looked at again:\n\n{lines}\n\n"
        "Keep each until its next review, end it, or write another in its place. Until then it shows as it is, and "
        f"says that its review is overdue.\n\n{authority} writes about each review once.\n"
    )
    number = "A review is due" if len(due) == 1 else f"{len(due)} reviews are due"
    return Content(subject=f"{number}: warnings and intelligence", text=text)


def _due(session: Session, today: date) -> list[Due]:
    warnings = [
        Due(_WARNING, row.id, row.review_on, row.written_by, f"/parties/warnings/{row.id}")
        for row in due_warnings(session, today=today)
    ]
    past = (queries.stands(today), IntelligenceNote.review_on <= today)
    rows = session.scalars(select(IntelligenceNote).where(*past).order_by(IntelligenceNote.id)).all()
    later = queries.next_reviews(session, [row.id for row in rows])
    notes = [
        Due(_NOTE, row.id, later.get(row.id, row.review_on), row.written_by, f"/intelligence/{row.id}") for row in rows
    ]
    return [*warnings, *(note for note in notes if note.review_on <= today)]


def _untold(session: Session, due: list[Due]) -> list[Due]:
    columns = (ReviewReminder.record, ReviewReminder.record_id, ReviewReminder.review_on)
    told = select(*columns).where(ReviewReminder.record_id.in_([each.record_id for each in due]))
    known = {tuple(row) for row in session.execute(told)} if due else set()
    return [each for each in due if (each.record, each.record_id, each.review_on) not in known]


def _by_person(session: Session, due: list[Due]) -> list[tuple[Person, list[Due]]]:
    """Return whom to write to about what: the author where they still work here, else every manager."""
    if not due:
        return []
    officers = {each.id: each for each in staff.officers_who_may(session, {Permission.LOG_CALL})}
    managers = staff.officers_who_may(session, {Permission.MANAGE_RESPONSE, Permission.LOG_CALL})
    found: defaultdict[int, list[Due]] = defaultdict(list)
    people: dict[int, Person] = {}
    for each in due:
        author = officers.get(each.written_by or 0)
        for person in [author] if author else managers:
            people[person.id] = person
            found[person.id].append(each)
    return [(people[number], theirs) for number, theirs in found.items()]
