"""Finding officers."""

from collections import defaultdict
from collections.abc import Collection
from datetime import datetime
from hashlib import sha256

from msgspec import Struct
from sqlalchemy import Select, func, select
from sqlalchemy.orm import Session

from tsalert.core.actors import Actor, Permission, Via
from tsalert.core.clock import as_utc
from tsalert.core.errors import NotFound, RuleViolation
from tsalert.staff.models import RUNNING, ApiToken, Officer, Role, SignInFailure, officer_role
from tsalert.staff.rules import WATCHED_SPAN, RoleName, is_blocked, permissions_of
from tsalert.staff.tokens.models import ServiceAccount
from tsalert.visitors.rules import network_of

# A program that has an account is listed among programs alone, and signs nobody in.
IS_PERSON = Officer.id.not_in(select(ServiceAccount.officer_id))


class Person(Struct, frozen=True):
    """One officer as other capabilities list them."""

    id: int
    name: str
    email: str


def get_officer(session: Session, email: str) -> Officer:
    """Return the officer with an email address, in any letter case.

    :raises NotFound: there is none.
    """
    officer = find_by_email(session, email)
    if officer is None:
        raise NotFound(f"There is no officer {email}.")
    return officer


def get_active_officer(session: Session, email: str) -> Officer:
    """Return the officer with an email address who works here.

    :raises NotFound: there is none.
    :raises RuleViolation: they are inactive.
    """
    officer = get_officer(session, email)
    if not officer.active:
        raise RuleViolation(f"{officer.email} is inactive. Let them back in first.")
    return officer


def find_by_email(session: Session, email: str) -> Officer | None:
    """Return the officer with an email address, in any letter case; None where there is none, or it is a program's."""
    return session.scalar(select(Officer).where(Officer.email == email.strip().lower(), IS_PERSON))


def get_officer_by_id(session: Session, officer_id: int | None) -> Officer:
    """Return one officer.

    :raises NotFound: there is none.
    """
    officer = session.get(Officer, officer_id) if officer_id else None
    if officer is None:
        raise NotFound("There is no such officer.")
    return officer


def get_person(session: Session, officer_id: int) -> Officer:
    """Return one officer who is a person.

    :raises NotFound: there is none, or it is the account of a program.
    """
    officer = session.scalar(select(Officer).where(Officer.id == officer_id, IS_PERSON))
    if officer is None:
        raise NotFound("There is no such officer.")
    return officer


def find_by_mark(session: Session, mark: str) -> Officer | None:
    """Return the officer whose sign-ins are known by a mark."""
    return session.scalar(select(Officer).where(Officer.fs_uniquifier == mark))


def require_active(session: Session, officer_id: int) -> None:
    """Refuse to give anything to an officer who does not work here any more.

    :raises NotFound: there is no such officer.
    :raises RuleViolation: they are inactive.
    """
    officer = get_person(session, officer_id)
    if not officer.active:
        raise RuleViolation(f"{officer.name} is inactive. Choose another officer.", field="officer_id")


def actor_of(officer: Officer, via: Via) -> Actor:
    """Return an officer as somebody who acts; an inactive one may do nothing."""
    allowed = permissions_of([role.name for role in officer.roles]) if officer.active else frozenset()
    return Actor(officer.id, officer.name, allowed, via)


def roles_held(session: Session, officer_id: int) -> list[tuple[RoleName, datetime | None]]:
    """Return the roles of an officer that have not run out, each with the instant at which it does."""
    columns = select(Role.name, officer_role.c.until).join(officer_role, officer_role.c.role_id == Role.id)
    running = columns.where(officer_role.c.officer_id == officer_id, RUNNING).order_by(Role.name)
    return [(RoleName(name), until) for name, until in session.execute(running)]


def officer_names(session: Session) -> dict[int, str]:
    """Return the name of every officer, active or not, by id."""
    return dict(session.execute(select(Officer.id, Officer.name)).all())


def active_officers(session: Session) -> list[tuple[int, str]]:
    """Return (id, name) of the people who work here, by name; programs with an account are none."""
    rows = session.execute(select(Officer.id, Officer.name).where(Officer.active, IS_PERSON).order_by(Officer.name))
    return [(officer_id, name) for officer_id, name in rows]


def officers() -> Select[int, str, bool]:
    """Return the query of (id, name, active) of every officer, for other capabilities to join with."""
    return select(Officer.id, Officer.name, Officer.active)


def officers_who_may(session: Session, needed: Collection[Permission]) -> list[Person]:
    """Return the active officers who may do all of some things, by name."""
    roles: defaultdict[Person, list[str]] = defaultdict(list)
    columns = (Officer.id, Officer.name, Officer.email, Role.name)
    query = select(*columns).join(Officer.roles).where(Officer.active).order_by(Officer.name, Officer.id)
    for officer_id, name, email, role in session.execute(query):
        roles[Person(officer_id, name, email)].append(role)
    return [person for person, held in roles.items() if permissions_of(held).issuperset(needed)]


def token_issued_at(session: Session, token: str) -> datetime | None:
    """Return when a token was given out; None where it is none."""
    return session.scalar(select(ApiToken.created_at).where(ApiToken.token_digest == token_digest(token)))


def sign_in_is_blocked(session: Session, account: str, network: str, *, now: datetime) -> bool:
    """Tell whether this account or network has failed too often in the last 15 minutes."""
    since = SignInFailure.at > as_utc(now) - WATCHED_SPAN
    by_account = select(func.count()).where(SignInFailure.account_digest == text_digest(account), since)
    by_network = select(func.count()).where(SignInFailure.network_digest == network_digest(network), since)
    return is_blocked(
        failures_by_account=session.scalar(by_account) or 0, failures_by_network=session.scalar(by_network) or 0
    )


def token_digest(token: str) -> str:
    """Return what is kept of a token."""
    return sha256(token.encode()).hexdigest()


def network_digest(address: str) -> str:
    """Return what is kept of where somebody tried from: of IPv6, the block of which one customer has every address."""
    return text_digest(network_of(address))


def text_digest(text: str) -> str:
    """Return what is kept of an account name or network."""
    return sha256(text.strip().lower().encode()).hexdigest()
