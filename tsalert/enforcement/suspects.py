"""Who may be charged: the traders whom the calls of a case's incidents tell of."""

from sqlalchemy.orm import Session

from tsalert.cases import queries as cases
from tsalert.parties import queries as parties
from tsalert.parties.vocabulary import Side
from tsalert.response import rows
from tsalert.response.call_parties import parties_of_calls


def traders_of_case(session: Session, case_id: int) -> list[tuple[int, str]]:
    """Return (party, name) of each trader whom a case's calls tell of."""
    incidents = cases.incident_ids(session, case_id)
    calls = [call.id for incident_id in incidents for call in rows.calls_of(session, incident_id)]
    parts = parties_of_calls(session, calls) if calls else []
    ids = list(dict.fromkeys(part.party_id for part in parts if part.role is Side.TRADER))
    names = parties.party_names(session, ids)
    return [(party_id, names.get(party_id) or f"Trader {party_id}, name not known") for party_id in ids]
