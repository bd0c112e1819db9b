"""Who may be charged: whoever is suspected in a case, and the traders whom the calls of its incidents tell of."""

from sqlalchemy.orm import Session

from tsalert.cases.people import queries as people
from tsalert.cases.people.vocabulary import Role


def traders_of_case(session: Session, case_id: int) -> list[tuple[int, str]]:
    """Return (party, name) of each suspect of a case, and of each trader whom its calls tell of."""
    told = people.without_known(session, case_id, people.told_by_calls(session, case_id))
    traders = [(each.party_id, each.name) for each in told if each.role is Role.SUSPECT and each.party_id is not None]
    return list(dict.fromkeys([*people.accused(session, case_id), *traders]))
