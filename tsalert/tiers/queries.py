"""May this person see that? The one condition for lists, search, export and matching, and the checks for a record.

Everything is read from the database at each question, so that a grant which ended counts at the very next request.
"""

from collections.abc import Collection
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, literal, or_, select, true
from sqlalchemy.orm import InstrumentedAttribute, Session

from tsalert.bulk import one_of
from tsalert.core.actors import Actor
from tsalert.core.errors import Withheld
from tsalert.tiers.models import AccessGrant, Opening, Restriction
from tsalert.tiers.rules import Tier, is_limited, sees_all_that_is_sensitive
from tsalert.tiers.vocabulary import Origin, Subject

Key = ColumnElement[Any] | InstrumentedAttribute[Any]
_ON_A_CASE = (AccessGrant.subject == Subject.CASE, AccessGrant.origin == Origin.ON_THE_CASE)


def visible(actor: Actor, subject: Subject, key_column: Key, *, now: datetime) -> ColumnElement[bool]:
    """Return the condition that a record is not restricted, or that this person holds a live grant on it."""
    if not is_limited(actor):
        return true()
    return ~_restricting(subject, key_column).where(~_granted(actor, now)).exists()


def restricted(subject: Subject, key_column: Key) -> ColumnElement[bool]:
    """Return the condition that a record is restricted, whoever asks."""
    return _restricting(subject, key_column).exists()


def withheld(
    session: Session, actor: Actor, subject: Subject, ids: Collection[int], *, now: datetime
) -> frozenset[int]:
    """Return those of some records of which this person may see T1 alone, for lists that show them all the same."""
    if not ids or not is_limited(actor):
        return frozenset()
    of_these = (Restriction.subject == subject, Restriction.subject_id.in_(ids), Restriction.lifted_at.is_(None))
    return frozenset(session.scalars(select(Restriction.subject_id).where(*of_these, ~_granted(actor, now))))


def may_see(session: Session, actor: Actor, subject: Subject, subject_id: int, *, now: datetime) -> bool:
    """Tell whether this person may see a record's content: where it is restricted, with a grant and a live opening."""
    if not is_limited(actor):
        return True
    shut = _restricting(subject, literal(subject_id)).where(~and_(_granted(actor, now), _opened(actor, now)))
    return session.scalar(shut.limit(1)) is None


def require_visible(session: Session, actor: Actor, subject: Subject, subject_id: int, *, now: datetime) -> None:
    """Refuse to show a record's content to somebody who may not see it.

    :raises Withheld: it is restricted, and they hold no grant or have not opened it.
    """
    if not may_see(session, actor, subject, subject_id, now=now):
        raise Withheld("This record is restricted.", subject=subject, subject_id=subject_id, tier=Tier.T4)


def may_see_sensitive(session: Session, actor: Actor, subject: Subject, subject_id: int, *, now: datetime) -> bool:
    """Tell whether this person may see T3 of a record: those on the case, with the permission, or with a live grant."""
    if not may_see(session, actor, subject, subject_id, now=now):
        return False
    if sees_all_that_is_sensitive(actor):
        return True
    # Each record by its own key: an officer may be on very many cases.
    records = [(subject, subject_id), *roots_of(session, subject, subject_id)]
    of_these = [and_(AccessGrant.subject == kind, AccessGrant.subject_id == number) for kind, number in records]
    query = select(AccessGrant.id).where(live(now), AccessGrant.officer_id == actor.officer_id, or_(*of_these))
    return session.scalar(query.limit(1)) is not None


def require_sensitive(session: Session, actor: Actor, subject: Subject, subject_id: int, *, now: datetime) -> None:
    """Refuse to show T3 of a record to somebody who may not see it.

    :raises Withheld: the record is restricted to them, or they are not on the case and hold no grant.
    """
    require_visible(session, actor, subject, subject_id, now=now)
    if not may_see_sensitive(session, actor, subject, subject_id, now=now):
        raise Withheld("This is kept to those on the case.", subject=subject, subject_id=subject_id, tier=Tier.T3)


def is_restricted(session: Session, subject: Subject, subject_id: int) -> bool:
    """Tell whether a record is restricted, whoever asks."""
    return session.scalar(_restricting(subject, literal(subject_id)).limit(1)) is not None


def roots_of(session: Session, subject: Subject, subject_id: int) -> list[tuple[Subject, int]]:
    """Return the records for whose sake this one is restricted, those restricted first at the head."""
    query = select(Restriction.root_subject, Restriction.root_id).where(*_standing(subject, literal(subject_id)))
    return [(Subject.of(root), root_id) for root, root_id in session.execute(query.order_by(Restriction.id))]


def holds_grant(session: Session, actor: Actor, root: tuple[Subject, int], *, now: datetime) -> bool:
    """Tell whether this person holds a live grant that opens a restricted root, opened or not."""
    query = select(AccessGrant.id).where(
        live(now),
        AccessGrant.tier == Tier.T4,
        AccessGrant.officer_id == actor.officer_id,
        AccessGrant.subject == root[0],
        AccessGrant.subject_id == root[1],
    )
    return session.scalar(query.limit(1)) is not None


def officers_on(session: Session, case_id: int) -> list[int]:
    """Return the ids of the officers who are on a case, the first of them at the head."""
    standing = (AccessGrant.subject_id == case_id, AccessGrant.ended_at.is_(None))
    query = select(AccessGrant.officer_id).where(*_ON_A_CASE, *standing).order_by(AccessGrant.id)
    return list(session.scalars(query))


def ever_on(session: Session, case_ids: Collection[int]) -> list[tuple[int, int, datetime]]:
    """Return officer, case and since when for all who are or were on some cases, many at a time."""
    columns = (AccessGrant.officer_id, AccessGrant.subject_id, AccessGrant.granted_at)
    query = select(*columns).where(*_ON_A_CASE, one_of(session, AccessGrant.subject_id, case_ids))
    return [(officer_id, case_id, since) for officer_id, case_id, since in session.execute(query)]


def live(now: datetime) -> ColumnElement[bool]:
    """Return the condition that a grant holds at an instant; at the very end of its time it does no more."""
    return and_(AccessGrant.ended_at.is_(None), or_(AccessGrant.expires_at.is_(None), AccessGrant.expires_at > now))


def _restricting(subject: Subject, key: Any) -> Select[int]:
    return select(Restriction.id).where(*_standing(subject, key))


def _standing(subject: Subject, key: Any) -> tuple[ColumnElement[bool], ...]:
    return Restriction.subject == subject, Restriction.subject_id == key, Restriction.lifted_at.is_(None)


def _granted(actor: Actor, now: datetime) -> ColumnElement[bool]:
    of_root = (AccessGrant.subject == Restriction.root_subject, AccessGrant.subject_id == Restriction.root_id)
    to_them = (AccessGrant.officer_id == actor.officer_id, AccessGrant.tier == Tier.T4)
    return select(AccessGrant.id).where(*of_root, *to_them, live(now)).exists()


def _opened(actor: Actor, now: datetime) -> ColumnElement[bool]:
    of_root = (Opening.root_subject == Restriction.root_subject, Opening.root_id == Restriction.root_id)
    by_them = (Opening.officer_id == actor.officer_id, Opening.until > now, Opening.closed_at.is_(None))
    return select(Opening.id).where(*of_root, *by_them).exists()
