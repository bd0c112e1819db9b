"""What an officer adds that a party is known by, or takes back: names, numbers, vehicles and addresses.

What stands is matched while a call is typed; every act is kept, with how we know and why.
"""

from collections.abc import Collection, Sequence
from datetime import datetime

from msgspec import Struct
from sqlalchemy import select
from sqlalchemy.orm import Session

from tsalert.audit import service as audit
from tsalert.by_id import get_by_id
from tsalert.core.actors import Actor, Permission
from tsalert.core.errors import NotFound, RuleViolation
from tsalert.db import transaction
from tsalert.parties import service, taking_apart
from tsalert.parties.models import Party, PartyIdentifier, PartyKnowledge, PartyName
from tsalert.parties.online import mark_key
from tsalert.parties.rules import Described, Fact, Identifier, folded_name
from tsalert.parties.vocabulary import IdentifierKind, KnownBy, PartyKind

_NOT_READ = {
    KnownBy.NAME: "That names nobody. Write a name or a trading name.",
    KnownBy.PHONE: "That is no telephone number.",
    KnownBy.VEHICLE: "That is not a vehicle registration. Write only the plate, without the vehicle.",
    KnownBy.ADDRESS: "Write a house number or name, and its street or postcode.",
    KnownBy.EMAIL: "That is no email address.",
    KnownBy.WEBSITE: "That is no website. Write it like pretend-paving.example.",
    KnownBy.COMPANY: "A company number has eight digits, or two letters and six digits.",
    KnownBy.ACCOUNT: "Write only the last four digits.",
}


class NewKnown(Struct, frozen=True):
    """Something that a party is known by, how we know, and why it matters."""

    kind: KnownBy
    text: str
    source: str
    reason: str | None = None


class Standing(Struct, frozen=True):
    """One thing that a party is known by now; ``told`` is who added it by hand, None where a call told it."""

    id: int
    party_id: int
    kind: KnownBy
    text: str
    normal: str
    told: PartyKnowledge | None


def add_known(
    party_id: int, new: NewKnown, *, is_demo: bool, actor: Actor, now: datetime, without: Collection[Fact] = ()
) -> None:
    """Add something that a party is known by.

    :param without: what the officer may not learn of; to them it is new.
    :raises NotFound: there is no such party.
    :raises RuleViolation: it cannot be read, or the party is known by it already.
    """
    actor.require(Permission.LOG_CALL)
    with transaction() as session:
        party = _lock(session, party_id)
        normal = _normal(PartyKind.of(party.kind), new, is_demo=is_demo)
        known = standing_of(session, [party_id], without=without)
        if any((each.kind, each.normal) == (new.kind, normal) for each in known):
            raise RuleViolation("They are known by that already.", field="text")
        service.add_what_is_new(session, party_id, _described(PartyKind.of(party.kind), new, normal), now=now)
        row = PartyKnowledge(party_id=party_id, kind=new.kind, raw=new.text, normal=normal, is_taken_back=False)
        row.source, row.reason = new.source, new.reason
        _keep(session, row, actor=actor, now=now)


def take_back(party_id: int, kind: KnownBy, known_id: int, reason: str, *, actor: Actor, now: datetime) -> None:
    """Take back something that a party is known by, whoever told it; nobody is found by it any more.

    :raises NotFound: there is no such party, or it is not known by that any more.
    """
    actor.require(Permission.LOG_CALL)
    with transaction() as session:
        _lock(session, party_id)
        found = find_standing(session, [party_id], kind, known_id)
        if kind is KnownBy.NAME:
            taking_apart.take_name(session, party_id, found.normal)
        else:
            taking_apart.take_identifier(session, party_id, IdentifierKind.of(kind), found.normal)
        row = PartyKnowledge(party_id=party_id, kind=kind, raw=found.text, normal=found.normal, is_taken_back=True)
        row.source, row.reason = found.told.source if found.told else None, reason
        _keep(session, row, actor=actor, now=now)


def standing_of(session: Session, members: Collection[int], *, without: Collection[Fact] = ()) -> list[Standing]:
    """Return what some parties are known by now, names first.

    :param without: what the reader may not learn of.
    """
    told = {(each.party_id, each.kind, each.normal): each for each in history_of(session, members)}
    names = session.scalars(select(PartyName).where(PartyName.party_id.in_(members)).order_by(PartyName.id))
    marks = select(PartyIdentifier).where(PartyIdentifier.party_id.in_(members)).order_by(PartyIdentifier.id)
    rows = [(row.id, row.party_id, KnownBy.NAME, row.name, row.folded) for row in names]
    rows += [(row.id, row.party_id, KnownBy.of(row.kind), row.raw, row.normal) for row in session.scalars(marks)]
    return [
        Standing(number, party_id, kind, text, normal, told.get((party_id, kind, normal)))
        for number, party_id, kind, text, normal in rows
        if (party_id, kind.value, normal) not in without
    ]


def find_standing(
    session: Session, members: Collection[int], kind: KnownBy, known_id: int, *, without: Collection[Fact] = ()
) -> Standing:
    """Return one thing that some parties are known by now.

    :param without: what the reader may not learn of.
    :raises NotFound: they are not known by it any more.
    """
    standing = standing_of(session, members, without=without)
    found = [each for each in standing if (each.kind, each.id) == (kind, known_id)]
    if not found:
        raise NotFound("They are not known by that any more.")
    return found[0]


def history_of(
    session: Session, members: Collection[int], *, without: Collection[Fact] = ()
) -> Sequence[PartyKnowledge]:
    """Return what officers added to some parties and took back, in that order.

    :param without: what the reader may not learn of.
    """
    query = select(PartyKnowledge).where(PartyKnowledge.party_id.in_(members)).order_by(PartyKnowledge.id)
    rows = session.scalars(query).all()
    return [row for row in rows if (row.party_id, str(row.kind), row.normal) not in without] if without else rows


def added_to(session: Session, members: Collection[int]) -> set[Fact]:
    """Return what officers added to some parties by hand and nobody took back."""
    newest = {(each.party_id, str(each.kind), each.normal): each for each in history_of(session, members)}
    return {fact for fact, each in newest.items() if not each.is_taken_back}


def _lock(session: Session, party_id: int) -> Party:
    return get_by_id(session, Party, party_id, "There is no such party.", lock=True)


def _normal(kind: PartyKind, new: NewKnown, *, is_demo: bool) -> str:
    """Return what was written as it is compared."""
    if new.kind is KnownBy.NAME:
        normal: str | None = folded_name(kind, new.text)
    else:
        normal = mark_key(IdentifierKind.of(new.kind), new.text, is_demo=is_demo)
    if not normal:
        raise RuleViolation(_NOT_READ[new.kind], field="text")
    return normal


def _described(kind: PartyKind, new: NewKnown, normal: str) -> Described:
    if new.kind is KnownBy.NAME:
        return Described(kind, new.text)
    return Described(kind, None, (Identifier(IdentifierKind.of(new.kind), new.text, normal),))


def _keep(session: Session, row: PartyKnowledge, *, actor: Actor, now: datetime) -> None:
    row.told_by, row.told_at = actor.officer_id, now
    session.add(row)
    act = "no longer known by" if row.is_taken_back else "known by"
    audit.record(session, actor, act, "party", row.party_id, now=now, kind=row.kind)
