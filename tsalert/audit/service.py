"""Writing the trail: in the transaction of the change itself, so that neither stands without the other."""

from datetime import datetime

from sqlalchemy import event, select
from sqlalchemy.orm import Session

from tsalert.audit.models import AuditEvent, AuditHead, AuditPublication
from tsalert.audit.rules import FIRST_SEAL, Detail, Entry, Head, seal
from tsalert.core.actors import Actor
from tsalert.core.clock import as_utc, london_date
from tsalert.db import insert_ignoring_conflicts

_PENDING = "audit_pending"


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


@event.listens_for(Session, "before_commit")
def _seal_pending(session: Session) -> None:
    """Append what was noted. The head is locked here, last of all, so that other work never queues behind it."""
    entries: list[Entry] = session.info.pop(_PENDING, [])
    if not entries:
        return
    session.flush()
    head = _lock_head(session)
    for entry in entries:
        sealed = seal(head.seal, entry)
        session.add(_row(entry, head, sealed))
        head.seal, head.length = sealed, head.length + 1
    session.flush()


@event.listens_for(Session, "after_rollback")
def _forget_pending(session: Session) -> None:
    session.info.pop(_PENDING, None)


def _lock_head(session: Session) -> AuditHead:
    locked = select(AuditHead).where(AuditHead.id == 1).with_for_update().execution_options(populate_existing=True)
    head = session.scalar(locked)
    if head is not None:
        return head
    first = {"id": 1, "seal": FIRST_SEAL, "length": 0}
    session.execute(insert_ignoring_conflicts(session, AuditHead).values(first))
    return session.scalars(locked).one()


def _row(entry: Entry, head: AuditHead, sealed: str) -> AuditEvent:
    return AuditEvent(
        id=head.length + 1,
        at=entry.at,
        officer_id=entry.officer_id,
        via=entry.via,
        action=entry.action,
        subject=entry.subject,
        subject_id=entry.subject_id,
        detail=dict(entry.detail),
        previous_seal=head.seal,
        seal=sealed,
    )
