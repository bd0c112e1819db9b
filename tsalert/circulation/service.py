"""Partners: added, changed, ended, with their contacts and the kinds there are."""

from datetime import datetime

from msgspec.structs import asdict
from sqlalchemy import delete, select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from tsalert.audit import service as audit
from tsalert.circulation.contacts import carry_along
from tsalert.circulation.models import PartnerContact
from tsalert.circulation.rules import NewContact, NewPartner
from tsalert.core.actors import Actor, Permission
from tsalert.core.errors import Conflict, NotFound, RuleViolation
from tsalert.core.seen import differing, mark_of
from tsalert.db import insert_ignoring_conflicts, transaction
from tsalert.places import queries as places
from tsalert.subscribers import partnering
from tsalert.subscribers.profiles import PartnerKind, PartnerProfile

# What we know of an organisation, as its form calls it.
_DESCRIBED = {"name": "organisation", "kind_id": "kind", "ward": "ward", "note": "notes"}


def add_partner(new: NewPartner, *, actor: Actor, now: datetime) -> int:
    """Add an organisation and return its id; its code is made with it.

    :raises RuleViolation: its kind or ward is not in the list.
    """
    actor.require(Permission.MANAGE_SUBSCRIBERS)
    with transaction() as session:
        _require_known(session, new)
        partner_id = partnering.add_partner(session, new.name, new.ward, now=now)
        session.add(PartnerProfile(partner_id=partner_id, kind_id=new.kind_id, note=new.note))
        audit.record(session, actor, "added", "partner", partner_id, now=now)
        return partner_id


def mark_of_partner(known: NewPartner) -> str:
    """Return what tells apart what is known of a partner, as it stands and after somebody changed it."""
    return mark_of(known, _DESCRIBED)


def change_partner(partner_id: int, new: NewPartner, *, seen: str | None = None, actor: Actor, now: datetime) -> None:
    """Change what we know of an organisation.

    :param seen: the mark of what was shown; None where it is not known.
    :raises NotFound: there is none.
    :raises Conflict: it has ended.
    :raises RuleViolation: its kind or ward is not in the list, or a colleague changed it since.
    """
    actor.require(Permission.MANAGE_SUBSCRIBERS)
    with transaction() as session:
        profile = open_profile(session, partner_id)
        _require_known(session, new, is_kept=profile.kind_id == new.kind_id)
        partner = partnering.get_partner(session, partner_id)
        known = NewPartner(partner.name, profile.kind_id, partner.ward, profile.note)
        changed = differing(known, asdict(new), _DESCRIBED, seen=seen)
        partnering.rename_partner(session, partner_id, new.name, new.ward)
        profile.kind_id, profile.note = new.kind_id, new.note
        audit.record(session, actor, "changed", "partner", partner_id, now=now, fields=", ".join(changed))


def end_partner(partner_id: int, *, actor: Actor, now: datetime) -> None:
    """End a partnership: its contacts are let go, what it told us stays.

    :raises NotFound: there is none.
    :raises Conflict: it has ended.
    """
    actor.require(Permission.MANAGE_SUBSCRIBERS)
    with transaction() as session:
        profile = open_profile(session, partner_id)
        profile.ended_at = now
        for end in partnering.addresses_of(session, partner_id):
            partnering.unlink_address(session, partner_id, end.id, recorded_by=actor.officer_id, now=now)
        session.execute(delete(PartnerContact).where(PartnerContact.partner_id == partner_id))
        audit.record(session, actor, "ended", "partner", partner_id, now=now)


def save_contact(partner_id: int, new: NewContact, *, actor: Actor, now: datetime) -> int:
    """Add somebody of a partner's, or change who reads an address that it has; returns the endpoint.

    One person may serve several partners: each keeps a link of its own to the address.

    :raises NotFound: there is no such partner.
    :raises Conflict: it has ended.
    :raises RuleViolation: the address cannot be written to.
    """
    actor.require(Permission.MANAGE_SUBSCRIBERS)
    with transaction() as session:
        open_profile(session, partner_id)
        carry_along(session, partner_id)
        endpoint_id = partnering.link_address(session, partner_id, new.address, now=now)
        contact = session.get(PartnerContact, (partner_id, endpoint_id))
        if contact is None:
            contact = PartnerContact(partner_id=partner_id, endpoint_id=endpoint_id)
            session.add(contact)
        contact.name, contact.role, contact.is_asked = new.name, new.role, new.is_asked
        if new.gets_alerts:
            partnering.start_alerts(session, partner_id, endpoint_id, recorded_by=actor.officer_id, now=now)
        else:
            partnering.stop_alerts(session, partner_id, [endpoint_id], recorded_by=actor.officer_id, now=now)
        audit.record(session, actor, "saved contact", "partner", partner_id, now=now, endpoint=endpoint_id)
        return endpoint_id


def end_contact(partner_id: int, endpoint_id: int, *, actor: Actor, now: datetime) -> None:
    """Let one contact of a partner go.

    :raises NotFound: there is no such partner or contact.
    :raises Conflict: the partner has ended.
    """
    actor.require(Permission.MANAGE_SUBSCRIBERS)
    with transaction() as session:
        open_profile(session, partner_id)
        carry_along(session, partner_id)
        partnering.unlink_address(session, partner_id, endpoint_id, recorded_by=actor.officer_id, now=now)
        mine = (PartnerContact.partner_id == partner_id, PartnerContact.endpoint_id == endpoint_id)
        session.execute(delete(PartnerContact).where(*mine))
        audit.record(session, actor, "ended contact", "partner", partner_id, now=now, endpoint=endpoint_id)


def add_kind(name: str, *, actor: Actor, now: datetime) -> int:
    """Add a kind of partner to the list.

    :raises RuleViolation: there is one of that name.
    """
    actor.require(Permission.MANAGE_SUBSCRIBERS)
    with transaction() as session:
        row = PartnerKind(name=name)
        session.add(row)
        try:
            session.flush()
        except IntegrityError as error:
            raise RuleViolation("There is a kind of that name, or there was.", field="name") from error
        audit.record(session, actor, "added", "partner kind", row.id, now=now)
        return row.id


def end_kind(kind_id: int, *, actor: Actor, now: datetime) -> None:
    """Take a kind off the list; partners that are of it stay so.

    :raises NotFound: it is not in the list.
    """
    actor.require(Permission.MANAGE_SUBSCRIBERS)
    with transaction() as session:
        row = session.get(PartnerKind, kind_id)
        if row is None or row.ended_at is not None:
            raise NotFound("There is no such kind in the list.")
        row.ended_at = now
        audit.record(session, actor, "ended", "partner kind", kind_id, now=now)


def open_profile(session: Session, partner_id: int) -> PartnerProfile:
    """Return what is known of a partner that has not ended, locked; a step.

    Of one that came by import nothing is known yet: whoever acts on it first writes the row, and all others wait.

    :raises NotFound: there is none.
    :raises Conflict: it has ended.
    """
    partnering.get_partner(session, partner_id)
    query = select(PartnerProfile).where(PartnerProfile.partner_id == partner_id).with_for_update()
    query = query.execution_options(populate_existing=True)
    profile = session.scalar(query)
    if profile is None:
        session.execute(insert_ignoring_conflicts(session, PartnerProfile).values(partner_id=partner_id))
        profile = session.scalars(query).one()
    if profile.ended_at is not None:
        raise Conflict("We do not work with this partner any more.")
    return profile


def _require_known(session: Session, new: NewPartner, *, is_kept: bool = False) -> None:
    if new.kind_id is not None and not is_kept:
        kind = session.get(PartnerKind, new.kind_id)
        if kind is None or kind.ended_at is not None:
            raise RuleViolation("Choose a kind from the list.", field="kind_id")
    wards = places.ward_names(session)
    if new.ward and wards and new.ward not in wards:
        raise RuleViolation("Choose a ward from the list.", field="ward")
