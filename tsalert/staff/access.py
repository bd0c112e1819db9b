"""Giving and taking access: each change stands in the trail, and somebody always stays to run the service."""

from collections.abc import Collection
from datetime import date, datetime
from secrets import token_hex

from msgspec import Struct
from sqlalchemy import delete, insert, select, update
from sqlalchemy.orm import Session

from tsalert.audit import service as audit
from tsalert.core.actors import Actor
from tsalert.core.errors import RuleViolation
from tsalert.core.last_days import end_of
from tsalert.db import transaction
from tsalert.staff import queries, rules
from tsalert.staff.models import AccessChange, ApiToken, Officer, OfficerIdentity, Role, officer_role
from tsalert.staff.rules import RoleName
from tsalert.staff.service import find_role


class Given(Struct, frozen=True):
    """A role to give; ``last_day`` is the last London day on which it counts, None gives it for good."""

    role: RoleName
    last_day: date | None = None


def suspend(email: str, *, reason: str | None = None, now: datetime, by: Actor) -> None:
    """Shut an officer out until further notice: sign-ins and tokens end at the next request, the rest waits for them.

    :raises NotFound: there is no such officer.
    :raises RuleViolation: they are inactive already, nobody else could run the service, or a reason is missing.
    """
    with transaction() as session:
        officer = queries.get_officer(session, email)
        if not officer.active:
            raise RuleViolation(f"{officer.email} is inactive already.")
        _shut_out(session, officer, AccessChange(what="suspended", reason=reason), now=now, by=by)


def end_account(session: Session, officer: Officer, *, reason: str | None, now: datetime, by: Actor) -> None:
    """Shut an officer out who leaves, whether they were suspended before or not; a step.

    :raises RuleViolation: their account has ended already, nobody else could run the service, or a reason is missing.
    """
    if officer.left_at is not None:
        raise RuleViolation(f"The account of {officer.email} has ended already.")
    officer.left_at = now
    _shut_out(session, officer, AccessChange(what="ended", reason=reason), now=now, by=by)


def note_invitation(session: Session, officer: Officer, reason: str | None, *, by: Actor, now: datetime) -> None:
    """Keep why somebody was invited, and which roles they were given with that; a step."""
    for role in officer.roles:
        _keep(session, AccessChange(officer_id=officer.id, what="role granted", role=role.name, reason=reason), by, now)


def note_reset(session: Session, officer: Officer, reason: str, *, by: Actor, now: datetime) -> None:
    """Keep how it is known that somebody lost their second step; a step.

    :raises RuleViolation: that is missing, too short or too long.
    """
    _keep(session, AccessChange(officer_id=officer.id, what="second step reset", reason=reason), by, now)


def activate(email: str, *, reason: str | None = None, now: datetime, by: Actor) -> None:
    """Let an officer sign in again, with the roles that have not run out and the ways in that were left to them.

    :raises NotFound: there is no such officer.
    :raises RuleViolation: they are active, or a reason is missing.
    """
    with transaction() as session:
        officer = queries.get_officer(session, email)
        if officer.active:
            raise RuleViolation(f"{officer.email} is active already.")
        officer.active, officer.left_at = True, None
        _keep(session, AccessChange(officer_id=officer.id, what="activated", reason=reason), by, now)
        audit.record(session, by, "activated", "officer", officer.id, now=now)


def grant(email: str, given: Given, *, reason: str | None = None, now: datetime, by: Actor) -> None:
    """Give an officer one more role, or another end to one that they hold.

    :raises NotFound: there is no such officer.
    :raises RuleViolation: they hold it so already, give it themselves, nobody else could run the service after its
        end, its last day is over, or a reason is missing.
    """
    until = end_of(given.last_day, now=now) if given.last_day else None
    with transaction() as session:
        officer = queries.get_officer(session, email)
        rules.require_another(by, officer.id)
        _refuse_same(session, officer, given.role, until)
        _give(session, officer, given.role, until)
        changed = AccessChange(officer_id=officer.id, what="role granted", role=given.role, until=until, reason=reason)
        _keep(session, changed, by, now)
        day = given.last_day.isoformat() if given.last_day else "no end"
        audit.record(session, by, "role granted", "officer", officer.id, now=now, role=given.role.value, last_day=day)


def revoke(email: str, role: RoleName, *, reason: str | None = None, now: datetime, by: Actor) -> None:
    """Take a role from an officer.

    :raises NotFound: there is no such officer.
    :raises RuleViolation: they do not hold it, nobody else could run the service, or a reason is missing.
    """
    with transaction() as session:
        officer = queries.get_officer(session, email)
        if role not in {each.name for each in officer.roles}:
            raise RuleViolation(f"{officer.email} is not {role}.")
        _keep_somebody(session, officer, [role])
        _take(session, officer, role)
        _keep(session, AccessChange(officer_id=officer.id, what="role revoked", role=role, reason=reason), by, now)
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


def unlink(email: str, *, reason: str | None = None, now: datetime, by: Actor) -> None:
    """Forget whom single sign-on means by an officer; their next sign-in by it links them anew, by their address.

    :raises NotFound: there is no such officer.
    :raises RuleViolation: they are not linked, or a reason is missing.
    """
    with transaction() as session:
        officer = queries.get_officer(session, email)
        gone = delete(OfficerIdentity).where(OfficerIdentity.officer_id == officer.id).returning(OfficerIdentity.id)
        if session.scalar(gone) is None:
            raise RuleViolation(f"{officer.email} is not linked with single sign-on.")
        end_sessions(officer)
        _keep(session, AccessChange(officer_id=officer.id, what="single sign-on unlinked", reason=reason), by, now)
        audit.record(session, by, "single sign-on unlinked", "officer", officer.id, now=now)


def end_sessions(officer: Officer) -> None:
    """Sign an officer out everywhere; part of other use cases."""
    # A sign-in names its officer by this mark, so a fresh one ends them all.
    officer.fs_uniquifier = token_hex(32)


def give_by_directory(session: Session, officer: Officer, role: RoleName, *, by: Actor, now: datetime) -> None:
    """Give a role for good, as the council's directory has it; a step."""
    _give(session, officer, role, None)
    _note_directory(session, officer, "role granted", role, by, now)


def take_by_directory(session: Session, officer: Officer, role: RoleName, *, by: Actor, now: datetime) -> None:
    """Take a role, as the council's directory has it, unless nobody could run the service then; a step."""
    if not _left_empty(session, officer, [role]):
        _take(session, officer, role)
        _note_directory(session, officer, "role revoked", role, by, now)


def _note_directory(session: Session, officer: Officer, what: str, role: RoleName, by: Actor, now: datetime) -> None:
    _keep(session, AccessChange(officer_id=officer.id, what=what, role=role), by, now)
    audit.record(session, by, what, "officer", officer.id, now=now, role=role.value)


def _give(session: Session, officer: Officer, role: RoleName, until: datetime | None) -> None:
    """Have an officer hold a role until an instant, whatever end it had before."""
    _take(session, officer, role)
    held = {"officer_id": officer.id, "role_id": find_role(session, role).id, "until": until}
    session.execute(insert(officer_role).values(held))
    session.expire(officer, ["roles"])


def _take(session: Session, officer: Officer, role: RoleName) -> None:
    row = find_role(session, role)
    session.flush()
    held = (officer_role.c.officer_id == officer.id, officer_role.c.role_id == row.id)
    session.execute(delete(officer_role).where(*held))
    session.expire(officer, ["roles"])


def _shut_out(session: Session, officer: Officer, change: AccessChange, *, now: datetime, by: Actor) -> None:
    """End all with which an officer gets in."""
    if officer.active:
        _keep_somebody(session, officer, [role.name for role in officer.roles])
    officer.active, change.officer_id = False, officer.id
    end_sessions(officer)
    tokens = _revoke_tokens(session, officer, now)
    _keep(session, change, by, now)
    audit.record(session, by, change.what, "officer", officer.id, now=now, tokens=tokens)


def _refuse_same(session: Session, officer: Officer, role: RoleName, until: datetime | None) -> None:
    held = dict(queries.roles_held(session, officer.id))
    if role not in held:
        return
    if held[role] == until:
        raise RuleViolation(f"{officer.email} is {role} already.")
    if held[role] is None:
        _keep_somebody(session, officer, [role])


def _keep(session: Session, change: AccessChange, by: Actor, now: datetime) -> None:
    """Keep a change of access with its reason, which the trail cannot hold: it may tell of people."""
    change.reason = rules.reason_of(change.reason, by)
    change.at, change.by_officer_id, change.via = now, by.officer_id, by.via
    session.add(change)


def _revoke_tokens(session: Session, officer: Officer, now: datetime) -> int:
    good = [ApiToken.officer_id == officer.id, ApiToken.revoked_at.is_(None), ApiToken.expires_at > now]
    ended = session.scalars(update(ApiToken).where(*good).values(revoked_at=now).returning(ApiToken.id))
    return len(ended.all())


def _keep_somebody(session: Session, leaving: Officer, roles: Collection[str]) -> None:
    """Refuse to leave a role that runs the service to nobody."""
    empty = _left_empty(session, leaving, roles)
    if empty:
        raise RuleViolation(f"{leaving.email} is the last active {empty[0]}. Give that role to somebody else first.")


def _left_empty(session: Session, leaving: Officer, given_up: Collection[str]) -> list[str]:
    # Two who go at the same time wait for each other here.
    session.execute(select(Role.id).order_by(Role.id).with_for_update())
    held = select(Role.name).join(officer_role, officer_role.c.role_id == Role.id)
    by_others = held.join(Officer, Officer.id == officer_role.c.officer_id).where(
        Officer.active, Officer.id != leaving.id, officer_role.c.until.is_(None)
    )
    return rules.roles_left_empty(given_up, session.scalars(by_others.distinct()).all())
