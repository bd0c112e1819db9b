"""Writing the trail: in the transaction of the change itself, so that neither stands without the other."""

from datetime import datetime
from typing import Any

from sqlalchemy import event, insert, select, update
from sqlalchemy.orm import Session

from tsalert.audit.models import AuditEvent, AuditHead, AuditPublication
from tsalert.audit.rules import FIRST_SEAL, Detail, Entry, Head, seal
from tsalert.core.actors import Actor
from tsalert.core.clock import as_utc, london_date
from tsalert.db import insert_ignoring_conflicts

_PENDING = "audit_pending"
# Whoever saves or reads of people ends with these, and others wait meanwhile: built once, and run past the session.
_head = AuditHead.__table__.c
_LOCK_HEAD = select(_head.seal, _head.length).where(_head.id == 1).with_for_update()
_APPEND = insert(AuditEvent)
_MOVE_HEAD = update(AuditHead).where(_head.id == 1)


def record(
    session: Session,
    actor: Actor,
    action: str,
    subject: str,
    subject_id: int | None,
    *,
    now: datetime,
    **detail: Detail,
) -> None:
    """Note an act; it is sealed into the chain when the caller's transaction commits.

    What is done by a bearer token says by which.

    :param action: past tense, such as ``graded``.
    :param detail: names of fields, states and references; never personal data.
    """
    by_token = {"token": actor.token.id} if actor.token else {}
    entry = Entry(now, actor.officer_id, actor.via, action, subject, subject_id, {**detail, **by_token})
    session.info.setdefault(_PENDING, []).append(entry)


def note_publication(session: Session, *, now: datetime) -> Head | None:
    """Keep the head as it is published today in London; None where that was done, or nothing was ever entered."""
    head = session.get(AuditHead, 1)
    if head is None:
        return None
    kept = {"day": london_date(now), "seal": head.seal, "length": head.length, "published_at": as_utc(now)}
    adding = insert_ignoring_conflicts(session, AuditPublication).values(kept).returning(AuditPublication.day)
    return Head(head.length, head.seal) if session.scalar(adding) is not None else None


def hold(session: Session) -> None:
    """Let nobody else append to the trail until this transaction ends, and so change what it tells of; a step."""
    _lock_head(session)


@event.listens_for(Session, "before_commit")
def _seal_pending(session: Session) -> None:
    """Append what was noted. The head is locked here, last of all, so that other work never queues behind it."""
    entries: list[Entry] = session.info.pop(_PENDING, [])
    if not entries:
        return
    session.flush()
    head, rows = _lock_head(session), []
    for entry in entries:
        sealed = seal(head.seal, entry)
        rows.append(_row(entry, head, sealed))
        head = Head(head.length + 1, sealed)
    connection = session.connection()
    connection.execute(_APPEND, rows)
    connection.execute(_MOVE_HEAD, {"seal": head.seal, "length": head.length})


@event.listens_for(Session, "after_rollback")
def _forget_pending(session: Session) -> None:
    session.info.pop(_PENDING, None)


def _lock_head(session: Session) -> Head:
    connection = session.connection()
    head = connection.execute(_LOCK_HEAD).first()
    if head is None:
        first = {"id": 1, "seal": FIRST_SEAL, "length": 0}
        session.execute(insert_ignoring_conflicts(session, AuditHead).values(first))
        head = connection.execute(_LOCK_HEAD).one()
    return Head(head.length, head.seal)


def _row(entry: Entry, head: Head, sealed: str) -> dict[str, Any]:
    return {
        "id": head.length + 1,
        "at": entry.at,
        "officer_id": entry.officer_id,
        "via": entry.via,
        "action": entry.action,
        "subject": entry.subject,
        "subject_id": entry.subject_id,
        "detail": dict(entry.detail),
        "previous_seal": head.seal,
        "seal": sealed,
    }
