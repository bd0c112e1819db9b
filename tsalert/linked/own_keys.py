"""Our own keys: made, followed by another, revoked."""

from datetime import datetime
from secrets import token_hex
from typing import Any

from flask import current_app
from sqlalchemy import select, update
from sqlalchemy.orm import Session

from tsalert.audit import service as audit
from tsalert.config import Settings
from tsalert.core.actors import Actor, Permission
from tsalert.core.errors import Conflict, NotFound
from tsalert.core.keys import is_id
from tsalert.db import transaction
from tsalert.linked import queries, rules
from tsalert.linked.models import SigningKey
from tsalert.linked.rules import Standing
from tsalert.linked.signing import new_public, own_address


def make_key(*, actor: Actor, now: datetime) -> int:
    """Make a key that signs from now on; returns its number.

    The one before signs no more, and what it signed stays good. Others take what the new one signs once they have
    compared it.
    """
    actor.require(Permission.CONNECT_PROGRAMS)
    salt = token_hex(16)
    public = new_public(salt)
    with transaction() as session:
        session.execute(update(SigningKey).where(SigningKey.ended_at.is_(None)).values(ended_at=now))
        key = SigningKey(name=rules.name_of(public), public=public, salt=salt, made_at=now, made_by=actor.officer_id)
        session.add(key)
        session.flush()
        audit.record(session, actor, "made", "signing key", key.id, now=now, fingerprint=rules.fingerprint_of(public))
        return key.id


def revoke_key(key_id: int, reason: str, *, actor: Actor, now: datetime) -> None:
    """Tell everybody to trust a key of ours no more; it signs nothing from now on.

    :raises NotFound: there is no such key.
    :raises Conflict: it was revoked before.
    """
    actor.require(Permission.CONNECT_PROGRAMS)
    with transaction() as session:
        query = select(SigningKey).where(SigningKey.id == key_id).with_for_update()
        key = session.scalar(query) if is_id(key_id) else None
        if key is None:
            raise NotFound("We have no such key.")
        if key.revoked_at is not None:
            raise Conflict("This key was revoked before.")
        key.ended_at = key.ended_at or now
        key.revoked_at, key.revoked_by, key.reason = now, actor.officer_id, reason
        audit.record(session, actor, "revoked", "signing key", key.id, now=now, reason=reason)


def published(session: Session) -> dict[str, Any]:
    """Return what other authorities read of us: who and where we are, and every key that we ever had."""
    settings: Settings = current_app.extensions["tsalert_settings"]
    keys = [
        rules.describe_key(key.public, is_revoked=key.standing is Standing.REVOKED) for key in queries.own_keys(session)
    ]
    return {"authority": settings.authority_name, "address": own_address(), "keys": keys}
