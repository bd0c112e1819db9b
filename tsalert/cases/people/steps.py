"""What other use cases do to the people of a case as part of their own."""

from datetime import datetime

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from tsalert.audit import service as audit
from tsalert.cases.models import CaseFile, CaseIncident
from tsalert.cases.people.models import CaseParty
from tsalert.cases.people.rules import NewRole
from tsalert.cases.people.told_of import restrict_people
from tsalert.cases.people.vocabulary import Role
from tsalert.core.actors import Actor
from tsalert.core.clock import london_date
from tsalert.core.errors import Conflict, NotFound, RuleViolation
from tsalert.db import insert_ignoring_conflicts
from tsalert.parties import queries as parties
from tsalert.parties import service as party_service
from tsalert.parties.folding import fold_name, place_keys
from tsalert.parties.models import Party, PartyIdentifier, PartyName
from tsalert.parties.rules import Described, describe_caller
from tsalert.parties.vocabulary import IdentifierKind, PartyKind, Side
from tsalert.response.call_parties import parties_of_calls
from tsalert.response.rows import calls_of
from tsalert.tiers.vocabulary import Subject

_FROM_FILE = "Named in the file"


def give_role(session: Session, case: CaseFile, new: NewRole, *, actor: Actor, now: datetime) -> int:
    """Give somebody a role in an open case, and return the role's number; a step.

    :raises Conflict: they have it already.
    :raises RuleViolation: there is no such party.
    """
    party_id = _party(session, new, actor=actor, now=now)
    row = {
        "case_id": case.id,
        "party_id": party_id,
        "role": new.role,
        "since": new.since or london_date(now),
        "source": new.source,
        "told_by": actor.officer_id,
        "told_at": now,
    }
    adding = insert_ignoring_conflicts(session, CaseParty).values(row).returning(CaseParty.id)
    role_id = session.scalar(adding)
    if role_id is None:
        raise Conflict(f"They are {new.role.label.lower()} in this case already.")
    audit.record(session, actor, "role given", "case", case.id, now=now, party=party_id, role=new.role)
    restrict_people(session, (Subject.CASE, case.id), actor=actor, now=now)
    return role_id


def keep_victim(session: Session, case: CaseFile, *, actor: Actor, now: datetime) -> None:
    """Make the person whom a case names as its victim a party of the case, unless it has one; a step.

    They are the caller of one of its incidents, or who is known at that address, where the name is the same; else
    somebody new.
    """
    if not case.victim_name or not fold_name(case.victim_name) or _has_victim(session, case.id):
        return
    party_id = _caller_of_that_name(session, case) or _known_at_home(session, case)
    party_id = party_id or _new_victim(session, case, actor=actor, now=now)
    new = NewRole(role=Role.VICTIM, source=_FROM_FILE, party_id=party_id, since=london_date(case.opened_at))
    give_role(session, case, new, actor=actor, now=now)


def _has_victim(session: Session, case_id: int) -> bool:
    query = select(CaseParty.id).where(CaseParty.case_id == case_id, CaseParty.role == Role.VICTIM).limit(1)
    return session.scalar(query) is not None


def _caller_of_that_name(session: Session, case: CaseFile) -> int | None:
    incidents = session.scalars(select(CaseIncident.incident_id).where(CaseIncident.case_id == case.id))
    calls = [call.id for incident_id in incidents for call in calls_of(session, incident_id)]
    callers = [part.party_id for part in parties_of_calls(session, calls) if part.role is Side.CALLER] if calls else []
    names = parties.party_names(session, callers)
    wanted = fold_name(case.victim_name or "")
    return next((each for each in callers if fold_name(names.get(each) or "") == wanted), None)


def _known_at_home(session: Session, case: CaseFile) -> int | None:
    """Return who is known by the name and the address of a case's victim, the oldest record first."""
    keys = place_keys(case.address, case.postcode)[:1]
    at_home = (PartyIdentifier.kind == IdentifierKind.ADDRESS, PartyIdentifier.normal.in_(keys))
    named = (PartyName.folded == fold_name(case.victim_name or ""), Party.kind == PartyKind.PERSON)
    query = select(func.min(Party.id)).join(PartyIdentifier, PartyIdentifier.party_id == Party.id)
    return session.scalar(query.join(PartyName, PartyName.party_id == Party.id).where(*at_home, *named))


def _new_victim(session: Session, case: CaseFile, *, actor: Actor, now: datetime) -> int:
    home = (case.address, case.postcode) if case.address else None
    described = describe_caller(name=case.victim_name, phone=None, home=home, is_demo=False)
    return party_service.add(session, described or Described(PartyKind.PERSON, case.victim_name), actor=actor, now=now)


def _party(session: Session, new: NewRole, *, actor: Actor, now: datetime) -> int:
    if new.party_id is None:
        kind = PartyKind.BUSINESS if new.is_business else PartyKind.PERSON
        return party_service.add(session, Described(kind, new.name), actor=actor, now=now)
    try:
        return parties.get_party(session, new.party_id).id
    except NotFound as error:
        raise RuleViolation("There is no such person or business.", field="party_id") from error
