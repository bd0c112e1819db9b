"""Putting a pack together: facts, times, risk, actions, whom we told; the victim only where that was asked for."""

from datetime import datetime

from sqlalchemy.orm import Session

from tsalert.cases import sharing
from tsalert.cases.sections import Pack, Section
from tsalert.cases.sharing import Lines, Matter, Part, said
from tsalert.handover.models import Handover

_LEFT_OUT = "Left out of this pack. Ask us for what you need."


def subject_of(session: Session, handover: Handover) -> Matter:
    """Return the incident or case of a handover; of a case, with the incidents that it grew out of."""
    return sharing.read_matter(session, case_id=handover.case_id, incident_id=handover.incident_id)


def title_of(reference: str) -> str:
    """Return the heading of a pack; it names nobody."""
    return f"Handover of {reference}"


def assemble(session: Session, handover: Handover, *, now: datetime) -> Pack:
    """Return the pack as it would be offered now."""
    matter = subject_of(session, handover)

    def known(part: Part) -> Lines:
        return sharing.lines_of(session, matter, part, now=now)

    sections = [
        Section("From", tuple(sharing.sender(session, handover.offered_by or handover.made_by, handover.body))),
        Section("What it is about", tuple(known(Part.MATTER))),
        Section("Facts", (("", handover.facts),)),
        Section("Times", tuple(known(Part.TIMES))),
        Section("Trader", tuple(known(Part.TRADER))),
        Section("Money", tuple(known(Part.MONEY))),
        Section("Risk", (*said(handover.risk), *known(Part.RISK))),
        Section("Done, and still to do", tuple(said(handover.actions))),
        Section("Who we told", tuple(said(handover.told))),
        Section("The victim", tuple(known(Part.VICTIM) if handover.with_victim else said(_LEFT_OUT))),
        Section(Part.CALLER.label, tuple(known(Part.CALLER) if handover.with_victim else ())),
    ]
    return tuple(section for section in sections if section.lines)
