"""Reading the trail, and checking that nobody has changed it."""

from contextlib import closing
from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import Session

from tsalert.audit.models import AuditEvent, AuditHead
from tsalert.audit.rules import FIRST_SEAL, Entry, seal


@dataclass(frozen=True, slots=True)
class Verdict:
    """What a walk along the chain found; ``broken_at`` is the first entry that does not fit."""

    length: int
    broken_at: int | None

    @property
    def is_whole(self) -> bool:
        """True where every entry fits the one before and the head."""
        return self.broken_at is None


def verify_chain(session: Session) -> Verdict:
    """Walk the chain from its first entry and compare every seal, then the head."""
    previous, place = FIRST_SEAL, 0
    entries = select(AuditEvent).order_by(AuditEvent.id).execution_options(yield_per=1000)
    with closing(session.scalars(entries)) as rows:
        for row in rows:
            place += 1
            if row.id != place or row.previous_seal != previous or row.seal != seal(previous, _entry(row)):
                return Verdict(place, broken_at=place)
            previous = row.seal
    head = session.get(AuditHead, 1)
    fits = (head.seal, head.length) == (previous, place) if head else place == 0
    return Verdict(place, broken_at=None if fits else place + 1)


def entries_about(session: Session, subject: str, subject_id: int) -> list[AuditEvent]:
    """Return the entries about one record, oldest first."""
    about = (AuditEvent.subject == subject, AuditEvent.subject_id == subject_id)
    return list(session.scalars(select(AuditEvent).where(*about).order_by(AuditEvent.id)))


def _entry(row: AuditEvent) -> Entry:
    return Entry(row.at, row.officer_id, row.via, row.action, row.subject, row.subject_id, row.detail)
