"""Signing in by password, bearer tokens for the API, and the lock after too many failures.

Who has a second step is signed in once it is taken (factors/sign_in.py); until then this browser is nobody's.
"""

from datetime import datetime

from flask import Flask, current_app, g, request

from tsalert.audit import service as audit
from tsalert.config import Settings
from tsalert.core.actors import Actor, Via
from tsalert.core.clock import utc_now
from tsalert.core.errors import RuleViolation
from tsalert.db import db, transaction
from tsalert.staff import browsing, hashing, locking, presence, queries, service
from tsalert.staff.models import Officer
from tsalert.staff.presence import BLOCKED, is_locked_by_now
from tsalert.staff.tokens import queries as tokens

_REFUSED = "The email address or password is not right."


def init_app(app: Flask) -> None:
    """Set up signing in for pages."""
    hashing.init_app(app)
    browsing.init_app(app)
    locking.init_app(app)
    app.jinja_env.globals["shortcut_key"] = shortcut_key
    app.jinja_env.globals["how_to_show_presence"] = presence.how_to_show_presence


def find_actor(is_api: bool) -> Actor | None:  # noqa: FBT001 - the shape that web.access asks for
    """Return who makes the request: by session cookie on pages, by bearer token alone under /api/."""
    now = utc_now()
    if is_api:
        scheme, _, token = request.headers.get("Authorization", "").partition(" ")
        return tokens.find_actor(db.session(), token, now=now) if scheme.lower() == "bearer" else None
    officer = browsing.current(now=now)
    if officer is None:
        return None
    if locking.is_covered():
        return locking.watcher(officer)
    g.shortcut = officer.shortcut
    return queries.actor_of(officer, Via.PAGE)


def check(account: str, password: str, *, now: datetime) -> Officer:
    """Return the officer whose address and password these are; an unknown address costs the same work as a known one.

    :raises RuleViolation: they are nobody's, without a word on which of them is wrong; there were too many failures; or
        the account is let in by single sign-on alone.
    """
    require_own_way(account)
    network = request.remote_addr or ""
    if queries.sign_in_is_blocked(db.session(), account, network, now=now):
        raise RuleViolation(BLOCKED)
    officer = queries.find_by_email(db.session(), account)
    is_right = hashing.is_password(password, officer.password if officer else None)
    if officer is None or not is_right or not officer.active or is_locked_by_now(account, now=now):
        is_late = service.record_failed_sign_in(account, network, now=now)
        raise RuleViolation(BLOCKED if is_late else _REFUSED)
    if hashing.is_outdated(officer.password or ""):
        _hash_anew(officer.id, password)
    if _few():
        _note_emergency(officer, now)
    return officer


def require_own_way(account: str) -> None:
    """Refuse to let an account in here where single sign-on is for all but a few.

    :raises RuleViolation: it is none of those.
    """
    if _few() and account.strip().lower() not in _few():
        raise RuleViolation("Passwords and passkeys are switched off here. Sign in with single sign-on.")


def shortcut_key() -> str:
    """Return the key that opens the form for a call; empty where the reader of the page has none.

    It is kept with the request, so that a page can still be drawn once the database is gone.
    """
    key: str = g.get("shortcut", "")
    return key


def _hash_anew(officer_id: int, password: str) -> None:
    with transaction() as session:
        queries.get_officer_by_id(session, officer_id).password = hashing.hash_password(password)


def _few() -> frozenset[str]:
    """Return those who alone sign in here, in an emergency; nobody where everybody may."""
    settings: Settings = current_app.extensions["tsalert_settings"]
    return settings.single_sign_on.passwords_for if settings.single_sign_on else frozenset()


def _note_emergency(officer: Officer, now: datetime) -> None:
    actor = queries.actor_of(officer, Via.PAGE)
    with transaction() as session:
        audit.record(session, actor, "password used in an emergency", "officer", actor.officer_id, now=now)
