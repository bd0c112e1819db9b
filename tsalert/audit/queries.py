"""Reading the trail, and checking that nobody has changed it."""

from collections.abc import Collection, Sequence
from contextlib import closing
from datetime import datetime

from msgspec import Struct
from sqlalchemy import Row, Select, func, select
from sqlalchemy.orm import Session

from tsalert.audit import checkpoints
from tsalert.audit.models import AuditEvent, AuditHead, AuditPublication
from tsalert.audit.rules import EXPORTED, NOT_WRITTEN, OPENED, Entry, Head, seal
from tsalert.bulk import one_of
from tsalert.core.errors import RuleViolation

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


class Verdict(Struct, frozen=True):
    """What a walk along the chain found; ``broken_at`` is the first entry that does not fit."""

    length: int
    broken_at: int | None

    @property
    def is_whole(self) -> bool:
        """True where every entry fits the one before and the head."""
        return self.broken_at is None


def length(session: Session) -> int:
    """Return how many entries the trail has ever had, as this transaction sees it."""
    return session.scalar(select(AuditHead.length)) or 0


def changes_between(session: Session, first: int, last: int) -> Sequence[Row[str, str, int | None]]:
    """Return action, subject and its number of the entries with these places in the chain that tell of a change."""
    columns = (AuditEvent.action, AuditEvent.subject, AuditEvent.subject_id)
    wanted = (AuditEvent.id.between(first, last), AuditEvent.action.not_in(NOT_WRITTEN))
    return session.execute(select(*columns).where(*wanted).distinct()).all()


def first_at(session: Session) -> datetime | None:
    """Return when the first entry was made that is still there; None where nothing was ever entered."""
    first: datetime | None = session.scalar(select(func.min(AuditEvent.at)))
    return first


def verify_chain(session: Session, *, published: Head | None = None) -> Verdict:
    """Walk the chain from where it begins and compare every seal, then the head and what was published of it.

    Where old entries gave way to a checkpoint, its signature is checked and the walk goes on from it.

    :param published: an entry and its seal as they once left this program, besides those that it remembers.
    :raises RuleViolation: the trail that is kept does not reach back to that entry, so nothing can be said of it.
    """
    known = dict(session.execute(select(AuditPublication.length, AuditPublication.seal)).all())
    outside = {published.length: published.seal} if published else {}
    begins = checkpoints.beginning(session)
    if begins is None:
        return Verdict(0, broken_at=1)
    previous, place = begins.seal, begins.length
    if published and published.length < max(place, 1):
        raise RuleViolation(f"The trail that is kept begins at entry {max(place, 1):,}. Give the head of a later one.")
    if place and previous not in {known.get(place, previous)} & {outside.get(place, previous)}:
        return Verdict(place, broken_at=place)
    # The head is read before the entries: what others append from now on stands behind it, and is not walked.
    head = session.execute(select(AuditHead.seal, AuditHead.length)).one_or_none()
    entries = _ENTRIES.where(AuditEvent.id <= head.length) if head else _ENTRIES
    with closing(session.execute(entries.execution_options(yield_per=1000))) as rows:
        for number, before, sealed, *content in rows:
            place += 1
            fits = number == place and before == previous and sealed == seal(previous, Entry(*content))
            if not fits or sealed not in {known.get(place, sealed)} & {outside.get(place, sealed)}:
                return Verdict(place, broken_at=place)
            previous = sealed
    fits = (head.seal, head.length) == (previous, place) if head else place == 0
    missing = [length for length in (*known, *outside) if length > place]
    return Verdict(place, broken_at=_first_without_head(session) if fits and not missing else place + 1)


def _first_without_head(session: Session) -> int | None:
    """Return the first entry that stands behind the head, where somebody put it past this program; None without any.

    One statement, so that both are of the same moment.
    """
    behind = AuditEvent.id > select(AuditHead.length).scalar_subquery()
    return session.scalar(select(func.min(AuditEvent.id)).where(behind))


def entries_about(session: Session, subject: str, subject_id: int) -> list[AuditEvent]:
    """Return the entries about one record, oldest first."""
    about = (AuditEvent.subject == subject, AuditEvent.subject_id == subject_id)
    return list(session.scalars(select(AuditEvent).where(*about).order_by(AuditEvent.id)))


def opened_between(
    session: Session, since: datetime, until: datetime, subjects: Collection[str]
) -> Sequence[Row[int, datetime, int | None, str, int | None]]:
    """Return who opened which single record in a time: entry, when, officer, subject and its number, in that order."""
    columns = (AuditEvent.id, AuditEvent.at, AuditEvent.officer_id, AuditEvent.subject, AuditEvent.subject_id)
    single = (AuditEvent.officer_id.is_not(None), AuditEvent.subject_id.is_not(None))
    what = (AuditEvent.action.in_(OPENED), AuditEvent.subject.in_(subjects))
    query = select(*columns).where(AuditEvent.at >= since, AuditEvent.at < until, *single, *what)
    return session.execute(query.order_by(AuditEvent.id)).all()


def exported_between(session: Session, since: datetime, until: datetime) -> Sequence[Row[int, datetime, int | None]]:
    """Return who took a file out in a time: entry, when and officer, in that order."""
    in_time = (AuditEvent.at >= since, AuditEvent.at < until)
    of_officer = (AuditEvent.action == EXPORTED, AuditEvent.officer_id.is_not(None))
    query = select(AuditEvent.id, AuditEvent.at, AuditEvent.officer_id).where(*in_time, *of_officer)
    return session.execute(query.order_by(AuditEvent.id)).all()


def first_writes(
    session: Session, officer_ids: Collection[int], subject: str, numbers: Collection[int]
) -> Sequence[Row[int | None, int | None, datetime]]:
    """Return officer, number and when the officer first wrote to a record of one subject."""
    columns = (AuditEvent.officer_id, AuditEvent.subject_id, func.min(AuditEvent.at))
    written = (AuditEvent.subject == subject, AuditEvent.action.not_in(NOT_WRITTEN))
    query = select(*columns).where(*written, AuditEvent.officer_id.in_(officer_ids))
    found = query.where(one_of(session, AuditEvent.subject_id, numbers))
    return session.execute(found.group_by(AuditEvent.officer_id, AuditEvent.subject_id)).all()


def acted_since(subject: str, action: str, since: datetime) -> Select[int | None]:
    """Return the query of the numbers of the records of a subject of which an act is entered from an instant on."""
    told = (AuditEvent.subject == subject, AuditEvent.action == action, AuditEvent.at >= since)
    return select(AuditEvent.subject_id).where(*told)


def entries(session: Session, numbers: Collection[int]) -> Sequence[AuditEvent]:
    """Return some entries of the trail, oldest first."""
    return session.scalars(select(AuditEvent).where(AuditEvent.id.in_(numbers)).order_by(AuditEvent.id)).all()
