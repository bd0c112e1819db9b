"""Looking at files that came in before anything was said of what to mind when they are opened."""

from datetime import datetime

from sqlalchemy import select, update

from tsalert.audit import service as audit
from tsalert.core.actors import SERVICE
from tsalert.core.errors import NotFound
from tsalert.db import db, transaction
from tsalert.evidence import storing
from tsalert.evidence.caring import cares_of
from tsalert.evidence.models import EvidenceFile
from tsalert.evidence.vocabulary import Kind

_AT_ONCE = 50


def look_through(now: datetime) -> int:
    """Say of some files what to mind before they are opened; returns how many there were."""
    unseen = select(EvidenceFile).where(EvidenceFile.cares.is_(None)).order_by(EvidenceFile.id).limit(_AT_ONCE)
    found = {file.id: _cares(file) for file in db.session.scalars(unseen)}
    if found:
        with transaction() as session:
            for file_id, cares in found.items():
                session.execute(update(EvidenceFile).where(EvidenceFile.id == file_id).values(cares=cares))
                audit.record(session, SERVICE, "looked at", "evidence file", file_id, now=now, cares=cares or "none")
    return len(found)


def _cares(file: EvidenceFile) -> str:
    """Return what is to be minded; nothing of a file that is gone, since nobody can open it."""
    try:
        content = storing.outline(file.storage_key)
    except NotFound:
        return ""
    return " ".join(cares_of(Kind.of(file.kind), content, file.size))
