"""The use case that corrects what an incident is, and the steps that every correction of a fact is made of.

What was held before is kept, with who, when and why.
"""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import delete
from sqlalchemy.orm import Session

from tsalert.audit import service as audit
from tsalert.core.actors import Actor, Permission
from tsalert.core.clock import london_date
from tsalert.core.errors import Overtaken, RuleViolation
from tsalert.db import transaction
from tsalert.places import queries as places
from tsalert.response import rows
from tsalert.response.call_parties import keep_places
from tsalert.response.corrected_places import read_place
from tsalert.response.correction_models import FactChange
from tsalert.response.facts import OF_INCIDENT, Correction, Difference, Fact, as_text, differences
from tsalert.response.models import Call, CallPlace, Incident

OF_PLACE = frozenset({Fact.ADDRESS, Fact.POSTCODE})
_OVERTAKEN = "Somebody has changed this {} since you opened it."


def begin_correction(session: Session, incident_id: int, *, seen: int | None) -> Incident:
    """Lock an incident, in whatever state, and give it its next version; a step.

    :raises NotFound: there is no such incident.
    :raises Overtaken: somebody has changed it since it was decided.
    """
    incident = rows.lock_incident(session, incident_id)
    require_fresh(seen, incident.version, "incident")
    incident.version += 1
    return incident


def correct_incident(incident_id: int, correction: Correction, *, actor: Actor, now: datetime) -> None:
    """Correct what an incident is and where; figures and board follow what stands now.

    :raises NotFound: there is no such incident.
    :raises Overtaken: somebody has changed it since it was decided.
    :raises RuleViolation: nothing differs, or a fact cannot be.
    """
    actor.require(Permission.RUN_INCIDENT)
    with transaction() as session:
        incident = begin_correction(session, incident_id, seen=correction.seen)
        held = {fact: getattr(incident, fact.value) for fact in OF_INCIDENT}
        told = read_place(session, held, correction.told, on=london_date(incident.opened_at))
        found = check_wards(session, differences(held, told))
        keep_of_incident(session, found, correction.reason, incident, actor=actor, now=now)
        for each in found:
            setattr(incident, each.fact.value, each.became)
        if OF_PLACE & {each.fact for each in found}:
            find_here(session, rows.calls_of(session, incident.id), incident)
        tell(session, "incident", incident.id, found, actor=actor, now=now)


def find_here(session: Session, calls: Sequence[Call], incident: Incident | None) -> None:
    """Let calls be found by where they and their incident are held to be, and nowhere else; a step."""
    for call in calls:
        session.execute(delete(CallPlace).where(CallPlace.call_id == call.id))
        keep_places(session, call, incident)


def check_wards(session: Session, found: list[Difference]) -> list[Difference]:
    """Return what differs, unless a ward is none of ours; a step."""
    for each in found:
        is_new_ward = each.fact is Fact.WARD_CODE and isinstance(each.became, str)
        if is_new_ward and not places.is_ward(session, str(each.became)):
            raise RuleViolation("Choose a ward from the list.", field=Fact.WARD_CODE)
    return found


def keep_of_incident(
    session: Session, found: Sequence[Difference], reason: str, incident: Incident, *, actor: Actor, now: datetime
) -> None:
    """Keep each fact of an incident as it was and as it became; a step."""
    for each in found:
        session.add(_change(each, reason, actor, now, incident_id=incident.id, version=incident.version))
    session.flush()


def keep_of_call(
    session: Session, found: Sequence[Difference], reason: str, call: Call, *, actor: Actor, now: datetime
) -> list[FactChange]:
    """Keep each fact of a call as it was and as it became, with the version of its incident; a step."""
    incident = session.get_one(Incident, call.incident_id) if call.incident_id else None
    version = incident.version if incident else None
    kept = [_change(each, reason, actor, now, call_id=call.id, version=version) for each in found]
    session.add_all(kept)
    session.flush()
    return kept


def tell(
    session: Session, subject: str, subject_id: int, found: Sequence[Difference], *, actor: Actor, now: datetime
) -> None:
    """Enter in the trail which facts were corrected; a step."""
    facts = ", ".join(each.fact for each in found)
    audit.record(session, actor, "corrected", subject, subject_id, now=now, facts=facts)


def require_fresh(seen: int | None, current: int, subject: str) -> None:
    """Refuse a correction that was decided on an older version.

    :raises Overtaken: somebody has corrected it since.
    """
    if seen is not None and seen > current:
        raise RuleViolation(f"The {subject} has not reached that version.", field="version")
    if seen is not None and seen < current:
        raise Overtaken(_OVERTAKEN.format(subject))


def _change(each: Difference, reason: str, actor: Actor, now: datetime, **of: int | None) -> FactChange:
    return FactChange(
        fact=each.fact,
        was=as_text(each.was),
        became=as_text(each.became),
        reason=reason,
        recorded_at=now,
        recorded_by=actor.officer_id,
        source=actor.via,
        **of,
    )
