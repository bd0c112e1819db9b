"""What all of the staff may see of a record (T1), and finding a record by what it is called."""

import re
from collections.abc import Callable

from msgspec import Struct
from sqlalchemy.orm import Session

from tsalert.cases import queries as cases
from tsalert.cases.vocabulary import category_label
from tsalert.core.errors import NotFound
from tsalert.intelligence import queries as intelligence
from tsalert.parties import queries as parties
from tsalert.places import queries as places
from tsalert.response import queries as response
from tsalert.staff import queries as staff
from tsalert.tiers import queries as tiers
from tsalert.tiers.vocabulary import Subject

Record = tuple[Subject, int]
_NUMBERED = {"party": Subject.PARTY, "note": Subject.NOTE}
_BY_NUMBER = re.compile(r"(party|note) ?(\d{1,9})", re.IGNORECASE)


class Naming(Struct, frozen=True):
    """A record as everybody may know it; parts that it has not are None."""

    subject: Subject
    id: int
    title: str
    category: str | None = None
    grade: str | None = None
    ward: str | None = None
    officers: tuple[str, ...] = ()


def name_of(session: Session, subject: Subject, number: int) -> Naming:
    """Return what all of the staff may see of a record.

    :raises NotFound: there is none.
    """
    return _NAMED_BY[subject](session, number)


def find_record(session: Session, text: str) -> Record | None:
    """Return the record, if there is one, with a reference, however typed, or a number, such as ``party 12``."""
    for subject, find in _FINDING:
        number = find(session, text)
        if number is not None:
            return subject, number
    numbered = _BY_NUMBER.fullmatch(text.strip())
    return _find_numbered(session, _NUMBERED[numbered[1].lower()], int(numbered[2])) if numbered else None


def _find_numbered(session: Session, subject: Subject, number: int) -> Record | None:
    try:
        return subject, name_of(session, subject, number).id
    except NotFound:
        return None


def _case(session: Session, number: int) -> Naming:
    case = cases.get_case(session, number)
    names = staff.officer_names(session)
    on_it = tuple(names[each] for each in tiers.officers_on(session, number) if each in names)
    ward = places.ward_names(session).get(case.ward_code or "")
    return Naming(Subject.CASE, number, case.reference, category_label(case.category), None, ward, on_it)


def _incident(session: Session, number: int) -> Naming:
    found = response.get_incident(session, number)
    grade = found.grade.label if found.grade else None
    return Naming(Subject.INCIDENT, number, found.reference, found.category.label, grade, found.ward)


def _call(session: Session, number: int) -> Naming:
    call = response.get_call(session, number)
    ward = places.ward_names(session).get(call.ward_code or "")
    return Naming(Subject.CALL, number, call.reference, None, None, ward)


def _party(session: Session, number: int) -> Naming:
    parties.get_party(session, number)
    return Naming(Subject.PARTY, number, f"{Subject.PARTY.label} {number}")


def _note(session: Session, number: int) -> Naming:
    intelligence.get_note(session, number)
    return Naming(Subject.NOTE, number, f"{Subject.NOTE.label} {number}")


_NAMED_BY: dict[Subject, Callable[[Session, int], Naming]] = {
    Subject.CASE: _case,
    Subject.INCIDENT: _incident,
    Subject.CALL: _call,
    Subject.PARTY: _party,
    Subject.NOTE: _note,
}
_FINDING: tuple[tuple[Subject, Callable[[Session, str], int | None]], ...] = (
    (Subject.CASE, cases.find_case_id),
    (Subject.INCIDENT, response.find_incident_id),
    (Subject.CALL, response.find_call_id),
)
