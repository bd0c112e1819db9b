"""Whether it is the officer who sits there: signed in within five minutes, or the password once more.

A page left open, or a token that was copied, must not send anything to a whole borough, nor let anybody else in. Taking
a way in from somebody asks nothing, so that whoever finds a stranger is not slowed down.
"""

from collections.abc import Callable
from datetime import datetime, timedelta
from functools import wraps
from typing import Any, TypeVar, cast

from flask import request

from tsalert.core.actors import Actor, Via
from tsalert.core.clock import as_utc, utc_now
from tsalert.core.errors import NotAllowed, RuleViolation
from tsalert.db import db
from tsalert.staff import browsing, queries, service
from tsalert.staff.hashing import is_password
from tsalert.web.access import current_actor, is_api

FRESH = timedelta(minutes=5)
BLOCKED = "Too many tries. Wait 15 minutes, or ask your administrator."

View = TypeVar("View", bound=Callable[..., Any])


def asks_presence(view: View) -> View:
    """Mark a view that gives somebody a way in, and have it asked for by nobody but the officer who sits there.

    It stands directly above the view, so that a refusal comes back with the form, or as an answer of the API.
    """
    return _asks(view, require_presence)


def asks_password(view: View) -> View:
    """Mark an operation that gives its officer another token, for which a fresh one is not enough.

    What it gives is fresh in its turn, so that whoever copied one in time would go on so for ever.
    """
    return _asks(view, require_token_and_password)


def require_presence(actor: Actor, password: str | None, *, now: datetime) -> None:
    """Refuse to go on unless the officer has just signed in or gives their password; wrong ones count as at sign-in.

    :raises NotAllowed: it is no officer, or there were too many wrong passwords.
    :raises RuleViolation: the password is needed, or not theirs; the field is ``password``.
    """
    if actor.officer_id is None:
        raise NotAllowed("Only an officer can do this.")
    if _is_fresh(actor, now=now):
        return
    if not password:
        raise RuleViolation(f"You signed in more than five minutes ago. {_how(actor)}", field="password")
    require_password(actor, password, now=now)
    if actor.via is not Via.API:
        browsing.note_shown(at=now)


def require_token_and_password(actor: Actor, password: str | None, *, now: datetime) -> None:
    """Refuse to go on without the officer's password, however fresh their token is; wrong ones count as at sign-in.

    :raises NotAllowed: there were too many wrong passwords.
    :raises RuleViolation: the password is needed, or not theirs; the field is ``password``.
    """
    if not password:
        how = "Send your password too." if has_password(actor) else "Make it on the page of your account."
        raise RuleViolation(f"No token makes another by itself. {how}", field="password")
    require_password(actor, password, now=now)


def how_to_show_presence() -> dict[str, bool]:
    """Return how a form is drawn that only its officer may send: what is asked of its reader, and what they have."""
    actor = current_actor()
    return {"asks_password": not _is_fresh(actor, now=utc_now()), "has_password": has_password(actor)}


def has_password(actor: Actor) -> bool:
    """Tell whether an officer can give a password at all; whoever came by single sign-on may have none."""
    return bool(queries.get_officer_by_id(db.session(), actor.officer_id).password)


def require_password(actor: Actor, password: str, *, now: datetime, field: str = "password") -> None:
    """Refuse a password that is not the officer's own; wrong ones count as at sign-in.

    :raises NotAllowed: there were too many wrong passwords.
    :raises RuleViolation: it is not theirs; the field is the one named.
    """
    officer = queries.get_officer_by_id(db.session(), actor.officer_id)
    account, hashed = officer.email, officer.password
    require_not_locked(account, now=now)
    if not is_password(password, hashed) or is_locked_by_now(account, now=now):
        count_failure(account, now=now)
        raise RuleViolation("That is not your password.", field=field)


def require_not_locked(account: str, *, now: datetime) -> None:
    """Refuse to try anything of an account for a while after it, or this network, has failed too often.

    :raises NotAllowed: it has.
    """
    if queries.sign_in_is_blocked(db.session(), account, request.remote_addr or "", now=now):
        raise NotAllowed(BLOCKED)


def is_locked_by_now(account: str, *, now: datetime) -> bool:
    """Tell whether others failed too often while a try was looked at, so that many at once try no more than one by one.

    What was read before is let go: SQLite would go on seeing what stood then.
    """
    db.session.rollback()
    return queries.sign_in_is_blocked(db.session(), account, request.remote_addr or "", now=now)


def count_failure(account: str, *, now: datetime) -> None:
    """Count a failed try.

    :raises NotAllowed: too many others failed while it was looked at.
    """
    if service.record_failed_sign_in(account, request.remote_addr or "", now=now):
        raise NotAllowed(BLOCKED)


def _asks(view: View, require: Callable[..., None]) -> View:
    @wraps(view)
    def answer(*args: Any, **kwargs: Any) -> Any:
        require(current_actor(), _typed_password(), now=utc_now())
        return view(*args, **kwargs)

    answer.asks_presence = True  # type: ignore[attr-defined]
    return cast(View, answer)


def _typed_password() -> str | None:
    told = request.get_json(silent=True) if is_api() else request.form
    found = told.get("password") if told else None
    return found if isinstance(found, str) else None


def _is_fresh(actor: Actor, *, now: datetime) -> bool:
    """Tell whether an officer has just signed in: in this browser, or by a token that was just given out."""
    ago = _token_issued_since(now) if actor.via is Via.API else browsing.shown_since(now=now)
    return ago is not None and abs(ago) <= FRESH


def _how(actor: Actor) -> str:
    if has_password(actor):
        return "Enter your password again."
    if actor.via is Via.API:
        return "Send a token that was made within the last five minutes."
    return "Sign in again in another tab, then send this once more."


def _token_issued_since(now: datetime) -> timedelta | None:
    at = queries.token_issued_at(db.session(), request.headers.get("Authorization", "").partition(" ")[2])
    return as_utc(now) - at if at else None
