"""Whether it is the officer who sits there: signed in within five minutes, or the password once more.

A page left open, or a token that was copied, must not send anything to a whole borough.
"""

from datetime import UTC, datetime, timedelta

from flask import request, session
from flask_security.utils import verify_password

from tsalert.core.actors import Actor, Via
from tsalert.core.clock import as_utc
from tsalert.core.errors import NotAllowed, RuleViolation
from tsalert.db import db
from tsalert.staff import queries, service
from tsalert.staff.rules import LONGEST_PASSWORD

FRESH = timedelta(minutes=5)
# Where the library keeps when a password was last given in this browser.
_GIVEN_AT = "fs_paa"


def is_fresh(actor: Actor, *, now: datetime) -> bool:
    """Tell whether an officer has just signed in: in this browser, or by a token that was just given out."""
    at = _token_issued_at() if actor.via is Via.API else _password_given_at()
    return at is not None and abs(as_utc(now) - at) <= FRESH


def require_presence(actor: Actor, password: str | None, *, now: datetime) -> None:
    """Refuse to go on unless the officer has just signed in or gives their password; wrong ones count as at sign-in.

    :raises NotAllowed: it is no officer, or there were too many wrong passwords.
    :raises RuleViolation: the password is needed, or not theirs; the field is ``password``.
    """
    if actor.officer_id is None:
        raise NotAllowed("Only an officer can do this.")
    if is_fresh(actor, now=now):
        return
    if not password:
        raise RuleViolation("You signed in more than five minutes ago. Enter your password again.", field="password")
    _check(actor.officer_id, password, now)
    if actor.via is not Via.API:
        session[_GIVEN_AT] = now.timestamp()


def _check(officer_id: int, password: str, now: datetime) -> None:
    officer, network = queries.get_officer_by_id(db.session(), officer_id), request.remote_addr or ""
    account = officer.email
    if queries.sign_in_is_blocked(db.session(), account, network, now=now):
        raise NotAllowed("Too many tries. Wait 15 minutes, or ask your administrator.")
    could_be = len(password) <= LONGEST_PASSWORD and password.isprintable()
    if not (could_be and officer.password and verify_password(password, officer.password)):
        service.record_failed_sign_in(account, network, now=now)
        raise RuleViolation("That is not your password.", field="password")


def _password_given_at() -> datetime | None:
    at = session.get(_GIVEN_AT)
    return datetime.fromtimestamp(at, UTC) if isinstance(at, int | float) else None


def _token_issued_at() -> datetime | None:
    return queries.token_issued_at(db.session(), request.headers.get("Authorization", "").partition(" ")[2])
