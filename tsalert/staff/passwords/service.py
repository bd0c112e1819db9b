"""Changing one's own password, and the link with which a new or forgetful officer sets one.

No password is ever sent: an administrator hands over a link, and nobody but its reader knows what is chosen there.
"""

from datetime import datetime
from secrets import token_urlsafe

from flask import current_app
from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from tsalert.audit import service as audit
from tsalert.core.actors import Actor, Via
from tsalert.core.clock import as_utc
from tsalert.core.errors import NotFound, RuleViolation, blame
from tsalert.db import transaction
from tsalert.staff import queries, telling
from tsalert.staff.access import end_sessions
from tsalert.staff.hashing import hash_new
from tsalert.staff.models import Officer
from tsalert.staff.passwords.models import PasswordLink
from tsalert.staff.passwords.rules import LINK_LIFE

_GONE = (
    "This link does not work: it was used, it is older than 24 hours, or there is a newer one. Ask your administrator."
)


def change(password: str, *, actor: Actor, now: datetime) -> str:
    """Give an officer the password that they chose; every session ends, and the new mark of theirs is returned.

    :raises RuleViolation: it is none to take.
    """
    with transaction() as session:
        officer = queries.get_officer_by_id(session, actor.officer_id)
        _set(session, officer, password)
        audit.record(session, actor, "password changed", "officer", officer.id, now=now)
        telling.tell(session, officer, telling.PASSWORD_CHANGED, now=now)
        return officer.fs_uniquifier


def set_for(email: str, password: str, *, now: datetime, by: Actor) -> None:
    """Give an officer another password; whoever is signed in with the old one is out at the next request.

    :raises NotFound: there is no such officer.
    :raises RuleViolation: they are inactive, or the password is none to take.
    """
    with transaction() as session:
        officer = queries.get_active_officer(session, email)
        _set(session, officer, password)
        audit.record(session, by, "password set", "officer", officer.id, now=now)


def make_link(officer_id: int, *, actor: Actor, now: datetime) -> str:
    """Return the secret of a link, good once and for 24 hours, that takes the place of any older one.

    :raises NotFound: there is no such officer.
    :raises RuleViolation: they are inactive, or the one who asks.
    """
    if officer_id == actor.officer_id:
        raise RuleViolation("Change your own password on your account's page, with the old one.")
    token = token_urlsafe(32)
    with transaction() as session:
        queries.require_active(session, officer_id)
        officer = queries.get_officer_by_id(session, officer_id)
        session.execute(delete(PasswordLink).where(PasswordLink.officer_id == officer_id))
        kept = {"token_digest": queries.token_digest(token), "expires_at": now + LINK_LIFE}
        session.add(PasswordLink(officer_id=officer_id, **kept))
        audit.record(session, actor, "password link made", "officer", officer_id, now=now)
        telling.tell(session, officer, telling.LINK_MADE, now=now)
    return token


def link_of(token: str) -> str:
    """Return the address where its reader sets a password (views.py)."""
    return f"{current_app.extensions['tsalert_settings'].public_url}/new-password/{token}"


def whose_link(session: Session, token: str, *, now: datetime) -> Officer:
    """Return the officer who may set a password by a link.

    :raises NotFound: the link is not good, or not any more.
    """
    is_it = (PasswordLink.token_digest == queries.token_digest(token)) & (PasswordLink.expires_at > as_utc(now))
    officer = session.get(Officer, session.scalar(select(PasswordLink.officer_id).where(is_it)) or 0)
    if officer is None or not officer.active:
        raise NotFound(_GONE)
    return officer


def set_by_link(token: str, password: str, *, now: datetime) -> None:
    """Set the password of whoever was given a link, which is used up by that; all their sessions end.

    :raises NotFound: the link is not good, or not any more.
    :raises RuleViolation: the password is none to take.
    """
    with transaction() as session:
        officer = whose_link(session, token, now=now)
        # Of two who use it at once only one finds it still there.
        used = delete(PasswordLink).where(PasswordLink.officer_id == officer.id).returning(PasswordLink.officer_id)
        if session.scalar(used) is None:
            raise NotFound(_GONE)
        _set(session, officer, password)
        by = queries.actor_of(officer, Via.PAGE)
        audit.record(session, by, "password set by link", "officer", officer.id, now=now)
        telling.tell(session, officer, telling.PASSWORD_CHANGED, now=now)


def forget(session: Session, officer: Officer) -> None:
    """Take the password of an officer who leaves, and any link with which one could be set; a step."""
    officer.password = None
    session.execute(delete(PasswordLink).where(PasswordLink.officer_id == officer.id))


def _set(session: Session, officer: Officer, password: str) -> None:
    with blame("new_password"):
        officer.password = hash_new(password, name=officer.name, email=officer.email)
    end_sessions(officer)
    session.execute(delete(PasswordLink).where(PasswordLink.officer_id == officer.id))
