"""Putting together what goes to another body: the message, and those parts of what we know that were ticked."""

from datetime import datetime

from sqlalchemy.orm import Session

from tsalert.cases import sharing
from tsalert.cases.sections import Pack, Section
from tsalert.cases.sharing import Part, said
from tsalert.referrals.models import Referral
from tsalert.referrals.vocabulary import LawfulReason

_PERSONAL = frozenset({Part.VICTIM, Part.CALLER})
_LEFT_OUT = "Left out. Ask us for what you need."


def title_of(reference: str) -> str:
    """Return the heading of what is sent; it names nobody."""
    return f"Referral of {reference}"


def assemble(session: Session, row: Referral, *, now: datetime) -> Pack:
    """Return what would be sent now."""
    matter = sharing.read_matter(session, case_id=row.case_id, incident_id=row.incident_id)
    ticked = [part for part in Part if part in row.shared and part not in _PERSONAL]
    parts = [Section(part.label, tuple(sharing.lines_of(session, matter, part, now=now))) for part in ticked]
    sections = [
        Section(
            "From", (*sharing.sender(session, row.sent_by or row.made_by, row.body), ("Reference", matter.reference))
        ),
        Section("Message", (("", row.message),)),
        *parts,
        Section("The victim", tuple(_personal(session, row, matter, Part.VICTIM, now))),
    ]
    if Part.CALLER in row.shared:
        sections.append(Section(Part.CALLER.label, tuple(_personal(session, row, matter, Part.CALLER, now))))
    return tuple(section for section in sections if section.lines)


def _personal(session: Session, row: Referral, matter: sharing.Matter, part: Part, now: datetime) -> sharing.Lines:
    if part not in row.shared or row.lawful_reason is None:
        return said(_LEFT_OUT)
    reason = LawfulReason.of(row.lawful_reason).label
    return [*sharing.lines_of(session, matter, part, now=now), ("Shared because", reason)]
