"""Whose a partner's addresses are: who moves to another one stays who they are, and is asked for numbers or is not."""

from sqlalchemy import select
from sqlalchemy.orm import Session

from tsalert.circulation.models import PartnerContact
from tsalert.subscribers import partnering
from tsalert.subscribers.preferences.moved import moves_of


def contacts_by_address(session: Session, partner_id: int) -> dict[int, PartnerContact]:
    """Return whom we know at a partner, by the address that they read now."""
    rows = session.scalars(select(PartnerContact).where(PartnerContact.partner_id == partner_id))
    found = {each.endpoint_id: each for each in rows}
    read = {end.id for end in partnering.addresses_of(session, partner_id)}
    for old, new in moves_of(session, partner_id):
        if old in found and old not in read and new not in found:
            found[new] = found.pop(old)
    return {endpoint_id: contact for endpoint_id, contact in found.items() if endpoint_id in read}


def carry_along(session: Session, partner_id: int) -> None:
    """Write down where those who moved are now, and forget whoever reads none of a partner's addresses. A step."""
    stay = contacts_by_address(session, partner_id)
    for contact in session.scalars(select(PartnerContact).where(PartnerContact.partner_id == partner_id)).all():
        if contact not in stay.values():
            session.delete(contact)
    session.flush()
    for endpoint_id, contact in stay.items():
        contact.endpoint_id = endpoint_id
    session.flush()
