"""Looking for parties by whatever an officer has: a name, a number, a registration, an address or a reference."""

from datetime import datetime

from msgspec import Struct
from sqlalchemy import select
from sqlalchemy.orm import Session

from tsalert.core.actors import Actor
from tsalert.parties import queries as parties
from tsalert.parties.rules import Sought
from tsalert.response import kept, queries
from tsalert.response.call_parties import parties_of_calls
from tsalert.response.matches import look_up
from tsalert.response.models import Call
from tsalert.tiers.queries import visible
from tsalert.tiers.vocabulary import Subject
from tsalert.web.filters import london_day

_MOST = 40


class Found(Struct, frozen=True):
    """One party that was found, and why."""

    id: int
    kind: str
    name: str | None
    words: str


def search(session: Session, text: str, *, reader: Actor, is_demo: bool, now: datetime) -> list[Found]:
    """Return the parties that a text may mean, the likeliest first; a reference means those of its calls."""
    by_reference = _of_reference(session, text, reader=reader, now=now)
    if by_reference is not None:
        return by_reference
    sought = Sought(phone=text, caller_name=text, address=text, trader=text, vehicle=text, company=text)
    reasons: dict[int, list[str]] = {}
    for line in look_up(session, sought, reader=reader, is_demo=is_demo, now=now, limit=_MOST).lines:
        reasons.setdefault(line.match.identity, []).append(line.words)
    return [
        Found(party.id, party.kind, party.name, reasons[party.id][0])
        for party in kept.named_for(session, reader, parties.parties_by_id(session, list(reasons)), now=now)
    ]


def _of_reference(session: Session, text: str, *, reader: Actor, now: datetime) -> list[Found] | None:
    """Return the parties of a call or of an incident's calls; None where the text is no reference of either."""
    incident_id = queries.find_incident_id(session, text)
    call_id = queries.find_call_id(session, text)
    if incident_id is None and call_id is None:
        return None
    where = Call.id == call_id if call_id else Call.incident_id == incident_id
    seen = visible(reader, Subject.CALL, Call.id, now=now)
    parts = parties_of_calls(session, session.scalars(select(Call.id).where(where, seen).limit(_MOST)).all())
    said = {part.party_id: f"{part.role.label} of {part.reference}, {london_day(part.received_at)}" for part in parts}
    found = kept.named_for(session, reader, parties.parties_by_id(session, list(said)), now=now)
    return [Found(party.id, party.kind, party.name, said[party.id]) for party in found]
