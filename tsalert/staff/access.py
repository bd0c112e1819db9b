"""Giving and taking access: each change stands in the trail, and somebody always stays to run the service."""

from collections.abc import Collection
from datetime import datetime
from secrets import token_hex

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from tsalert.audit import service as audit
from tsalert.core.actors import Actor
from tsalert.core.errors import RuleViolation
from tsalert.db import transaction
from tsalert.staff import queries
from tsalert.staff.hashing import hash_new
from tsalert.staff.models import ApiToken, Officer, Role
from tsalert.staff.rules import RoleName, roles_left_empty
from tsalert.staff.service import find_role


def deactivate(email: str, *, now: datetime, by: Actor) -> None:
    """Shut an officer out for good: sessions and tokens end at the next request, also if they come back one day.

    :raises NotFound: there is no such officer.
    :raises RuleViolation: they are inactive already, or nobody else could run the service.
    """
    with transaction() as session:
        officer = queries.get_officer(session, email)
        if not officer.active:
            raise RuleViolation(f"{officer.email} is inactive already.")
        _keep_somebody(session, officer, [role.name for role in officer.roles])
        officer.active = False
        end_sessions(officer)
        ended = _revoke_tokens(session, officer, now)
        audit.record(session, by, "deactivated", "officer", officer.id, now=now, tokens=ended)


def activate(email: str, *, now: datetime, by: Actor) -> None:
    """Let an officer sign in again, with the roles and the password they had.

    :raises NotFound: there is no such officer.
    :raises RuleViolation: they are active.
    """
    with transaction() as session:
        officer = queries.get_officer(session, email)
        if officer.active:
            raise RuleViolation(f"{officer.email} is active already.")
        officer.active = True
        audit.record(session, by, "activated", "officer", officer.id, now=now)


def grant(email: str, role: RoleName, *, now: datetime, by: Actor) -> None:
    """Give an officer one more role.

    :raises NotFound: there is no such officer.
    :raises RuleViolation: they hold it.
    """
    with transaction() as session:
        officer = queries.get_officer(session, email)
        if role in {held.name for held in officer.roles}:
            raise RuleViolation(f"{officer.email} is {role} already.")
        officer.roles.append(find_role(session, role))
        audit.record(session, by, "role granted", "officer", officer.id, now=now, role=role.value)


def revoke(email: str, role: RoleName, *, now: datetime, by: Actor) -> None:
    """Take a role from an officer.

    :raises NotFound: there is no such officer.
    :raises RuleViolation: they do not hold it, or nobody else could run the service.
    """
    with transaction() as session:
        officer = queries.get_officer(session, email)
        held = next((each for each in officer.roles if each.name == role), None)
        if held is None:
            raise RuleViolation(f"{officer.email} is not {role}.")
        _keep_somebody(session, officer, [role])
        officer.roles.remove(held)
        audit.record(session, by, "role revoked", "officer", officer.id, now=now, role=role.value)


def revoke_tokens(email: str, *, now: datetime, by: Actor) -> int:
    """End every token of an officer that is still good; returns how many those were.

    :raises NotFound: there is no such officer.
    """
    with transaction() as session:
        officer = queries.get_officer(session, email)
        ended = _revoke_tokens(session, officer, now)
        audit.record(session, by, "tokens revoked", "officer", officer.id, now=now, tokens=ended)
    return ended


def set_password(email: str, password: str, *, now: datetime, by: Actor) -> None:
    """Give an officer another password; whoever is signed in with the old one is out at the next request.

    :raises NotFound: there is no such officer.
    :raises RuleViolation: the password is none to take.
    """
    with transaction() as session:
        officer = queries.get_officer(session, email)
        officer.password = hash_new(password, name=officer.name, email=officer.email)
        end_sessions(officer)
        audit.record(session, by, "password set", "officer", officer.id, now=now)


def end_sessions(officer: Officer) -> None:
    """Sign an officer out everywhere; part of other use cases."""
    # A session names its officer by this mark, so a fresh one ends them all.
    officer.fs_uniquifier = token_hex(32)


def _revoke_tokens(session: Session, officer: Officer, now: datetime) -> int:
    good = [ApiToken.officer_id == officer.id, ApiToken.revoked_at.is_(None), ApiToken.expires_at > now]
    ended = session.scalars(update(ApiToken).where(*good).values(revoked_at=now).returning(ApiToken.id))
    return len(ended.all())


def _keep_somebody(session: Session, leaving: Officer, roles: Collection[str]) -> None:
    """Refuse to leave a role that runs the service to nobody."""
    # Two who go at the same time wait for each other here.
    session.execute(select(Role.id).order_by(Role.id).with_for_update())
    others = session.scalars(
        select(Role.name).join(Officer.roles).where(Officer.active, Officer.id != leaving.id).distinct()
    )
    empty = roles_left_empty(roles, others.all())
    if empty:
        raise RuleViolation(f"{leaving.email} is the last active {empty[0]}. Give that role to somebody else first.")
