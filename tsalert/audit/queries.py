"""Reading the trail, and checking that nobody has changed it."""

from contextlib import closing
from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import Session

from tsalert.audit.models import AuditEvent, AuditHead, AuditPublication
from tsalert.audit.rules import FIRST_SEAL, Entry, Head, seal

# Columns rather than rows of the model: of a million entries each is looked at once.
_ENTRIES = select(
    AuditEvent.id,
    AuditEvent.previous_seal,
    AuditEvent.seal,
    AuditEvent.at,
    AuditEvent.officer_id,
    AuditEvent.via,
    AuditEvent.action,
    AuditEvent.subject,
    AuditEvent.subject_id,
    AuditEvent.detail,
).order_by(AuditEvent.id)


@dataclass(frozen=True, slots=True)
class Verdict:
    """What a walk along the chain found; ``broken_at`` is the first entry that does not fit."""

    length: int
    broken_at: int | None

    @property
    def is_whole(self) -> bool:
        """True where every entry fits the one before and the head."""
        return self.broken_at is None


def last_change(session: Session) -> str:
    """Return the seal of the last entry that tells of more than a reading; it differs after every change."""
    newest = select(AuditEvent.seal).where(AuditEvent.action != "read").order_by(AuditEvent.id.desc()).limit(1)
    return session.scalar(newest) or FIRST_SEAL


def verify_chain(session: Session, *, published: Head | None = None) -> Verdict:
    """Walk the chain from its first entry and compare every seal, then the head and what was published of it.

    :param published: an entry and its seal as they once left this program, besides those that it remembers.
    """
    known = dict(session.execute(select(AuditPublication.length, AuditPublication.seal)).all())
    outside = {published.length: published.seal} if published else {}
    previous, place = FIRST_SEAL, 0
    with closing(session.execute(_ENTRIES.execution_options(yield_per=1000))) as rows:
        for number, before, sealed, *content in rows:
            place += 1
            fits = number == place and before == previous and sealed == seal(previous, Entry(*content))
            if not fits or sealed not in {known.get(place, sealed)} & {outside.get(place, sealed)}:
                return Verdict(place, broken_at=place)
            previous = sealed
    head = session.get(AuditHead, 1)
    fits = (head.seal, head.length) == (previous, place) if head else place == 0
    missing = [length for length in (*known, *outside) if length > place]
    return Verdict(place, broken_at=None if fits and not missing else place + 1)


def entries_about(session: Session, subject: str, subject_id: int) -> list[AuditEvent]:
    """Return the entries about one record, oldest first."""
    about = (AuditEvent.subject == subject, AuditEvent.subject_id == subject_id)
    return list(session.scalars(select(AuditEvent).where(*about).order_by(AuditEvent.id)))
