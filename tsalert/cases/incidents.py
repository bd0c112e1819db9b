"""What a case takes over from the incidents it grew out of; steps inside a use case of service.py."""

from datetime import datetime

from msgspec.structs import replace
from sqlalchemy.orm import Session

from tsalert.audit import service as audit
from tsalert.cases import queries
from tsalert.cases.models import CaseFile, CaseIncident
from tsalert.cases.people.told_of import restrict_people
from tsalert.cases.rules import NewCase, kind_named
from tsalert.cases.vocabulary import Source
from tsalert.core.actors import Actor
from tsalert.core.errors import Conflict, RuleViolation
from tsalert.db import insert_ignoring_conflicts
from tsalert.response import queries as response_queries
from tsalert.response.queries import IncidentRecord
from tsalert.response.vocabulary import UNTOLD_DISPOSITIONS, CallSource
from tsalert.tiers import service as tiers
from tsalert.tiers.queries import require_visible
from tsalert.tiers.vocabulary import Subject


def fill_from_incident(session: Session, new: NewCase, *, actor: Actor, now: datetime) -> NewCase:
    """Return the description with what it leaves open copied from its incident, if it names one.

    :raises NotFound: there is no such incident.
    :raises Withheld: it is kept from whoever opens the case.
    """
    if new.incident_id is None:
        return new
    incident = response_queries.get_incident(session, new.incident_id)
    require_visible(session, actor, Subject.INCIDENT, incident.id, now=now)
    place = incident.household
    category = new.category or incident.category
    kind = kind_named(category, incident.kind) if incident.kind else None
    return replace(
        new,
        category=category,
        kind=new.kind or kind,
        address=new.address or place.address,
        postcode=new.postcode or place.postcode,
        ward_code=new.ward_code or place.ward_code,
    )


def begin_with(session: Session, incident: IncidentRecord) -> NewCase:
    """Return what the form of a case begins with: what its incident says, and what the callers told."""
    calls = response_queries.calls_of_incident(session, incident.id)
    told = [call for call in calls if call.disposition not in UNTOLD_DISPOSITIONS]
    residents = [call.caller_name for call in told if call.source == CallSource.RESIDENT and call.caller_name]
    place = incident.household
    return NewCase(
        summary=next((call.happening for call in told if call.happening), ""),
        category=incident.category,
        kind=kind_named(incident.category, incident.kind) if incident.kind else None,
        source=Source.RAPID_RESPONSE,
        victim_name=next(iter(residents), None),
        address=place.address,
        postcode=place.postcode,
        ward_code=place.ward_code,
    )


def incident_named(session: Session, reference: str) -> int:
    """Return the id of the incident with a reference.

    :raises RuleViolation: there is none; the field is ``incident``.
    """
    incident_id = response_queries.find_incident_id(session, reference)
    if incident_id is None:
        raise RuleViolation("There is no incident with that reference.", field="incident")
    return incident_id


def link(session: Session, case: CaseFile, incident_id: int, *, actor: Actor, now: datetime) -> None:
    """Attach an incident to a case; the table's key lets only one case have it, whoever comes at once.

    :raises NotFound: there is no such incident.
    :raises Withheld: it is kept from whoever attaches it.
    :raises Conflict: it belongs to another case, which is named.
    """
    incident = response_queries.get_incident(session, incident_id)
    require_visible(session, actor, Subject.INCIDENT, incident_id, now=now)
    row = {"incident_id": incident_id, "case_id": case.id, "linked_at": now}
    if session.execute(
        insert_ignoring_conflicts(session, CaseIncident).values(row).returning(CaseIncident.case_id)
    ).all():
        audit.record(session, actor, "incident linked", "case", case.id, now=now, incident=incident.reference)
        tiers.inherit(session, Subject.CASE, case.id, (Subject.INCIDENT, incident_id), actor=actor, now=now)
        restrict_as_case(session, case.id, incident_id, actor=actor, now=now)
        return
    owner = queries.find_case_of_incident(session, incident_id)
    if owner is not None and owner.id != case.id:
        raise Conflict(
            f"{incident.reference} belongs to {owner.reference} already.", legal=[f"work in {owner.reference}"]
        )


def restrict_as_case(session: Session, case_id: int, incident_id: int, *, actor: Actor, now: datetime) -> None:
    """Restrict an incident and its calls where the case is whose they are; a step."""
    record = (Subject.INCIDENT, incident_id)
    tiers.inherit(session, *record, (Subject.CASE, case_id), actor=actor, now=now)
    for call in response_queries.calls_of_incident(session, incident_id):
        tiers.inherit(session, Subject.CALL, call.id, record, actor=actor, now=now)
        restrict_people(session, (Subject.CALL, call.id), actor=actor, now=now)
