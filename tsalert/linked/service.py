"""Linking other authorities: registering them, trusting and revoking their keys, ending the link."""

from datetime import datetime

from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from tsalert.audit import service as audit
from tsalert.core.actors import Actor, Permission
from tsalert.core.errors import Conflict, NotFound, RuleViolation
from tsalert.db import db, transaction
from tsalert.linked import looking, queries, rules
from tsalert.linked.models import LinkedAuthority, LinkedKey
from tsalert.linked.rules import NewAuthority
from tsalert.linked.signing import own_address


def register(new: NewAuthority, *, actor: Actor, now: datetime) -> int:
    """Link an authority by the key whose fingerprint was read out; returns its number.

    Without a key, that is asked for at the address before anything is written.

    :raises RuleViolation: the address is none, is ours or cannot be asked, or the fingerprint is another.
    :raises Conflict: it is linked already.
    """
    actor.require(Permission.CONNECT_PROGRAMS)
    url = rules.read_base(new.url)
    if url == own_address():
        raise RuleViolation("This is our own address.", field="url")
    public = _compared(url, new.key, new.fingerprint)
    with transaction() as session:
        row = LinkedAuthority(name=new.name, url=url, made_at=now, made_by=actor.officer_id)
        session.add(row)
        try:
            session.flush()
        except IntegrityError as error:
            raise Conflict("An authority with this address is linked already.") from error
        audit.record(session, actor, "linked", "linked authority", row.id, now=now, address=url)
        _trust(session, row, public, actor=actor, now=now)
        return row.id


def trust_key(authority_id: int, key: str | None, fingerprint: str, *, actor: Actor, now: datetime) -> None:
    """Trust a further key of an authority, whose fingerprint was read out.

    :raises NotFound: there is no such authority.
    :raises Conflict: its link has ended, or the key is known already.
    :raises RuleViolation: as ``register``.
    """
    actor.require(Permission.CONNECT_PROGRAMS)
    url = queries.get_row(db.session(), authority_id).url
    public = _compared(url, key, fingerprint)
    with transaction() as session:
        _trust(session, require_standing(session, authority_id), public, actor=actor, now=now)


def revoke_key(authority_id: int, key_id: int, reason: str, *, actor: Actor, now: datetime) -> None:
    """Trust a key of an authority no more: what it signs is refused from now on; what was taken stays, and is marked.

    :raises NotFound: it has no such key.
    :raises Conflict: it was revoked before.
    """
    actor.require(Permission.CONNECT_PROGRAMS)
    with transaction() as session:
        queries.get_row(session, authority_id, lock=True)
        key = next((each for each in queries.keys_of(session, authority_id) if each.id == key_id), None)
        if key is None:
            raise NotFound("This authority has no such key.")
        if key.revoked_at is not None:
            raise Conflict("This key was revoked before.")
        key.revoked_at, key.revoked_by, key.reason = now, actor.officer_id, reason
        audit.record(
            session, actor, "key revoked", "linked authority", authority_id, now=now, key=key.id, reason=reason
        )


def end(authority_id: int, reason: str, *, actor: Actor, now: datetime) -> None:
    """End a link: nothing that the authority signs is taken, and nothing is sent to it or read from it.

    :raises NotFound: there is no such authority.
    :raises Conflict: it has ended before.
    """
    actor.require(Permission.CONNECT_PROGRAMS)
    with transaction() as session:
        row = require_standing(session, authority_id)
        row.ended_at, row.end_reason = now, reason
        audit.record(session, actor, "ended", "linked authority", row.id, now=now, reason=reason)


def require_standing(session: Session, authority_id: int) -> LinkedAuthority:
    """Return an authority that is linked now, locked; a step.

    :raises NotFound: there is no such authority.
    :raises Conflict: its link has ended.
    """
    row = queries.get_row(session, authority_id, lock=True)
    if row.ended_at is not None:
        raise Conflict("The link with this authority has ended. Register it again if it is wanted.")
    return row


def _compared(url: str, key: str | None, fingerprint: str) -> str:
    """Return the key that has this fingerprint: the one that was typed, or of those that are published.

    :raises RuleViolation: none has.
    """
    return rules.find_compared(fingerprint, [rules.read_key(key)] if key else looking.keys_at(url))


def _trust(session: Session, row: LinkedAuthority, public: str, *, actor: Actor, now: datetime) -> None:
    name = rules.name_of(public)
    if not queries.may_be_trusted(session, name):
        raise Conflict("This key is known already, here or of another authority. A revoked one is never trusted again.")
    key = LinkedKey(authority_id=row.id, name=name, public=public, trusted_at=now, trusted_by=actor.officer_id)
    session.add(key)
    session.flush()
    audit.record(session, actor, "key trusted", "linked authority", row.id, now=now, key=key.id)
