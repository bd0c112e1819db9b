"""What other capabilities write into a case as part of their own use cases."""

from datetime import datetime

from sqlalchemy.orm import Session

from tsalert.audit import service as audit
from tsalert.cases import queries
from tsalert.cases.models import CaseNote
from tsalert.cases.vocabulary import NoteKind, Status
from tsalert.core.actors import Actor


def note_decision(session: Session, case_id: int, words: str, *, actor: Actor, now: datetime) -> None:
    """Write a decision into the log of a case; a step. A closed case can only be read, and stays as it is.

    :raises NotFound: there is no such case.
    """
    case = queries.get_case(session, case_id, lock=True)
    if case.status == Status.CLOSED:
        return
    note = CaseNote(
        case_id=case_id,
        kind=NoteKind.DECISION,
        text=words,
        occurred_at=now,
        recorded_by=actor.officer_id,
        recorded_at=now,
    )
    session.add(note)
    session.flush()
    audit.record(session, actor, "note added", "case", case_id, now=now, kind=note.kind, note=note.id)
