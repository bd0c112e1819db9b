"""Making accounts, giving tokens, counting failed sign-ins."""

import logging
from collections.abc import Sequence
from datetime import datetime
from secrets import token_hex, token_urlsafe

from msgspec import Struct
from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from tsalert.audit import service as audit
from tsalert.core.actors import SERVICE, Actor
from tsalert.core.errors import RuleViolation
from tsalert.db import take_turns, transaction
from tsalert.delivery.rules import normalise_email
from tsalert.staff import queries
from tsalert.staff.hashing import hash_new
from tsalert.staff.models import ApiToken, Officer, Role, SignInFailure
from tsalert.staff.rules import TOKEN_LIFE, WATCHED_SPAN, RoleName, read_shortcut

# Any number will do that no other lock of this database uses.
_LOCK_NUMBER = 7_682_003
_log = logging.getLogger(__name__)


class NewOfficer(Struct, frozen=True):
    """An account to make."""

    email: str
    name: str
    roles: Sequence[RoleName]


def create_officer(
    email: str, *, name: str, roles: list[RoleName], password: str | None, now: datetime, by: Actor = SERVICE
) -> int:
    """Make an account that can sign in at once; returns its id.

    :param password: None where the officer sets one by a link (passwords/service.py).
    :raises RuleViolation: the address is none or is taken, or the password is none to take.
    """
    hashed = None if password is None else hash_new(password, name=name, email=email)
    with transaction() as session:
        officer = add_officer(session, NewOfficer(email, name, roles), now=now, by=by)
        officer.password = hashed
        return officer.id


def add_officer(session: Session, new: NewOfficer, *, now: datetime, by: Actor) -> Officer:
    """Make an account that has no password; a step.

    :raises RuleViolation: the address is none or is taken.
    """
    email = normalise_email(new.email).lower()
    if session.scalar(select(Officer.id).where(Officer.email == email)):
        raise RuleViolation(f"There is already an officer {email}.", field="email")
    officer = Officer(email=email, name=new.name, active=True, fs_uniquifier=token_hex(32), created_at=now)
    session.add(officer)
    officer.roles = [find_role(session, role) for role in dict.fromkeys(new.roles)]
    session.flush()
    audit.record(session, by, "created", "officer", officer.id, now=now, roles=", ".join(sorted(new.roles)))
    return officer


def issue_token(email: str, *, now: datetime, by: Actor = SERVICE) -> str:
    """Give an officer a bearer token for the API, good for 90 days; it is shown this once.

    :raises NotFound: there is no such officer.
    :raises RuleViolation: they are inactive; a token would wait for the day on which they come back.
    """
    token = token_urlsafe(32)
    with transaction() as session:
        officer = queries.get_active_officer(session, email)
        kept = {"token_digest": queries.token_digest(token), "created_at": now, "expires_at": now + TOKEN_LIFE}
        session.add(ApiToken(officer_id=officer.id, **kept))
        audit.record(session, by, "token issued", "officer", officer.id, now=now)
    return token


def choose_shortcut(key: str, *, actor: Actor, now: datetime) -> None:
    """Choose the key with which an officer opens the form for a call, or switch it off with an empty one.

    :raises RuleViolation: it is no letter or digit.
    """
    kept = read_shortcut(key)
    with transaction() as session:
        officer = queries.get_officer_by_id(session, actor.officer_id)
        officer.shortcut = kept
        audit.record(session, actor, "shortcut chosen", "officer", officer.id, now=now, key=kept or "none")


def record_failed_sign_in(account: str, network: str, *, now: datetime) -> bool:
    """Count a failed try, and forget those too old to matter; the log says that there was one, and not whose.

    Returns whether too many others failed while it was looked at: its sender must not learn whether it was right.
    """
    _log.warning("a password, code or passkey was wrong")
    with transaction() as session:
        # Of those who try at the same moment each sees whoever was counted before.
        take_turns(session, _LOCK_NUMBER)
        is_late = queries.sign_in_is_blocked(session, account, network, now=now)
        session.execute(delete(SignInFailure).where(SignInFailure.at < now - WATCHED_SPAN))
        digests = {"account_digest": queries.text_digest(account), "network_digest": queries.network_digest(network)}
        session.add(SignInFailure(**digests, at=now))
    return is_late


def find_role(session: Session, name: RoleName) -> Role:
    """Return a role's row, made when it is first given."""
    role = session.scalar(select(Role).where(Role.name == name))
    if role is None:
        role = Role(name=name, description=None)
        session.add(role)
    return role
