"""Postcodes near the border of which the map says too little, and whom we know beyond it."""

from collections.abc import Sequence
from datetime import datetime

from msgspec import Struct
from sqlalchemy import Select, select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from tsalert.audit import service as audit
from tsalert.audit.rules import Detail
from tsalert.core.actors import Actor, Permission
from tsalert.core.clock import london_date
from tsalert.core.errors import Conflict, NotFound, RuleViolation
from tsalert.core.seen import mark_of, write_anew
from tsalert.db import transaction
from tsalert.places.models import BorderException, Neighbour


class Contact(Struct, frozen=True):
    """How to reach another authority's trading standards.

    :param is_verified: somebody has just seen that all of it is right.
    """

    authority_code: str
    name: str
    phone: str | None = None
    email: str | None = None
    hours: str | None = None
    is_verified: bool = False


# How a neighbour is reached, as its form calls it.
_REACHED_BY = {
    "authority_code": "the authority's code",
    "name": "name",
    "phone": "telephone number",
    "email": "email address",
    "hours": "when they answer",
}


def list_exception(postcode: str, reason: str, *, actor: Actor, now: datetime) -> int:
    """List a postcode of which somebody asks the caller on which side it lies; returns the entry's id.

    :raises Conflict: it is listed already.
    """
    actor.require(Permission.RUN_INCIDENT)
    with transaction() as session:
        if session.scalar(_standing_of(postcode)) is not None:
            raise Conflict(f"{postcode} is listed already.", legal=["take the old entry off first"])
        row = BorderException(
            postcode=postcode, reason=reason, listed_by=actor.officer_id, listed_name=actor.name, listed_at=now
        )
        session.add(row)
        _flush(session, f"{postcode} is listed already.")
        audit.record(session, actor, "listed", "border exception", row.id, now=now)
        return row.id


def end_exception(exception_id: int, *, actor: Actor, now: datetime) -> None:
    """Take a postcode off the list; the entry itself is kept.

    :raises NotFound: there is no such entry.
    :raises Conflict: it was taken off before.
    """
    actor.require(Permission.RUN_INCIDENT)
    with transaction() as session:
        row = session.get(BorderException, exception_id, with_for_update=True)
        if row is None:
            raise NotFound("There is no such entry.")
        if row.ended_at is not None:
            raise Conflict("It was taken off the list before.")
        row.ended_at = now
        audit.record(session, actor, "taken off", "border exception", row.id, now=now)


def add_neighbour(contact: Contact, *, actor: Actor, now: datetime) -> int:
    """Add another authority's trading standards; returns the id.

    :raises RuleViolation: there is no way to reach them, or they are known already.
    """
    actor.require(Permission.RUN_INCIDENT)
    _check(contact)
    with transaction() as session:
        row = Neighbour(**_reached_by(contact), added_on=london_date(now))
        session.add(row)
        _flush(session, "That authority is in the list already.", field="authority_code")
        if contact.is_verified:
            _verify(row, actor, now)
        audit.record(session, actor, "added", "neighbour", row.id, now=now, verified=contact.is_verified)
        return row.id


def mark_of_neighbour(row: Neighbour) -> str:
    """Return what tells apart how a neighbour is reached, as it stands and after somebody changed it."""
    return mark_of(row, _REACHED_BY)


def change_neighbour(
    neighbour_id: int, contact: Contact, *, seen: str | None = None, actor: Actor, now: datetime
) -> None:
    """Change how a neighbour is reached; what changed counts as unverified unless somebody says that it is right.

    :param seen: the mark of what was shown; None where it is not known.
    :raises NotFound: there is none with that number.
    :raises RuleViolation: there is no way to reach them, the authority is another entry's, or a colleague changed it
        since.
    """
    actor.require(Permission.RUN_INCIDENT)
    _check(contact)
    with transaction() as session:
        row = get_neighbour(session, neighbour_id, lock=True)
        changed = write_anew(row, _reached_by(contact), _REACHED_BY, seen=seen)
        if contact.is_verified:
            _verify(row, actor, now)
        elif changed:
            row.verified_on = row.verified_by = row.verified_name = None
        _flush(session, "That authority is in the list already.", field="authority_code")
        fields = ", ".join(changed)
        detail: dict[str, Detail] = {"fields": fields, "verified": contact.is_verified}
        audit.record(session, actor, "changed", "neighbour", row.id, now=now, **detail)


def verify_neighbour(neighbour_id: int, *, actor: Actor, now: datetime) -> None:
    """Record that an officer has seen today that a neighbour is still reached so.

    :raises NotFound: there is none with that number.
    """
    actor.require(Permission.RUN_INCIDENT)
    with transaction() as session:
        row = get_neighbour(session, neighbour_id, lock=True)
        _verify(row, actor, now)
        audit.record(session, actor, "verified", "neighbour", row.id, now=now)


def get_neighbour(session: Session, neighbour_id: int, *, lock: bool = False) -> Neighbour:
    """Return one neighbour.

    :raises NotFound: there is none with that number.
    """
    row = session.get(Neighbour, neighbour_id, with_for_update=lock or None)
    if row is None:
        raise NotFound("There is no such neighbour.")
    return row


def list_neighbours(session: Session) -> Sequence[Neighbour]:
    """Return every neighbour, by name."""
    return session.scalars(select(Neighbour).order_by(Neighbour.name, Neighbour.id)).all()


def list_exceptions(session: Session) -> Sequence[BorderException]:
    """Return the entries that stand, by postcode."""
    standing = select(BorderException).where(BorderException.ended_at.is_(None))
    return session.scalars(standing.order_by(BorderException.postcode)).all()


def _standing_of(postcode: str) -> Select[BorderException]:
    return select(BorderException).where(BorderException.postcode == postcode, BorderException.ended_at.is_(None))


def _check(contact: Contact) -> None:
    if not (contact.phone or contact.email):
        raise RuleViolation("Give a telephone number or an email address.", field="phone")


def _reached_by(contact: Contact) -> dict[str, str | None]:
    return {name: getattr(contact, name) for name in _REACHED_BY}


def _verify(row: Neighbour, actor: Actor, now: datetime) -> None:
    row.verified_on, row.verified_by, row.verified_name = london_date(now), actor.officer_id, actor.name
    row.reminded_at = None


def _flush(session: Session, refusal: str, *, field: str | None = None) -> None:
    """Write what was changed; a key that somebody else has is refused in words."""
    try:
        session.flush()
    except IntegrityError as error:
        raise RuleViolation(refusal, field=field) from error
