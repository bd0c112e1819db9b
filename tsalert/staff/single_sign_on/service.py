"""Letting in whom the provider names: a linked officer, one whose address it vouches for, or a joiner."""

from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from tsalert.audit import service as audit
from tsalert.core.actors import Actor, Via
from tsalert.db import transaction
from tsalert.single_sign_on_settings import SingleSignOnSettings
from tsalert.staff import access, queries
from tsalert.staff.models import Officer, OfficerIdentity
from tsalert.staff.service import NewOfficer, add_officer
from tsalert.staff.single_sign_on import rules
from tsalert.staff.single_sign_on.ports import Refused
from tsalert.staff.single_sign_on.rules import Told

_DIRECTORY = Actor(None, "single sign-on", frozenset(), Via.SINGLE_SIGN_ON)


def admit(told: Told, settings: SingleSignOnSettings, *, now: datetime) -> int:
    """Return the id of the officer whom the provider names, with the roles that it says they have.

    :raises Refused: there is no such officer, or they may not sign in.
    """
    with transaction() as session:
        officer = _linked(session, told, settings) or _link(session, told, settings, now)
        if not officer.active:
            raise Refused("Your account here is suspended, or has ended. Ask your administrator.")
        if told.roles is not None:
            _settle_roles(session, officer, told, settings, now)
        officer_id, has_role = officer.id, bool(officer.roles)
    # What the directory took away stays taken, though the sign-in is refused.
    if not has_role:
        raise Refused("Your account here has no role, so it opens nothing. Ask your administrator.")
    return officer_id


def find_linked(session: Session, told: Told, settings: SingleSignOnSettings) -> int | None:
    """Return the id of the officer who is linked with whom the provider names."""
    officer = _linked(session, told, settings)
    return officer.id if officer else None


def _linked(session: Session, told: Told, settings: SingleSignOnSettings) -> Officer | None:
    query = select(Officer).join(OfficerIdentity, OfficerIdentity.officer_id == Officer.id)
    return session.scalar(
        query.where(OfficerIdentity.issuer == settings.issuer, OfficerIdentity.subject == told.subject)
    )


def _link(session: Session, told: Told, settings: SingleSignOnSettings, now: datetime) -> Officer:
    """Link an officer, known by an address that the provider vouches for, with what names them there for good."""
    if told.email is None:
        raise Refused("Your account does not give us a verified email address. Ask your IT team.")
    officer = queries.find_by_email(session, told.email) or _join(session, told, now)
    # Of two tabs in which they come back at once one waits here, and finds them linked.
    session.refresh(officer, with_for_update={"of": Officer})
    linked_by_now = _linked(session, told, settings)
    if linked_by_now:
        return linked_by_now
    if session.scalar(select(OfficerIdentity.id).where(OfficerIdentity.officer_id == officer.id)):
        # The address belonged to somebody else before, whose cases this would open.
        raise Refused("Your email address is linked with another account. Ask your administrator.")
    linked = OfficerIdentity(officer_id=officer.id, issuer=settings.issuer, subject=told.subject, linked_at=now)
    session.add(linked)
    audit.record(session, _DIRECTORY, "single sign-on linked", "officer", officer.id, now=now)
    return officer


def _join(session: Session, told: Told, now: datetime) -> Officer:
    if not told.roles or told.email is None:
        raise Refused("You have no account here yet. Ask your administrator to invite you.")
    # Their roles are given with everybody's, below, so that one rule decides.
    return add_officer(session, NewOfficer(told.email, told.name, ()), now=now, by=_DIRECTORY)


def _settle_roles(
    session: Session, officer: Officer, told: Told, settings: SingleSignOnSettings, now: datetime
) -> None:
    """Give and take the roles that groups stand for; the last who runs the service keeps theirs."""
    held = [role for role, _ in queries.roles_held(session, officer.id)]
    change = rules.change_of(held, told.roles or (), rules.roles_named(settings))
    for role in sorted(change.given):
        access.give_by_directory(session, officer, role, by=_DIRECTORY, now=now)
    for role in sorted(change.taken):
        access.take_by_directory(session, officer, role, by=_DIRECTORY, now=now)
