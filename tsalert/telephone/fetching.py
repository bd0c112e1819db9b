"""Fetching callers' messages from the provider, and deleting them there; no transaction is open meanwhile."""

from collections.abc import Callable, Collection
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
from tsalert.telephone.models import Recording, TelephoneCall
from tsalert.telephone.ports import NotReady, RecordingSource

# Longer than any fetch takes; what a killed worker had in hand is tried again after it.
_LEASE = timedelta(minutes=5)
_PAUSES = [timedelta(seconds=15), timedelta(minutes=1), timedelta(minutes=5), timedelta(minutes=15)]
_LONGEST_PAUSE = timedelta(hours=1)
# How often one is asked for again that is kept at the provider after its time, because it is evidence.
_A_DAY = timedelta(days=1)
# So few that all of them fit into the lease, however slowly they come.
_AT_ONCE = 3
KeptCalls = Callable[[Session], Collection[int]]


class Claim(Struct, frozen=True):
    """A recording that is ours alone to deal with for a while; ``is_late`` once it may be kept nowhere any more."""

    id: int
    provider_ref: str
    token: str
    is_home: bool
    is_late: bool


def fetch_recordings(now: datetime, source: RecordingSource | None = None, *, kept: KeptCalls = lambda _: ()) -> int:
    """Bring home the messages that wait, and delete at the provider what is home; returns how many it dealt with.

    What fails is tried again later, with longer and longer pauses. One that never came home is deleted at the provider
    after its time, unless it is evidence.

    :param source: where they come from, by default the provider of this installation, if it has one.
    :param kept: tells of which calls a legal hold keeps everything.
    """
    source = source or current_app.extensions["tsalert_recordings"]
    if source is None or not _is_due(db.session(), now):
        return 0
    claims = _claim(now, kept)
    for claim in claims:
        _deal_with(source, claim, now)
    return len(claims)


def _is_due(session: Session, now: datetime) -> bool:
    return session.scalar(select(Recording.id).where(Recording.due_at <= now).limit(1)) is not None


def _claim(now: datetime, kept: KeptCalls) -> list[Claim]:
    token = token_hex(8)
    with transaction() as session:
        due = select(Recording).where(Recording.due_at <= now).order_by(Recording.due_at).limit(_AT_ONCE)
        rows = session.scalars(due.with_for_update(skip_locked=True)).all()
        for row in rows:
            row.due_at, row.claimed_by = now + _LEASE, token
        late = _late(session, [row for row in rows if row.keep_until <= now and row.held_at is None], kept)
        return [Claim(row.id, row.provider_ref, token, row.storage_key is not None, row.id in late) for row in rows]


def _late(session: Session, rows: list[Recording], kept: KeptCalls) -> set[int]:
    """Return which of some recordings no legal hold keeps, with their calls."""
    if not rows:
        return set()
    calls = select(Recording.id, TelephoneCall.call_id).join(TelephoneCall)
    of_holds = kept(session)
    found = session.execute(calls.where(Recording.id.in_([row.id for row in rows])))
    return {key for key, call_id in found if call_id not in of_holds}


def _deal_with(source: RecordingSource, claim: Claim, now: datetime) -> None:
    try:
        if not claim.is_home and not claim.is_late:
            _bring_home(source, claim, now)
        source.delete(claim.provider_ref)
    except Unusable as fault:
        _leave_there(claim, str(fault), now)
    except NotReady as fault:
        _try_later(claim, str(fault), now)
    else:
        _note_removed(claim, now)


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


def _leave_there(claim: Claim, fault: str, now: datetime) -> None:
    """Let a sound stay at the provider, to be heard there as long as it may be kept."""
    with transaction() as session:
        keep_until = session.scalars(select(Recording.keep_until).where(Recording.id == claim.id)).one()
        _update(session, claim, due_at=keep_until if now < keep_until else now + _A_DAY, fault=fault)


def _try_later(claim: Claim, fault: str, now: datetime) -> None:
    with transaction() as session:
        attempts = session.scalar(select(Recording.attempts).where(Recording.id == claim.id)) or 0
        pause = _PAUSES[attempts] if attempts < len(_PAUSES) else _LONGEST_PAUSE
        _update(session, claim, attempts=attempts + 1, due_at=now + pause, fault=fault)


def _note_removed(claim: Claim, now: datetime) -> None:
    """Note that a sound is no longer at the provider, and so nowhere, if it never came home."""
    lost = {"deleted_at": now} if claim.is_late and not claim.is_home else {}
    with transaction() as session:
        if _update(session, claim, due_at=None, fault=None, removed_at_provider=now, **lost):
            audit.record(session, SERVICE, "deleted at the provider", "recording", claim.id, now=now)


def _update(session: Session, claim: Claim, **values: object) -> bool:
    """Change a recording that is still ours; False where somebody else has claimed it since."""
    ours = (Recording.id == claim.id, Recording.claimed_by == claim.token)
    changed = session.execute(update(Recording).where(*ours).values(**values).returning(Recording.id))
    return changed.first() is not None
