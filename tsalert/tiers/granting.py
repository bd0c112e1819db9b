"""Giving and ending access by name; steps that open a restricted record for a reason or break the glass."""

from datetime import datetime

from msgspec import Struct
from sqlalchemy import select, update
from sqlalchemy.orm import Session

from tsalert.audit import service as audit
from tsalert.core.actors import Actor, Permission
from tsalert.core.errors import Conflict, NotAllowed, NotFound
from tsalert.core.reasons import read_reason
from tsalert.db import transaction
from tsalert.staff import queries as staff
from tsalert.tiers import queries, rules
from tsalert.tiers.models import AccessGrant, Opening
from tsalert.tiers.rules import BREAK_GLASS_LASTS, OPENING_LASTS, Tier
from tsalert.tiers.vocabulary import Origin, Subject

Record = tuple[Subject, int]


class NewGrant(Struct, frozen=True):
    """Access to one record, as a manager gives it."""

    officer_id: int
    subject: Subject
    subject_id: int
    expires_at: datetime
    reason: str
    tier: Tier = Tier.T4


def give(new: NewGrant, *, actor: Actor, now: datetime) -> int:
    """Let an officer see a record until a time; returns the grant's id.

    :raises NotFound: there is no such officer.
    :raises RuleViolation: to oneself or somebody who is inactive, without a reason, or for longer than 90 days.
    """
    actor.require(Permission.GRANT_ACCESS)
    rules.require_another(actor, new.officer_id)
    rules.require_expiry(new.expires_at, now)
    with transaction() as session:
        staff.require_active(session, new.officer_id)
        grant = _grant(new, Origin.NAMED, actor, now)
        session.add(grant)
        session.flush()
        told = {"officer": new.officer_id, "tier": int(new.tier), "grant": grant.id}
        audit.record(session, actor, "access granted", new.subject, new.subject_id, now=now, **told)
        return grant.id


def end(grant_id: int, *, actor: Actor, now: datetime) -> None:
    """End a grant before its time; it counts no more at that officer's next request.

    :raises NotFound: there is no such grant.
    :raises Conflict: it has ended.
    """
    actor.require(Permission.GRANT_ACCESS)
    with transaction() as session:
        grant = _get_grant(session, grant_id)
        ending = update(AccessGrant).where(AccessGrant.id == grant_id, queries.live(now))
        ended = session.scalar(ending.values(ended_at=now, ended_by=actor.officer_id).returning(AccessGrant.id))
        if ended is None:
            raise Conflict("That access has ended already.")
        told = {"officer": grant.officer_id, "tier": grant.tier, "grant": grant_id}
        audit.record(session, actor, "access ended", grant.subject, grant.subject_id, now=now, **told)


def open_root(session: Session, root: Record, reason: str, *, actor: Actor, now: datetime) -> None:
    """Open a restricted record, with all beneath it, for 60 minutes and for a reason; a step.

    :raises NotAllowed: they hold no live grant on it.
    :raises RuleViolation: the reason is too short or too long.
    """
    kept = read_reason(reason)
    if not queries.holds_grant(session, actor, root, now=now):
        raise NotAllowed("You have no access to this record. Ask a manager, or break the glass.")
    until = now + OPENING_LASTS
    opened = {"officer_id": actor.officer_id, "root_subject": root[0], "root_id": root[1]}
    session.add(Opening(**opened, reason=kept, at=now, until=until, closed_at=None))
    audit.record(session, actor, "restricted record opened", *root, now=now, until=until.isoformat())


def break_glass(session: Session, record: Record, tier: Tier, reason: str, *, actor: Actor, now: datetime) -> int:
    """Let an officer in for 4 hours because nobody can be asked in time; a step that returns the grant's id.

    A restricted record is opened with it. Whoever takes this step tells every manager.

    :raises NotAllowed: they are nobody of the staff.
    :raises RuleViolation: the reason is too short or too long.
    """
    if actor.officer_id is None:
        raise NotAllowed("Only an officer can break the glass.")
    grant = _grant(
        NewGrant(actor.officer_id, *record, now + BREAK_GLASS_LASTS, reason, tier), Origin.BREAK_GLASS, actor, now
    )
    session.add(grant)
    session.flush()
    audit.record(session, actor, "glass broken", *record, now=now, tier=int(tier), grant=grant.id)
    if tier is Tier.T4:
        open_root(session, record, reason, actor=actor, now=now)
    return grant.id


def _grant(new: NewGrant, origin: Origin, actor: Actor, now: datetime) -> AccessGrant:
    return AccessGrant(
        officer_id=new.officer_id,
        subject=new.subject,
        subject_id=new.subject_id,
        tier=new.tier,
        origin=origin,
        reason=read_reason(new.reason),
        granted_by=actor.officer_id,
        granted_at=now,
        expires_at=new.expires_at,
    )


def _get_grant(session: Session, grant_id: int) -> AccessGrant:
    grant = session.scalar(select(AccessGrant).where(AccessGrant.id == grant_id))
    if grant is None:
        raise NotFound("There is no such access.")
    return grant
