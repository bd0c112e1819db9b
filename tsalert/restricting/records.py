"""Which records the parts of an address name, for the gate before every view."""

from collections.abc import Collection
from typing import Any

from sqlalchemy.orm import Session

from tsalert.activities.models import Recognition
from tsalert.core.errors import NotFound
from tsalert.core.keys import is_id
from tsalert.exchange import queries as exchange
from tsalert.handover import queries as handovers
from tsalert.handover.models import Handover
from tsalert.parties import queries as parties
from tsalert.parties import warning_notes
from tsalert.prevention import queries as prevention
from tsalert.referrals import queries as referrals
from tsalert.restricting.naming import Record, find_record
from tsalert.safeguarding import queries as safeguarding
from tsalert.savings import queries as savings
from tsalert.savings.models import Intervention
from tsalert.tiers.gate import QUERY, Records
from tsalert.tiers.vocabulary import Subject

_ASKED_FOR = {"case": Subject.CASE, "incident": Subject.INCIDENT, "call": Subject.CALL, "party": Subject.PARTY}
_DIGITS = 19  # what is longer is no record's number


def of(subject: Subject) -> Records:
    """Return how the number of a record itself is read; one beyond all numbers is nobody's."""
    return lambda _session, number: [(subject, number)] if is_id(number) else []


def typed(subject: Subject) -> Records:
    """Return how a record is read that follows an address, by its number or its reference."""

    def read(session: Session, text: Any) -> Collection[Record]:
        if text.isascii() and text.isdigit() and len(text) < _DIGITS:
            return of(subject)(session, int(text))
        found = find_record(session, text)
        return [found] if found else []

    return read


def of_intervention(session: Session, reference: Any) -> Collection[Record]:
    """Return the case and the incident in which an intervention took place."""
    try:
        row = savings.get_current_row(session, reference)
    except NotFound:
        return ()
    return _records_of(row)


def of_unit(session: Session, unit_id: Any) -> Collection[Record]:
    """Return the records of the intervention that fitted a unit."""
    try:
        unit = prevention.get_unit(session, unit_id)
    except NotFound:
        return ()
    return of_intervention(session, unit.intervention_reference)


def of_handover(session: Session, handover_id: Any) -> Collection[Record]:
    """Return the incident or case that is handed over."""
    try:
        row = handovers.get_row(session, handover_id)
    except NotFound:
        return ()
    return _records_of(row)


def of_offered_pack(session: Session, pack_id: Any) -> Collection[Record]:
    """Return the case that grew out of what another authority offered."""
    try:
        row = exchange.get_pack_row(session, pack_id)
    except NotFound:
        return ()
    return [(Subject.CASE, row.case_id)] if row.case_id is not None else ()


def of_recognition(session: Session, recognition_id: Any) -> Collection[Record]:
    """Return the incident or case for which somebody was thanked."""
    row = session.get(Recognition, recognition_id) if is_id(recognition_id) else None
    return _records_of(row) if row else ()


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


def of_concern(session: Session, concern_id: Any) -> Collection[Record]:
    """Return the case or incident that a safeguarding concern is of."""
    found = safeguarding.find_subject(session, concern_id)
    return [found] if found else []


def of_referral(session: Session, outgoing_id: Any) -> Collection[Record]:
    """Return the case or incident about which information was passed on."""
    found = referrals.find_subject(session, outgoing_id)
    return [found] if found else []


def _records_of(row: Intervention | Handover | Recognition) -> list[Record]:
    named = ((Subject.CASE, row.case_id), (Subject.INCIDENT, row.incident_id))
    return [(subject, number) for subject, number in named if number is not None]


KEYS: dict[str, Records] = {
    "case_id": of(Subject.CASE),
    "incident_id": of(Subject.INCIDENT),
    "call_id": of(Subject.CALL),
    "party_id": of_party,
    "note_id": of(Subject.NOTE),
    "handover_id": of_handover,
    "pack_id": of_offered_pack,
    "concern_id": of_concern,
    "outgoing_id": of_referral,
    "reference": of_intervention,
    "recognition_id": of_recognition,
    "unit_id": of_unit,
    "warning_id": of_warning,
    **{f"{QUERY}{name}": typed(subject) for name, subject in _ASKED_FOR.items()},
    **{f"{QUERY}{name}_id": typed(subject) for name, subject in _ASKED_FOR.items()},
}
