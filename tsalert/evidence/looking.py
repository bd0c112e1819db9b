"""Looking at files that came in before anything was said of what to mind when they are opened."""

from datetime import datetime
from functools import partial

from sqlalchemy import Row, select, update

from tsalert.audit import service as audit
from tsalert.core.actors import SERVICE
from tsalert.core.errors import NotFound
from tsalert.core.one_by_one import one_by_one
from tsalert.db import db, transaction
from tsalert.evidence import storing
from tsalert.evidence.caring import cares_of
from tsalert.evidence.models import EvidenceFile
from tsalert.evidence.vocabulary import Kind

_AT_ONCE = 50


def look_through(now: datetime) -> int:
    """Say of some files what to mind before they are opened; returns how many there were.

    Each is a transaction of its own: one that cannot be read keeps no other from being looked at.
    """
    columns = (EvidenceFile.id, EvidenceFile.storage_key, EvidenceFile.kind, EvidenceFile.size)
    unseen = select(*columns).where(EvidenceFile.cares.is_(None)).order_by(EvidenceFile.id).limit(_AT_ONCE)
    return one_by_one(db.session.execute(unseen).all(), partial(_look_at, now=now))


def _look_at(file: Row[int, str, str, int], *, now: datetime) -> bool:
    file_id, storage_key, kind, size = file
    cares = _cares(storage_key, Kind.of(kind), size)
    with transaction() as session:
        session.execute(update(EvidenceFile).where(EvidenceFile.id == file_id).values(cares=cares))
        audit.record(session, SERVICE, "looked at", "evidence file", file_id, now=now, cares=cares or "none")
    return True


def _cares(storage_key: str, kind: Kind, size: int) -> str:
    """Return what is to be minded; nothing of a file that is gone, since nobody can open it."""
    try:
        content = storing.outline(storage_key)
    except NotFound:
        return ""
    return " ".join(cares_of(kind, content, size))
