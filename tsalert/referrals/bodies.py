"""The bodies that we pass information to: listed, changed, verified; and neighbours, who are kept elsewhere."""

from collections.abc import Sequence
from datetime import datetime

from msgspec import Struct
from msgspec.structs import asdict
from sqlalchemy import select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from tsalert.audit import service as audit
from tsalert.core.actors import Actor, Permission
from tsalert.core.clock import london_date
from tsalert.core.errors import NotFound, RuleViolation
from tsalert.core.keys import is_id
from tsalert.core.seen import mark_of, write_anew
from tsalert.db import transaction
from tsalert.places import borders
from tsalert.referrals.models import PartnerBody
from tsalert.referrals.rules import NewBody
from tsalert.referrals.vocabulary import BodyKind

# What is known of a body, as its form calls it.
_DESCRIBED = {"kind": "what sort of body it is", "name": "name", "phone": "telephone", "email": "email", "note": "note"}


class Contact(Struct, frozen=True):
    """A body as a referral takes it over from a list."""

    key: str
    kind: BodyKind
    name: str
    reached_by: str
    partner_id: int | None = None


def list_bodies(session: Session) -> Sequence[PartnerBody]:
    """Return the bodies in use, by kind and name."""
    query = select(PartnerBody).where(PartnerBody.ended_at.is_(None))
    return session.scalars(query.order_by(PartnerBody.kind, PartnerBody.name)).all()


def get_body(session: Session, body_id: int, *, lock: bool = False) -> PartnerBody:
    """Return one body that is in use.

    :raises NotFound: there is none.
    """
    query = select(PartnerBody).where(PartnerBody.id == body_id, PartnerBody.ended_at.is_(None))
    row = session.scalar(query.with_for_update() if lock else query) if is_id(body_id) else None
    if row is None:
        raise NotFound("There is no such body.")
    return row


def contacts(session: Session) -> list[Contact]:
    """Return everybody that a referral may go to by one choice: the bodies of our own list, then neighbours."""
    ours = [
        Contact(f"partner:{row.id}", BodyKind.of(row.kind), row.name, row.email or row.phone or "", row.id)
        for row in list_bodies(session)
    ]
    near = [
        Contact(f"neighbour:{row.id}", BodyKind.TRADING_STANDARDS, row.name, row.email or row.phone or "")
        for row in borders.list_neighbours(session)
    ]
    return [*ours, *near]


def find_contact(session: Session, key: str | None) -> Contact | None:
    """Return the body chosen from the lists; None where none was chosen.

    :raises RuleViolation: there is none like that, or none any more.
    """
    if not key:
        return None
    for contact in contacts(session):
        if contact.key == key:
            return contact
    raise RuleViolation("This body is no longer in the list. Choose another.", field="contact")


def add_body(new: NewBody, *, actor: Actor, now: datetime) -> int:
    """Add a body that somebody has just verified; returns its id.

    :raises RuleViolation: there is one of that name, or no way to reach it.
    """
    actor.require(Permission.WORK_CASE)
    _require_reachable(new)
    with transaction() as session:
        row = PartnerBody(**asdict(new), added_at=now)
        _verify(row, actor, now)
        session.add(row)
        _flush(session)
        audit.record(session, actor, "added", "partner body", row.id, now=now)
        return row.id


def mark_of_body(row: PartnerBody) -> str:
    """Return what tells apart what is known of a body, as it stands and after somebody changed it."""
    return mark_of(row, _DESCRIBED)


def change_body(body_id: int, new: NewBody, *, seen: str | None = None, actor: Actor, now: datetime) -> None:
    """Change a body; whoever does has verified it.

    :param seen: the mark of what was shown; None where it is not known.
    :raises NotFound: there is none.
    :raises RuleViolation: there is another of that name, no way to reach it, or a colleague changed it since.
    """
    actor.require(Permission.WORK_CASE)
    _require_reachable(new)
    with transaction() as session:
        row = get_body(session, body_id, lock=True)
        changed = write_anew(row, asdict(new), _DESCRIBED, seen=seen)
        _verify(row, actor, now)
        _flush(session)
        audit.record(session, actor, "changed", "partner body", row.id, now=now, fields=", ".join(changed))


def end_body(body_id: int, *, actor: Actor, now: datetime) -> None:
    """Take a body off the list; what was sent to it keeps its name.

    :raises NotFound: there is none.
    """
    actor.require(Permission.WORK_CASE)
    with transaction() as session:
        row = get_body(session, body_id, lock=True)
        row.ended_at = now
        # Its name is free for another entry.
        row.name = f"{row.name} (until {london_date(now)}, {row.id})"
        audit.record(session, actor, "ended", "partner body", row.id, now=now)


def _verify(row: PartnerBody, actor: Actor, now: datetime) -> None:
    row.verified_on, row.verified_by, row.verified_name = london_date(now), actor.officer_id, actor.name


def _require_reachable(new: NewBody) -> None:
    if not new.phone and not new.email:
        raise RuleViolation("Give a telephone number or an email address.", field="email")


def _flush(session: Session) -> None:
    try:
        session.flush()
    except IntegrityError as error:
        raise RuleViolation("There is a body of this name already.", field="name") from error
