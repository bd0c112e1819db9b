"""Putting together what goes to another body: the message, and those parts of what we know that were ticked."""

from datetime import datetime

from sqlalchemy.orm import Session

from tsalert.cases import sharing
from tsalert.cases.sections import Pack, Section
from tsalert.cases.sharing import Part, said
from tsalert.referrals.models import Referral
from tsalert.referrals.vocabulary import LawfulReason

_LEFT_OUT = "Left out. Ask us for what you need."


def title_of(reference: str) -> str:
    """Return the heading of what is sent; it names nobody."""
    return f"Referral of {reference}"


def assemble(session: Session, row: Referral, *, now: datetime) -> Pack:
    """Return what would be sent now."""
    matter = sharing.read_matter(session, case_id=row.case_id, incident_id=row.incident_id)
    ticked = [part for part in Part if part in row.shared and part is not Part.VICTIM]
    parts = [Section(part.label, tuple(sharing.lines_of(session, matter, part, now=now))) for part in ticked]
    sections = [
        Section(
            "From", (*sharing.sender(session, row.sent_by or row.made_by, row.body), ("Reference", matter.reference))
        ),
        Section("Message", (("", row.message),)),
        *parts,
        Section("The victim", tuple(_victim(session, row, matter, now))),
    ]
    return tuple(section for section in sections if section.lines)


def _victim(session: Session, row: Referral, matter: sharing.Matter, now: datetime) -> sharing.Lines:
    if not row.with_victim or row.lawful_reason is None:
        return said(_LEFT_OUT)
    reason = LawfulReason.of(row.lawful_reason).label
    return [*sharing.lines_of(session, matter, Part.VICTIM, now=now), ("Shared because", reason)]
