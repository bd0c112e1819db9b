"""Where a reference leads, however it was typed."""

from typing import NamedTuple

from sqlalchemy.orm import Session

from tsalert.cases import queries as cases
from tsalert.core.actors import Actor, Permission
from tsalert.core.errors import NotFound
from tsalert.references.rules import read_reference
from tsalert.response import queries as response
from tsalert.savings import queries as savings

_FINDERS = {
    "C": (Permission.READ_CALL, response.find_call_id, "calls.show_call", "call_id"),
    "R": (Permission.READ_CALL, response.find_incident_id, "response.show_incident", "incident_id"),
    "D": (Permission.READ_CASE, cases.find_case_id, "cases.show_case", "case_id"),
}


class Leads(NamedTuple):
    """A page and the record that it shows."""

    endpoint: str
    key: dict[str, int | str]


def find_reference(session: Session, text: str, *, actor: Actor) -> Leads | None:
    """Return the page of the record that a reference names; None where it names none that the reader may open."""
    reference = read_reference(text)
    if reference is None:
        return None
    if reference.startswith("S"):
        return _intervention(session, reference, actor)
    permission, find, endpoint, key = _FINDERS.get(reference[0], _FINDERS["C"])
    record_id = find(session, reference) if actor.may(permission) else None
    return Leads(endpoint, {key: record_id}) if record_id is not None else None


def _intervention(session: Session, reference: str, actor: Actor) -> Leads | None:
    if not actor.may(Permission.READ_FIGURES):
        return None
    try:
        savings.get_current(session, reference)
    except NotFound:
        return None
    return Leads("savings.show_intervention", {"reference": reference})
