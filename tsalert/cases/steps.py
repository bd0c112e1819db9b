"""What is written into a case, or of it, as part of another use case."""

from datetime import datetime

from sqlalchemy.orm import Session

from tsalert.audit import service as audit
from tsalert.cases import queries
from tsalert.cases.models import CaseFile, CaseNote
from tsalert.cases.vocabulary import NoteKind, Status
from tsalert.core.actors import Actor
from tsalert.core.errors import RuleViolation
from tsalert.tiers import queries as tier_queries
from tsalert.tiers import service as tiers
from tsalert.tiers.rules import sees_all_that_is_sensitive


def note_decision(session: Session, case_id: int, words: str, *, actor: Actor, now: datetime) -> None:
    """Write a decision into the log of a case; a step. One that can only be read stays as it is.

    :raises NotFound: there is no such case.
    """
    case = queries.get_case(session, case_id, lock=True)
    if case.status == Status.CLOSED or case.continued_in_id is not None:
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


def require_given_by_another(session: Session, case: CaseFile, actor: Actor) -> None:
    """Refuse to let somebody take over a case that others are on, and with it what is sensitive in it; a step.

    :raises RuleViolation: they gave it to themselves.
    """
    on_it = tier_queries.officers_on(session, case.id)
    if case.officer_id != actor.officer_id or not on_it or actor.officer_id in on_it:
        return
    if not sees_all_that_is_sensitive(actor):
        raise RuleViolation("Ask an officer on the case, or a manager, to give it to you.", field="officer_id")


def put_officer_on(session: Session, case: CaseFile, *, actor: Actor, now: datetime) -> None:
    """Put whoever runs a case on it, so that they see what is sensitive in it; a step."""
    if case.officer_id is not None:
        tiers.put_on(session, case.id, case.officer_id, actor=actor, now=now)
