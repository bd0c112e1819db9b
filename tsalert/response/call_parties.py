"""Who rang, whom they rang about and where: kept of every call, and read again when somebody rings once more."""

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime

from msgspec import Struct
from sqlalchemy import ColumnElement, Row, Select, func, select
from sqlalchemy.orm import Session

from tsalert.audit import service as audit
from tsalert.core.actors import Actor, Permission
from tsalert.core.errors import Conflict, NotFound
from tsalert.db import insert_ignoring_conflicts, transaction
from tsalert.parties import service as parties
from tsalert.parties import taking_apart
from tsalert.parties.folding import place_keys
from tsalert.parties.rules import UNDECIDED, Decided, Described, describe_caller, describe_trader
from tsalert.parties.service import Registered
from tsalert.parties.vocabulary import Side
from tsalert.response.models import Call, CallParty, CallPlace, Incident
from tsalert.response.queries import get_call
from tsalert.response.vocabulary import CallSource
from tsalert.tiers import service as tiers
from tsalert.tiers.queries import visible
from tsalert.tiers.vocabulary import Subject


class History(Struct, frozen=True):
    """How often somebody was part of a call, and when last."""

    calls: int
    last_at: datetime


class PartOfCall(Struct, frozen=True):
    """A party's part in one call, without what was said; ``incident`` is the reference of the call's incident."""

    call_id: int
    reference: str
    role: Side
    received_at: datetime
    party_id: int
    incident_id: int | None
    incident: str | None


def link_parties(
    session: Session, call: Call, decided: Mapping[Side, Decided], *, is_demo: bool, actor: Actor, now: datetime
) -> list[int]:
    """Link a call to its caller and its trader, and keep where it was; a step of the caller's transaction.

    Returns those who were not known before: whoever calls restricts them if the call is (``restrict_as_call``).

    :raises RuleViolation: what was decided names a party that does not exist, or contradicts itself.
    """
    kept = keep_parties(session, call, decided, is_demo=is_demo, actor=actor, now=now)
    for side, party in kept.items():
        if party.is_new:
            audit.record(session, actor, "added", "party", party.party_id, now=now)
        audit.record(session, actor, "linked", "call", call.id, now=now, party=party.party_id, role=side)
    return [party.party_id for party in kept.values() if party.is_new]


def keep_parties(
    session: Session, call: Call, decided: Mapping[Side, Decided], *, is_demo: bool, actor: Actor, now: datetime
) -> dict[Side, Registered]:
    """Link a call as ``link_parties`` does, and leave the trail to the caller, who may link many at once."""
    kept = {}
    for side, told in described(call, is_demo=is_demo).items():
        kept[side] = parties.register(session, told, decided.get(side, UNDECIDED), actor=actor, now=now)
        row = CallParty(call_id=call.id, role=side, party_id=kept[side].party_id, received_at=call.received_at)
        session.add(row)
    keep_places(session, call)
    return kept


def tell_apart(call_id: int, role: Side, *, is_demo: bool, actor: Actor, now: datetime) -> int:
    """Take a call away from the party that it was linked to, and return the new party that it is now.

    :raises NotFound: the call has nobody in that role.
    :raises Conflict: it is the only call of that party, or other decisions stand against it.
    """
    actor.require(Permission.LOG_CALL)
    with transaction() as session:
        call = get_call(session, call_id)
        link = session.get(CallParty, (call_id, role), with_for_update=True)
        gone = described(call, is_demo=is_demo).get(role)
        if link is None or gone is None:
            raise NotFound("This call tells of nobody in that part.")
        left = told_by_others(session, link, is_demo=is_demo)
        if not left:
            raise Conflict("This is their only call, so there is nobody to tell apart.")
        new_id = taking_apart.tell_apart(session, link.party_id, gone, left, actor=actor, now=now)
        audit.record(session, actor, "linked", "call", call_id, now=now, party=new_id, role=role, was=link.party_id)
        link.party_id = new_id
        restrict_as_call(session, [new_id], call_id, actor, now)
        return new_id


def told_by_others(session: Session, link: CallParty, *, is_demo: bool) -> list[Described]:
    """Return what the other calls of a party told of it."""
    others = (CallParty.party_id == link.party_id, CallParty.call_id != link.call_id)
    rows = session.execute(select(Call, CallParty.role).join(CallParty, CallParty.call_id == Call.id).where(*others))
    told = (described(call, is_demo=is_demo).get(Side.of(role)) for call, role in rows)
    return [each for each in told if each is not None]


def history_of(
    session: Session, groups: Mapping[int, Collection[int]], seen: ColumnElement[bool]
) -> dict[int, History]:
    """Return the history of groups of parties, each counted as one; those without a call are left out.

    :param seen: which calls count, those that the reader may see.
    """
    wanted = {party_id for members in groups.values() for party_id in members}
    query = select(CallParty.party_id, func.count(), func.max(CallParty.received_at))
    rows = session.execute(query.where(CallParty.party_id.in_(wanted), seen).group_by(CallParty.party_id))
    single = {party_id: History(calls, last_at) for party_id, calls, last_at in rows}
    return {
        group: _together([single[party_id] for party_id in members if party_id in single])
        for group, members in groups.items()
        if any(party_id in single for party_id in members)
    }


def calls_of_parties(
    session: Session, party_ids: Collection[int], *, reader: Actor, now: datetime, limit: int = 50
) -> list[PartOfCall]:
    """Return the calls that some parties had a part in and the reader may see, newest first."""
    seen = visible(reader, Subject.CALL, CallParty.call_id, now=now)
    query = (
        _parts().where(CallParty.party_id.in_(party_ids), seen).order_by(CallParty.received_at.desc(), Call.id.desc())
    )
    return [_part(row) for row in session.execute(query.limit(limit))]


def parties_of_calls(session: Session, call_ids: Collection[int]) -> list[PartOfCall]:
    """Return who had a part in some calls."""
    query = _parts().where(CallParty.call_id.in_(call_ids)).order_by(Call.id, CallParty.role)
    return [_part(row) for row in session.execute(query)]


def described(call: Call, *, is_demo: bool) -> dict[Side, Described]:
    """Return whom a call tells of; its address is the caller's own only where the resident rang."""
    home = (call.address, call.postcode) if call.source == CallSource.RESIDENT else None
    caller = describe_caller(name=call.caller_name, phone=call.phone, home=home, is_demo=is_demo)
    told = {Side.CALLER: caller, Side.TRADER: describe_trader(call.trader, is_demo=is_demo)}
    return {side: each for side, each in told.items() if each is not None}


def keep_places(session: Session, call: Call, incident: Incident | None = None) -> None:
    """Keep where a call was, so that it is found again by its place; a step of the caller's transaction.

    :param incident: its incident, by whose place it is found too.
    """
    keys = place_keys(call.address, call.postcode)
    keys += place_keys(incident.address, incident.postcode) if incident else []
    if keys:
        places = [{"key": key, "call_id": call.id} for key in dict.fromkeys(keys)]
        session.connection().execute(insert_ignoring_conflicts(session, CallPlace), places)


def restrict_as_call(session: Session, party_ids: Collection[int], call_id: int, actor: Actor, now: datetime) -> None:
    """Restrict parties of whom nothing but one call tells, where that call is restricted; a step."""
    for party_id in party_ids:
        tiers.inherit(session, Subject.PARTY, party_id, (Subject.CALL, call_id), actor=actor, now=now)


def _parts() -> Select[int, str, str, datetime, int, int | None, str | None]:
    part = (CallParty.call_id, Call.reference, CallParty.role, CallParty.received_at, CallParty.party_id)
    joined = select(*part, Call.incident_id, Incident.reference).join(Call, Call.id == CallParty.call_id)
    return joined.outerjoin(Incident, Incident.id == Call.incident_id)


def _part(row: Row[int, str, str, datetime, int, int | None, str | None]) -> PartOfCall:
    call_id, reference, role, received_at, party_id, incident_id, incident = row
    return PartOfCall(call_id, reference, Side.of(role), received_at, party_id, incident_id, incident)


def _together(each: Sequence[History]) -> History:
    return History(sum(one.calls for one in each), max(one.last_at for one in each))
