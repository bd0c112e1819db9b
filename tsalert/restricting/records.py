"""Which records the parts of an address name, for the gate before every view."""

from collections.abc import Collection
from typing import Any

from sqlalchemy.orm import Session

from tsalert.core.errors import NotFound
from tsalert.handover import queries as handovers
from tsalert.parties import queries as parties
from tsalert.parties import warning_notes
from tsalert.prevention import queries as prevention
from tsalert.savings import queries as savings
from tsalert.tiers.gate import Records
from tsalert.tiers.vocabulary import Subject
from tsalert.web.fields import LARGEST_ID

Record = tuple[Subject, int]


def of(subject: Subject) -> Records:
    """Return how the number of a record itself is read; one beyond all numbers is nobody's."""
    return lambda _session, number: [(subject, number)] if 0 < number <= LARGEST_ID else []


def of_intervention(session: Session, reference: Any) -> Collection[Record]:
    """Return the case and the incident in which an intervention took place."""
    try:
        row = savings.get_current_row(session, reference)
    except NotFound:
        return ()
    named = ((Subject.CASE, row.case_id), (Subject.INCIDENT, row.incident_id))
    return [(subject, number) for subject, number in named if number is not None]


def of_unit(session: Session, unit_id: Any) -> Collection[Record]:
    """Return the records of the intervention that fitted a unit."""
    try:
        row = prevention.get_unit_row(session, unit_id)
    except NotFound:
        return ()
    return of_intervention(session, row.intervention_reference)


def of_handover(session: Session, handover_id: Any) -> Collection[Record]:
    """Return the incident or case that is handed over."""
    try:
        row = handovers.get_row(session, handover_id)
    except NotFound:
        return ()
    named = ((Subject.CASE, row.case_id), (Subject.INCIDENT, row.incident_id))
    return [(subject, number) for subject, number in named if number is not None]


def of_party(session: Session, party_id: Any) -> Collection[Record]:
    """Return a party and those held to be the same, of whom one page tells."""
    try:
        members = parties.get_party(session, party_id).members
    except NotFound:
        return ()
    return [(Subject.PARTY, member) for member in sorted(members)]


def of_warning(session: Session, warning_id: Any) -> Collection[Record]:
    """Return the party that a warning is of."""
    try:
        return of_party(session, warning_notes.get_warning(session, warning_id).party_id)
    except NotFound:
        return ()


KEYS: dict[str, Records] = {
    "case_id": of(Subject.CASE),
    "incident_id": of(Subject.INCIDENT),
    "call_id": of(Subject.CALL),
    "party_id": of_party,
    "note_id": of(Subject.NOTE),
    "handover_id": of_handover,
    "reference": of_intervention,
    "unit_id": of_unit,
    "warning_id": of_warning,
}
