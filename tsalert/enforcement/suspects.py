"""Who may be charged: whoever is suspected in a case, and the traders whom the calls of its incidents tell of."""

from datetime import datetime

from sqlalchemy.orm import Session

from tsalert.cases.people import queries as people
from tsalert.cases.people.vocabulary import Role
from tsalert.core.actors import Actor
from tsalert.tiers import queries as tiers
from tsalert.tiers.vocabulary import Subject


def traders_of_case(session: Session, case_id: int, *, reader: Actor, now: datetime) -> list[tuple[int, str]]:
    """Return (party, name) of each suspect of a case whom a reader may see, and of each trader of its calls."""
    told = people.told_to(session, case_id, reader=reader, now=now)
    told = people.without_known(session, case_id, told)
    traders = [(each.party_id, each.name) for each in told if each.role is Role.SUSPECT and each.party_id is not None]
    found = list(dict.fromkeys([*people.accused(session, case_id), *traders]))
    kept = tiers.withheld(session, reader, Subject.PARTY, {party_id for party_id, _ in found}, now=now)
    return [(party_id, name) for party_id, name in found if party_id not in kept]
