"""Filters that officers keep under a name, their own or shared with the team, and the words each looks for now.

A filter is no record of a case: whoever made it may change and delete it. The words in one travel in no address.
"""

from datetime import datetime

from msgspec import Struct
from sqlalchemy import or_, select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from tsalert.audit import service as audit
from tsalert.cases.listing import CaseFilter, from_data
from tsalert.cases.models import SavedFilter
from tsalert.core.actors import Actor, Permission
from tsalert.core.errors import Conflict, NotAllowed, NotFound, RuleViolation
from tsalert.core.keys import is_id
from tsalert.db import transaction

MOST = 50


class NewFilter(Struct, frozen=True):
    """What to keep, under which name, and for whom."""

    name: str
    wanted: CaseFilter
    is_shared: bool = False


class Saved(Struct, frozen=True):
    """One filter as it is kept; ``name`` is None for the words that an officer looks for now."""

    id: int
    officer_id: int
    name: str | None
    is_shared: bool
    wanted: CaseFilter


def save(new: NewFilter, *, actor: Actor, now: datetime) -> int:
    """Keep a filter; returns its id.

    :raises Conflict: the officer has one of that name.
    :raises RuleViolation: they have as many as can be kept.
    """
    owner_id = _owner(actor, Permission.WORK_CASE)
    with transaction() as session:
        own = [each for each in saved_filters(session, actor) if each.officer_id == owner_id]
        if len(own) >= MOST:
            raise RuleViolation(f"You have {MOST} filters already. Delete one first.", field="name")
        row = SavedFilter(officer_id=owner_id)
        session.add(row)
        return _write(session, row, new, "filter saved", actor, now)


def change(filter_id: int, new: NewFilter, *, actor: Actor, now: datetime) -> None:
    """Change a filter's name, what it asks for, and for whom it is.

    :raises NotFound: there is none that this officer may use.
    :raises NotAllowed: somebody else made it.
    :raises Conflict: the officer has another of that name.
    """
    with transaction() as session:
        _write(session, _own(session, filter_id, actor), new, "filter changed", actor, now)


def delete(filter_id: int, *, actor: Actor, now: datetime) -> None:
    """Delete a filter.

    :raises NotFound: there is none that this officer may use.
    :raises NotAllowed: somebody else made it.
    """
    with transaction() as session:
        session.delete(_own(session, filter_id, actor))
        audit.record(session, actor, "filter deleted", "case filter", filter_id, now=now)


def look_for_words(wanted: CaseFilter, *, actor: Actor, now: datetime) -> int:
    """Keep what an officer looks for now in place of what they looked for last; returns its number for the address."""
    owner_id = _owner(actor, Permission.READ_CASE)
    with transaction() as session:
        latest = (SavedFilter.officer_id == owner_id, SavedFilter.name.is_(None))
        row = session.scalar(select(SavedFilter).where(*latest).with_for_update())
        if row is None:
            row = SavedFilter(officer_id=owner_id, is_shared=False)
            session.add(row)
        row.wanted, row.changed_at = wanted.as_data(), now
        session.flush()
        return row.id


def saved_filters(session: Session, actor: Actor) -> list[Saved]:
    """Return the named filters that an officer may use: their own, and those shared with the team."""
    usable = or_(SavedFilter.officer_id == actor.officer_id, SavedFilter.is_shared)
    query = select(SavedFilter).where(usable, SavedFilter.name.is_not(None)).order_by(SavedFilter.name, SavedFilter.id)
    return [_saved(row) for row in session.scalars(query)]


def get_filter(session: Session, filter_id: int, actor: Actor) -> Saved:
    """Return one filter that an officer may use.

    :raises NotFound: there is none, or it is somebody else's own.
    """
    row = session.get(SavedFilter, filter_id) if is_id(filter_id) else None
    if row is None or not (row.is_shared or row.officer_id == actor.officer_id):
        raise NotFound("There is no such filter.")
    return _saved(row)


def _owner(actor: Actor, permission: Permission) -> int:
    actor.require(permission)
    if actor.officer_id is None:
        raise NotAllowed("Only an officer keeps filters.")
    return actor.officer_id


def _own(session: Session, filter_id: int, actor: Actor) -> SavedFilter:
    owner_id = _owner(actor, Permission.WORK_CASE)
    get_filter(session, filter_id, actor)
    row = session.get_one(SavedFilter, filter_id, with_for_update=True)
    if row.officer_id != owner_id:
        raise NotAllowed("Only the officer who made a filter can change or delete it.")
    return row


def _write(session: Session, row: SavedFilter, new: NewFilter, action: str, actor: Actor, now: datetime) -> int:
    row.name, row.is_shared, row.wanted, row.changed_at = new.name, new.is_shared, new.wanted.as_data(), now
    try:
        session.flush()
    except IntegrityError as error:
        raise Conflict(f"You have a filter named “{new.name}” already.", legal=["choose another name"]) from error
    audit.record(session, actor, action, "case filter", row.id, now=now, is_shared=new.is_shared)
    return row.id


def _saved(row: SavedFilter) -> Saved:
    return Saved(row.id, row.officer_id, row.name, row.is_shared, from_data(row.wanted))
