"""What of calls, incidents and parties is kept from a reader: lists show what everybody may see, matches nothing."""

from collections.abc import Callable, Collection, Iterable, Sequence
from datetime import datetime
from typing import TypeVar

from msgspec.structs import replace
from sqlalchemy.orm import Session

from tsalert.core.actors import Actor
from tsalert.core.errors import NotFound
from tsalert.parties import queries as parties
from tsalert.parties.matching import Hit, Match
from tsalert.parties.models import Party
from tsalert.response.kept_facts import kept_facts
from tsalert.response.models import Call
from tsalert.response.queries import Household, IncidentRecord
from tsalert.response.vocabulary import MoneyState
from tsalert.tiers import queries as tiers
from tsalert.tiers.vocabulary import Subject

Row = TypeVar("Row")


def seen(
    session: Session, reader: Actor, subject: Subject, rows: Iterable[Row], number: Callable[[Row], int], now: datetime
) -> list[Row]:
    """Return those rows that tell of records which this reader may see."""
    listed = list(rows)
    kept = tiers.withheld(session, reader, subject, {number(row) for row in listed}, now=now)
    return [row for row in listed if number(row) not in kept]


def seen_calls(session: Session, reader: Actor, call_ids: Iterable[int], *, now: datetime) -> list[int]:
    """Return those of some calls that this reader may see."""
    return seen(session, reader, Subject.CALL, call_ids, int, now)


def seen_hits(session: Session, reader: Actor, hits: Iterable[Hit], *, now: datetime) -> list[Hit]:
    """Return the hits on parties that this reader may see, for reasons that they may learn of."""
    open_to_them = seen(session, reader, Subject.PARTY, hits, lambda hit: hit.party_id, now)
    facts = kept_facts(session, reader, {hit.party_id for hit in open_to_them}, now=now)
    return [hit for hit in open_to_them if hit.fact not in facts] if facts else open_to_them


def seen_matches(session: Session, reader: Actor, found: Sequence[Match], *, now: datetime) -> list[Match]:
    """Return the matches of which no part is kept from this reader: those held to be the same count as one."""
    everybody = {member for match in found for member in match.members}
    kept = tiers.withheld(session, reader, Subject.PARTY, everybody, now=now)
    return [match for match in found if not kept & set(match.members)]


def named_for(session: Session, reader: Actor, rows: Iterable[Party], *, now: datetime) -> list[Party]:
    """Return the parties that this reader may see, by the names that they may learn of."""
    listed = seen(session, reader, Subject.PARTY, rows, lambda party: party.id, now)
    names = names_for(session, reader, {party.id for party in listed}, now=now)
    return [party if party.name == names[party.id] else _called(party, names[party.id]) for party in listed]


def names_for(session: Session, reader: Actor, party_ids: Collection[int], *, now: datetime) -> dict[int, str | None]:
    """Return the main names of parties as this reader may learn of them."""
    return parties.party_names(session, party_ids, without=kept_facts(session, reader, party_ids, now=now))


def require_decision_of(session: Session, party_id: int, decision_id: int) -> None:
    """Refuse to touch a decision under the address of a party that it is not about.

    :raises NotFound: it is about others.
    """
    members = parties.get_party(session, party_id).members
    if decision_id not in {each.id for each in parties.decisions_of(session, members)}:
        raise NotFound("There is no such decision about them.")


def for_reader(session: Session, reader: Actor, calls: Sequence[Call], *, now: datetime) -> tuple[list[Call], set[int]]:
    """Return a list of calls as this reader may see it, and which of them are no more than T1."""
    kept = tiers.withheld(session, reader, Subject.CALL, {call.id for call in calls}, now=now)
    return [_bare_call(call) if call.id in kept else call for call in calls], set(kept)


def incidents_for(
    session: Session, reader: Actor, records: Sequence[IncidentRecord], *, now: datetime
) -> tuple[list[IncidentRecord], set[int]]:
    """Return a list of incidents as this reader may see it, and which of them are no more than T1."""
    kept = tiers.withheld(session, reader, Subject.INCIDENT, {record.id for record in records}, now=now)
    return [_bare(record) if record.id in kept else record for record in records], set(kept)


def _bare(record: IncidentRecord) -> IncidentRecord:
    nowhere = Household(None, None, record.household.ward_code)
    return replace(record, kind=None, household=nowhere, outcome=None, outcome_note=None, offered_to=None)


def _called(party: Party, name: str | None) -> Party:
    """Return a party by another name: a row of no session, so that it is never written."""
    return Party(id=party.id, kind=party.kind, name=name, identity_id=party.identity_id, created_at=party.created_at)


def _bare_call(call: Call) -> Call:
    """Return what everybody may see of a call: a row of no session, so that nothing of it is ever written."""
    return Call(
        id=call.id,
        reference=call.reference,
        line=call.line,
        opened_at=call.opened_at,
        received_at=call.received_at,
        recorded_at=call.recorded_at,
        ward_code=call.ward_code,
        is_trader_on_site=False,
        money_state=MoneyState.NONE,
        is_vulnerable=False,
        has_threat=False,
        is_work_in_progress=False,
        disposition=call.disposition,
        incident_id=call.incident_id,
    )
