"""Who may belong to a case and does not yet: told of by its calls, named in its file, or convicted in it."""

from datetime import datetime

from sqlalchemy.orm import Session

from tsalert.cases.models import CaseFile
from tsalert.cases.people import queries
from tsalert.cases.people.queries import Proposed
from tsalert.cases.people.vocabulary import Role
from tsalert.core.actors import Actor
from tsalert.enforcement import convictions
from tsalert.parties import queries as parties
from tsalert.tiers import queries as tiers
from tsalert.tiers.vocabulary import Subject
from tsalert.web.filters import day


def proposed_for(session: Session, case: CaseFile, *, reader: Actor, now: datetime) -> list[Proposed]:
    """Return whom we think of for a case, as what and why, without the roles that somebody has or had.

    Whoever is kept from the reader is not proposed to them.
    """
    told = queries.told_to(session, case.id, reader=reader, now=now)
    found = queries.without_known(session, case.id, [*_convicted(session, case.id), *told])
    ids = {each.party_id for each in found if each.party_id is not None}
    kept = tiers.withheld(session, reader, Subject.PARTY, ids, now=now)
    return [*_named(session, case), *(each for each in found if each.party_id not in kept)]


def _named(session: Session, case: CaseFile) -> list[Proposed]:
    """Return the victim whom the file names, where nobody is or was the victim of the case."""
    people = queries.people_of(session, case.id)
    has_victim = any(role.role == Role.VICTIM for person in people for role in person.roles)
    if not case.victim_name or has_victim:
        return []
    return [Proposed(None, case.victim_name, Role.VICTIM, "Named in the file")]


def _convicted(session: Session, case_id: int) -> list[Proposed]:
    tried = convictions.tried_in(session, case_id)
    names = parties.party_names(session, {each.party_id for each in tried})
    return [
        Proposed(
            each.party_id,
            names.get(each.party_id) or f"Party {each.party_id}, name not known",
            Role.CONVICTED if each.convicted_on else Role.SUSPECT,
            f"Guilty at {each.court_name}, {day(each.convicted_on)}"
            if each.convicted_on
            else f"Prosecuted at {each.court_name}",
        )
        for each in tried
    ]
