"""Files taken off the disk when their case's time is over. Their rows stay, and say which run of retention did it."""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from tsalert.evidence import storing
from tsalert.evidence.models import EvidenceFile, RemovedFile


def remove_files(session: Session, case_ids: Sequence[int], *, run_id: int, now: datetime) -> list[str]:
    """Note that every file of some cases goes; a step. Returns their keys, to be deleted once that is committed."""
    removed = select(RemovedFile.file_id).where(RemovedFile.file_id == EvidenceFile.id)
    query = select(EvidenceFile.id, EvidenceFile.storage_key).where(EvidenceFile.case_id.in_(case_ids))
    found = session.execute(query.where(~removed.exists())).all()
    session.add_all(RemovedFile(file_id=file_id, run_id=run_id, removed_at=now) for file_id, _ in found)
    session.flush()
    return [key for _, key in found]


def delete_removed(session: Session, run_id: int) -> int:
    """Delete from the disk what a run noted as removed and a killed process left there; returns how many there were."""
    query = select(EvidenceFile.storage_key).join(RemovedFile, RemovedFile.file_id == EvidenceFile.id)
    return sum(storing.discard(key) for key in session.scalars(query.where(RemovedFile.run_id == run_id)))


def removed_from(session: Session, case_id: int) -> dict[int, RemovedFile]:
    """Return when, and by which run, each file of a case was removed that was."""
    query = select(RemovedFile).join(EvidenceFile, EvidenceFile.id == RemovedFile.file_id)
    return {row.file_id: row for row in session.scalars(query.where(EvidenceFile.case_id == case_id))}


def removed_by(session: Session, file_ids: Sequence[int]) -> dict[int, int]:
    """Return the run that removed each of some files that were removed."""
    query = select(RemovedFile.file_id, RemovedFile.run_id).where(RemovedFile.file_id.in_(file_ids))
    return dict(session.execute(query).all())
