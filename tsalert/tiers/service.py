"""Steps by which other capabilities put officers on a case, restrict a record with all beneath it, and lift that."""

from datetime import datetime

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from tsalert.audit import service as audit
from tsalert.core.actors import Actor
from tsalert.core.errors import Conflict, NotFound
from tsalert.core.reasons import read_reason
from tsalert.db import insert_ignoring_conflicts
from tsalert.tiers import queries
from tsalert.tiers.models import AccessGrant, Restriction
from tsalert.tiers.rules import Tier
from tsalert.tiers.vocabulary import Origin, Subject


def put_on(session: Session, case_id: int, officer_id: int, *, actor: Actor, now: datetime) -> None:
    """Put an officer on a case, so that they see T3 of it until they are taken off; twice changes nothing."""
    row = {
        "officer_id": officer_id,
        "subject": Subject.CASE,
        "subject_id": case_id,
        "tier": Tier.T3,
        "origin": Origin.ON_THE_CASE,
        "granted_by": actor.officer_id,
        "granted_at": now,
    }
    # Asked first, since SQLite's guard takes a second row for one that is written over the first.
    if officer_id in queries.officers_on(session, case_id):
        return
    adding = insert_ignoring_conflicts(session, AccessGrant).values(row).returning(AccessGrant.id)
    if session.scalar(adding) is not None:
        audit.record(session, actor, "put on the case", Subject.CASE, case_id, now=now, officer=officer_id)


def take_off(session: Session, case_id: int, officer_id: int, *, actor: Actor, now: datetime) -> None:
    """Take an officer off a case; what they saw of it as one of those on it ends at their next request.

    :raises NotFound: they are not on it.
    """
    ending = (
        update(AccessGrant)
        .where(
            AccessGrant.subject == Subject.CASE,
            AccessGrant.subject_id == case_id,
            AccessGrant.officer_id == officer_id,
            AccessGrant.origin == Origin.ON_THE_CASE,
            AccessGrant.ended_at.is_(None),
        )
        .values(ended_at=now, ended_by=actor.officer_id)
        .returning(AccessGrant.id)
    )
    if session.scalar(ending) is None:
        raise NotFound("That officer is not on the case.")
    audit.record(session, actor, "taken off the case", Subject.CASE, case_id, now=now, officer=officer_id)


def restrict(  # noqa: PLR0913 - a record and its root, why, by whom and when
    session: Session,
    subject: Subject,
    subject_id: int,
    root: tuple[Subject, int],
    reason: str,
    *,
    actor: Actor,
    now: datetime,
) -> None:
    """Keep a record from all who hold no live grant on its root; twice changes nothing.

    :raises RuleViolation: the reason is too short or too long.
    """
    row = {
        "subject": subject,
        "subject_id": subject_id,
        "root_subject": root[0],
        "root_id": root[1],
        "reason": read_reason(reason),
        "restricted_by": actor.officer_id,
        "restricted_at": now,
    }
    if root in queries.roots_of(session, subject, subject_id):
        return
    adding = insert_ignoring_conflicts(session, Restriction).values(row).returning(Restriction.id)
    if session.scalar(adding) is not None:
        because = None if root == (subject, subject_id) else f"{root[0].value} {root[1]}"
        audit.record(session, actor, "restricted", subject, subject_id, now=now, with_record=because)


def inherit(
    session: Session,
    subject: Subject,
    subject_id: int,
    parent: tuple[Subject, int],
    *,
    actor: Actor,
    now: datetime,
) -> None:
    """Restrict a record as the one is to which it was just attached, under the same roots."""
    standing = (Restriction.subject == parent[0], Restriction.subject_id == parent[1], Restriction.lifted_at.is_(None))
    for above in session.scalars(select(Restriction).where(*standing).order_by(Restriction.id)).all():
        root = (Subject.of(above.root_subject), above.root_id)
        restrict(session, subject, subject_id, root, above.reason, actor=actor, now=now)


def lift(session: Session, root: tuple[Subject, int], reason: str, *, actor: Actor, now: datetime) -> None:
    """Lift the restriction of a root and of all that is restricted for its sake.

    :raises Conflict: it is not restricted.
    :raises RuleViolation: the reason is too short or too long.
    """
    kept = read_reason(reason)
    if root not in queries.roots_of(session, *root):
        raise Conflict("This record is not restricted, or is so for the sake of another.")
    lifting = (
        update(Restriction)
        .where(Restriction.root_subject == root[0], Restriction.root_id == root[1], Restriction.lifted_at.is_(None))
        .values(lifted_at=now, lifted_by=actor.officer_id, lift_reason=kept)
        .returning(Restriction.subject, Restriction.subject_id)
    )
    for subject, subject_id in sorted(session.execute(lifting).all()):
        audit.record(session, actor, "restriction lifted", subject, subject_id, now=now)
