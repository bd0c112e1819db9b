"""How long callers' messages are kept, who hears them, and holding one as evidence."""

from collections.abc import Callable, Collection
from datetime import datetime
from pathlib import Path

from sqlalchemy import select
from sqlalchemy.orm import Session

from tsalert.audit import service as audit
from tsalert.core.actors import SERVICE, Actor, Permission
from tsalert.core.errors import Conflict, NotFound, RuleViolation
from tsalert.db import db, take_turns, transaction
from tsalert.telephone import keeping, queries
from tsalert.telephone.models import Recording, TelephoneCall

_AT_ONCE = 100
# Any number will do that no other lock of ours uses.
_LOCK_NUMBER = 7_682_004


def erase_in_turn(session: Session) -> None:
    """Let whoever keeps something from being erased and whoever erases go one after the other; a step.

    Who erases looks once at what is kept. Both begin with this, so that neither holds rows that the other waits for.
    """
    take_turns(session, _LOCK_NUMBER)


def open_recording(call_id: int, *, actor: Actor, now: datetime) -> Path:
    """Return the sound of a call's message; that it was asked for is in the trail before anybody hears it.

    :raises NotFound: there is none, it was not fetched yet, or it was deleted.
    :raises Conflict: it is not as it was fetched.
    """
    actor.require(Permission.READ_CALL)
    with transaction() as session:
        row = queries.get_recording(session, call_id)
        if row.deleted_at is not None:
            raise NotFound("The recording was deleted after its time.")
        if row.storage_key is None or row.sha256 is None:
            raise NotFound("The recording has not been fetched yet. Try again in a minute.")
        audit.record(session, actor, "heard", "recording", row.id, now=now, call_id=call_id)
        key, digest = row.storage_key, row.sha256
    return keeping.open_checked(key, digest)


def hold_recording(call_id: int, reason: str, *, actor: Actor, now: datetime) -> None:
    """Keep a call's message beyond its time, as evidence.

    :raises NotFound: there is none.
    :raises Conflict: it is held, was deleted, or was not fetched in its time.
    """
    actor.require(Permission.RUN_INCIDENT)
    if not reason.strip():
        raise RuleViolation("Say why the recording is held.", field="reason")
    with transaction() as session:
        erase_in_turn(session)
        row = queries.get_recording(session, call_id, lock=True)
        if row.deleted_at is not None:
            raise Conflict("The recording was deleted after its time.")
        if row.storage_key is None and row.keep_until <= now:
            raise Conflict("The recording was not fetched in its time.")
        if row.held_at is not None:
            raise Conflict("The recording is held already.")
        row.held_at, row.held_reason, row.held_by = now, reason, actor.officer_id
        audit.record(session, actor, "held", "recording", row.id, now=now, call_id=call_id)


def release_recording(call_id: int, *, actor: Actor, now: datetime) -> None:
    """Let a call's message go after its time again.

    :raises NotFound: there is none.
    :raises Conflict: it is not held.
    """
    actor.require(Permission.RUN_INCIDENT)
    with transaction() as session:
        row = queries.get_recording(session, call_id, lock=True)
        if row.held_at is None:
            raise Conflict("The recording is not held.")
        row.held_at, row.held_reason, row.held_by = None, None, None
        audit.record(session, actor, "released", "recording", row.id, now=now, call_id=call_id)


def delete_old_recordings(now: datetime, *, kept: Callable[[Session], Collection[int]] = lambda _: ()) -> int:
    """Delete the sounds whose time is over and that nobody holds; their rows stay. Returns how many there were.

    :param kept: tells of which calls a legal hold keeps everything.
    """
    old = (
        Recording.storage_key.is_not(None),
        Recording.deleted_at.is_(None),
        Recording.held_at.is_(None),
        Recording.keep_until <= now,
    )
    keeping.sweep(_known_keys)
    query = select(Recording).where(*old).order_by(Recording.keep_until).limit(_AT_ONCE)
    if db.session.scalars(query.limit(1)).first() is None:
        return 0
    with transaction() as session:
        erase_in_turn(session)
        of_kept = select(TelephoneCall.id).where(TelephoneCall.call_id.in_(kept(session)))
        free = query.where(Recording.telephone_call_id.not_in(of_kept))
        rows = session.scalars(free.with_for_update(skip_locked=True)).all()
        for row in rows:
            # The file first: if the process dies here, the next run finds the row and no file, which is as good.
            keeping.discard(row.storage_key or "")
            row.deleted_at = now
            audit.record(session, SERVICE, "deleted", "recording", row.id, now=now)
        return len(rows)


def let_go(session: Session, call_ids: Collection[int], *, now: datetime) -> list[str]:
    """Note that the sounds of some calls go now; a step. Returns their keys, to be deleted once that is committed.

    One that is held as evidence stays.
    """
    of_calls = select(TelephoneCall.id).where(TelephoneCall.call_id.in_(call_ids))
    kept = (Recording.storage_key.is_not(None), Recording.deleted_at.is_(None), Recording.held_at.is_(None))
    rows = session.scalars(select(Recording).where(Recording.telephone_call_id.in_(of_calls), *kept)).all()
    for row in rows:
        row.deleted_at = now
    return [row.storage_key for row in rows if row.storage_key]


def _known_keys(keys: list[str]) -> set[str]:
    query = select(Recording.storage_key).where(Recording.storage_key.in_(keys), Recording.deleted_at.is_(None))
    return {key for key in db.session.scalars(query) if key}
