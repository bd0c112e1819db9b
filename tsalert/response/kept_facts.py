"""What only calls that are kept from a reader tell of somebody.

A party that other calls tell of too stays open, and what the restricted call added to it (a further name, a number, a
van, an address) stays with that call: it is not read, not looked for, and not told apart from what is unknown.
"""

from collections.abc import Collection, Iterator
from datetime import datetime

from sqlalchemy import ColumnElement, func, select
from sqlalchemy.orm import Session

from tsalert.core.actors import Actor
from tsalert.core.keys import is_id
from tsalert.parties import known_by
from tsalert.parties.models import Party, PartyIdentifier
from tsalert.parties.rules import Described, Fact
from tsalert.parties.vocabulary import KnownBy, PartyKind, Side
from tsalert.response.call_parties import described
from tsalert.response.models import Call, CallParty
from tsalert.tiers.queries import visible
from tsalert.tiers.rules import is_limited
from tsalert.tiers.vocabulary import Subject


def kept_facts(session: Session, reader: Actor, party_ids: Collection[int], *, now: datetime) -> frozenset[Fact]:
    """Return what parties are known by only through calls that this reader may not see.

    What an officer added by hand is none of it, nor what was known before the first of these calls.
    """
    party_ids = {party_id for party_id in party_ids if is_id(party_id)}
    if not party_ids or not is_limited(reader):
        return frozenset()
    seen = visible(reader, Subject.CALL, CallParty.call_id, now=now)
    kept: dict[Fact, datetime] = {}
    for call, fact in _told(session, party_ids, ~seen):
        kept[fact] = min(call.recorded_at, kept.get(fact, call.recorded_at))
    if not kept:
        return frozenset()
    concerned = {party_id for party_id, _kind, _normal in kept}
    told = {fact for _call, fact in _told(session, concerned, seen)}
    told |= known_by.added_to(session, concerned) | _names_before_calls(session, concerned)
    return frozenset(kept.keys() - told - _known_before(session, concerned, kept))


def _told(session: Session, party_ids: Collection[int], which: ColumnElement[bool]) -> Iterator[tuple[Call, Fact]]:
    """Yield what calls tell of some parties."""
    query = select(Call, CallParty.role, CallParty.party_id).join(CallParty, CallParty.call_id == Call.id)
    for call, role, party_id in session.execute(query.where(CallParty.party_id.in_(party_ids), which)):
        # Numbers of the demonstration are kept otherwise elsewhere; whichever this is, none must be missed.
        for is_demo in (False, True):
            told = described(call, is_demo=is_demo).get(Side.of(role))
            for fact in _facts(party_id, told) if told else ():
                yield call, fact


def _facts(party_id: int, told: Described) -> list[Fact]:
    facts: list[Fact] = [(party_id, each.kind.value, each.normal) for each in told.identifiers]
    return [*facts, (party_id, KnownBy.NAME.value, told.folded)] if told.folded else facts


def _names_before_calls(session: Session, party_ids: Collection[int]) -> set[Fact]:
    """Return the names of those who were known before any call told of them, such as from a case."""
    first = select(CallParty.party_id, func.min(Call.recorded_at).label("at")).join(Call, Call.id == CallParty.call_id)
    of_each = first.where(CallParty.party_id.in_(party_ids)).group_by(CallParty.party_id).subquery()
    known = select(Party.id, Party.kind, Party.name).join(of_each, of_each.c.party_id == Party.id)
    rows = session.execute(known.where(Party.created_at < of_each.c.at))
    names = ((party_id, Described(PartyKind.of(kind), name)) for party_id, kind, name in rows)
    return {(party_id, KnownBy.NAME.value, each.folded) for party_id, each in names}


def _known_before(session: Session, party_ids: Collection[int], kept: dict[Fact, datetime]) -> set[Fact]:
    """Return what somebody was known by before the first call that is kept told it."""
    columns = (PartyIdentifier.party_id, PartyIdentifier.kind, PartyIdentifier.normal, PartyIdentifier.first_seen_at)
    rows = session.execute(select(*columns).where(PartyIdentifier.party_id.in_(party_ids)))
    marks = (((party_id, str(kind), normal), at) for party_id, kind, normal, at in rows)
    return {fact for fact, at in marks if fact in kept and at < kept[fact]}
