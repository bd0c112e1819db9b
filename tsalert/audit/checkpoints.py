"""Where the trail begins: old entries give way to a checkpoint that we sign, and the rest goes on from it."""

import hmac
from datetime import UTC, datetime
from hashlib import sha256
from typing import Any, cast

from flask import current_app
from sqlalchemy import CursorResult, delete, select
from sqlalchemy.orm import Session

from tsalert.audit.models import AuditCheckpoint, AuditEvent
from tsalert.audit.rules import FIRST_SEAL, Head
from tsalert.config import Settings
from tsalert.core.clock import as_utc


def place(session: Session, length: int, *, now: datetime) -> int:
    """Let a checkpoint stand for the first entries of the trail, and the entries go; returns how many went.

    A step inside an erasing transaction, since the database refuses it anywhere else.
    """
    sealed = session.scalars(select(AuditEvent.seal).where(AuditEvent.id == length)).one()
    made_at = as_utc(now).replace(microsecond=0)
    signature = _sign(_settings().secret_key, length, sealed, made_at)
    session.add(AuditCheckpoint(length=length, seal=sealed, made_at=made_at, signature=signature))
    session.flush()
    gone = delete(AuditEvent).where(AuditEvent.id <= length)
    return cast(CursorResult[Any], session.execute(gone)).rowcount


def newest(session: Session) -> AuditCheckpoint | None:
    """Return the last checkpoint; None where the trail is whole from its first entry."""
    return session.scalars(select(AuditCheckpoint).order_by(AuditCheckpoint.length.desc()).limit(1)).first()


def beginning(session: Session) -> Head | None:
    """Return what the first entry that is left builds on; None where a checkpoint does not bear our signature."""
    found = newest(session)
    if found is None:
        return Head(0, FIRST_SEAL)
    settings = _settings()
    keys = (settings.secret_key, *settings.old_secret_keys)
    signed = (_sign(key, found.length, found.seal, found.made_at) for key in keys)
    return (
        Head(found.length, found.seal) if any(hmac.compare_digest(each, found.signature) for each in signed) else None
    )


def _sign(key: str, length: int, sealed: str, made_at: datetime) -> str:
    told = f"audit checkpoint:{length}:{sealed}:{made_at.astimezone(UTC).isoformat()}"
    return hmac.new(key.encode(), told.encode(), sha256).hexdigest()


def _settings() -> Settings:
    settings: Settings = current_app.extensions["tsalert_settings"]
    return settings
