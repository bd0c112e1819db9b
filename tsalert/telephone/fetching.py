"""Fetching callers' messages from the provider, and deleting them there; no transaction is open meanwhile."""

from datetime import datetime, timedelta
from secrets import token_hex

from flask import current_app
from msgspec import Struct
from sqlalchemy import select, update
from sqlalchemy.orm import Session

from tsalert.audit import service as audit
from tsalert.core.actors import SERVICE
from tsalert.db import db, transaction
from tsalert.telephone import keeping
from tsalert.telephone.keeping import Kept, Unusable
from tsalert.telephone.models import Recording
from tsalert.telephone.ports import NotReady, RecordingSource

# Longer than any fetch takes; what a killed worker had in hand is tried again after it.
_LEASE = timedelta(minutes=5)
_PAUSES = [timedelta(seconds=15), timedelta(minutes=1), timedelta(minutes=5), timedelta(minutes=15)]
_LONGEST_PAUSE = timedelta(hours=1)
# So few that all of them fit into the lease, however slowly they come.
_AT_ONCE = 3


class Claim(Struct, frozen=True):
    """A recording that is ours alone to deal with for a while."""

    id: int
    provider_ref: str
    token: str
    is_kept: bool
    keep_until: datetime


def fetch_recordings(now: datetime, source: RecordingSource | None = None) -> int:
    """Bring home the messages that wait, and delete at the provider what is home; returns how many it dealt with.

    What fails is tried again later, with longer and longer pauses.

    :param source: where they come from, by default the provider of this installation, if it has one.
    """
    source = source or current_app.extensions["tsalert_recordings"]
    if source is None or not _is_due(db.session(), now):
        return 0
    claims = _claim(now)
    for claim in claims:
        _deal_with(source, claim, now)
    return len(claims)


def _is_due(session: Session, now: datetime) -> bool:
    return session.scalar(select(Recording.id).where(Recording.due_at <= now).limit(1)) is not None


def _claim(now: datetime) -> list[Claim]:
    token = token_hex(8)
    with transaction() as session:
        due = select(Recording).where(Recording.due_at <= now).order_by(Recording.due_at).limit(_AT_ONCE)
        rows = session.scalars(due.with_for_update(skip_locked=True)).all()
        for row in rows:
            row.due_at, row.claimed_by = now + _LEASE, token
        return [Claim(row.id, row.provider_ref, token, row.storage_key is not None, row.keep_until) for row in rows]


def _deal_with(source: RecordingSource, claim: Claim, now: datetime) -> None:
    try:
        if not claim.is_kept and now < claim.keep_until:
            _bring_home(source, claim, now)
        source.delete(claim.provider_ref)
    except Unusable as fault:
        # It stays at the provider to be heard there, as long as it may be kept.
        _change(claim, due_at=claim.keep_until, fault=str(fault))
    except NotReady as fault:
        _try_later(claim, str(fault), now)
    else:
        if _change(claim, due_at=None, fault=None, removed_at_provider=now):
            _note_deleted(claim, now)


def _bring_home(source: RecordingSource, claim: Claim, now: datetime) -> None:
    """Keep a sound here; one that somebody else brought home meanwhile is not kept twice.

    :raises NotReady: it cannot be had, or cannot be kept, now.
    :raises Unusable: it never can.
    """
    with source.open(claim.provider_ref) as pieces:
        kept = keeping.keep(pieces)
    try:
        is_ours = _store(claim, kept, now)
    except BaseException:
        keeping.discard(kept.storage_key)
        raise
    if not is_ours:
        keeping.discard(kept.storage_key)
        raise NotReady("Another worker deals with it.")


def _store(claim: Claim, kept: Kept, now: datetime) -> bool:
    values = {"storage_key": kept.storage_key, "sha256": kept.sha256, "size": kept.size, "fetched_at": now}
    with transaction() as session:
        is_ours = _update(session, claim, fault=None, **values)
        if is_ours:
            audit.record(session, SERVICE, "fetched", "recording", claim.id, now=now, sha256=kept.sha256)
        return is_ours


def _try_later(claim: Claim, fault: str, now: datetime) -> None:
    with transaction() as session:
        attempts = session.scalar(select(Recording.attempts).where(Recording.id == claim.id)) or 0
        pause = _PAUSES[attempts] if attempts < len(_PAUSES) else _LONGEST_PAUSE
        _update(session, claim, attempts=attempts + 1, due_at=now + pause, fault=fault)


def _change(claim: Claim, **values: object) -> bool:
    with transaction() as session:
        return _update(session, claim, **values)


def _note_deleted(claim: Claim, now: datetime) -> None:
    with transaction() as session:
        audit.record(session, SERVICE, "deleted at the provider", "recording", claim.id, now=now)


def _update(session: Session, claim: Claim, **values: object) -> bool:
    """Change a recording that is still ours; False where somebody else has claimed it since."""
    ours = (Recording.id == claim.id, Recording.claimed_by == claim.token)
    changed = session.execute(update(Recording).where(*ours).values(**values).returning(Recording.id))
    return changed.first() is not None
