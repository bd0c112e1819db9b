"""Inviting officers, and ending the accounts of those who leave, with all by which they got in."""

from datetime import datetime

from flask import current_app
from sqlalchemy.orm import Session

from tsalert.config import Settings
from tsalert.core.actors import Actor, Permission
from tsalert.db import transaction
from tsalert.rota import calendars
from tsalert.staff import access, queries, rules
from tsalert.staff.factors import service as factors
from tsalert.staff.passwords import service as passwords
from tsalert.staff.queries import Person
from tsalert.staff.service import NewOfficer, add_officer
from tsalert.staff.writing import write_to
from tsalert.staffing.wording import invitation


def invite(new: NewOfficer, *, reason: str | None = None, now: datetime, by: Actor) -> int:
    """Make an account without a password and write to its officer how they sign in; returns its id.

    :raises RuleViolation: the address is none or is taken, or a reason is missing.
    """
    by.require(Permission.MANAGE_STAFF)
    kept = rules.reason_of(reason, by)
    with transaction() as session:
        officer = add_officer(session, new, now=now, by=by)
        access.note_invitation(session, officer, kept, by=by, now=now)
        _write(session, Person(officer.id, officer.name, officer.email), now)
        return officer.id


def end(email: str, *, reason: str | None = None, now: datetime, by: Actor) -> None:
    """End the account of somebody who leaves: all by which they got in is over, what they held is left to hand on.

    :raises NotFound: there is no such officer.
    :raises RuleViolation: their account has ended already, nobody else could run the service, or a reason is missing.
    """
    by.require(Permission.MANAGE_STAFF)
    with transaction() as session:
        officer = queries.get_officer(session, email)
        access.end_account(session, officer, reason=reason, now=now, by=by)
        passwords.forget(session, officer)
        factors.forget_all(session, officer)
        calendars.close(session, officer.id, now=now)


def _write(session: Session, person: Person, now: datetime) -> None:
    settings: Settings = current_app.extensions["tsalert_settings"]
    link, provider = f"{settings.public_url}/sign-in", settings.single_sign_on
    words = invitation(authority=settings.authority_name, link=link, provider=provider.name if provider else None)
    write_to(session, [person], words, now=now)
