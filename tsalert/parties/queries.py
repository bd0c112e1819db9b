"""What is known of one party and of those held to be the same."""

from collections.abc import Collection, Sequence
from datetime import datetime

from msgspec import Struct
from sqlalchemy import Row, or_, select
from sqlalchemy.orm import Session

from tsalert.bulk import one_of
from tsalert.by_id import get_by_id
from tsalert.core.keys import is_id
from tsalert.keysets import PAGE, Order, Page, read_page
from tsalert.parties import matching
from tsalert.parties.models import Party, PartyIdentifier, PartyLink, PartyName
from tsalert.parties.rules import Fact, Sought
from tsalert.parties.vocabulary import IdentifierKind, KnownBy, PartyKind, Verdict


class Known(Struct, frozen=True):
    """One identifier as it was first given."""

    kind: IdentifierKind
    raw: str
    normal: str
    first_seen_at: datetime


class PartyRecord(Struct, frozen=True):
    """A party with everything that is known of it and of those held to be the same."""

    id: int
    kind: PartyKind
    name: str | None
    identity: int
    members: frozenset[int]
    names: tuple[str, ...]
    identifiers: tuple[Known, ...]
    created_at: datetime


class Decision(Struct, frozen=True):
    """One decision of a party and another, current or undone."""

    id: int
    pair: tuple[int, int]
    verdict: Verdict
    decided_by: int | None
    decided_at: datetime
    undone_by: int | None
    undone_at: datetime | None


def get_party(session: Session, party_id: int, *, without: Collection[Fact] = ()) -> PartyRecord:
    """Return one party; those held to be the same count as one person with all identifiers.

    :param without: what the reader may not learn of.
    :raises NotFound: there is none.
    """
    party = get_by_id(session, Party, party_id, "There is no such party.")
    identity = party.identity_id or party.id
    members = matching.members_of(session, [identity])[identity]
    return PartyRecord(
        id=party.id,
        kind=PartyKind.of(party.kind),
        name=_main_names(session, {party.id: party.name}, without)[party.id],
        identity=identity,
        members=members,
        names=tuple(dict.fromkeys(_names(session, members, without))),
        identifiers=tuple(_identifiers(session, members, without)),
        created_at=party.created_at,
    )


def decisions_of(session: Session, members: Collection[int]) -> list[Decision]:
    """Return every decision of some parties, newest first, the undone ones too."""
    of_them = or_(PartyLink.low_id.in_(members), PartyLink.high_id.in_(members))
    rows = session.scalars(select(PartyLink).where(of_them).order_by(PartyLink.id.desc()))
    return [
        Decision(
            id=row.id,
            pair=(row.low_id, row.high_id),
            verdict=Verdict.of(row.verdict),
            decided_by=row.decided_by,
            decided_at=row.decided_at,
            undone_by=row.undone_by,
            undone_at=row.undone_at,
        )
        for row in rows
    ]


def party_names(
    session: Session, party_ids: Collection[int], *, without: Collection[Fact] = ()
) -> dict[int, str | None]:
    """Return the main name of some parties by id; None where it has none, and nothing of a number that is nobody's.

    :param without: what the reader may not learn of; another name stands in the place of a main name that is of it.
    """
    wanted = [party_id for party_id in party_ids if is_id(party_id)]
    rows = session.execute(select(Party.id, Party.name).where(Party.id.in_(wanted)))
    return _main_names(session, dict(rows.all()), without)


def list_parties(session: Session, *, after: int | None = None, limit: int = PAGE) -> Page[Party]:
    """Return a page of the parties, newest first."""
    return read_page(session, select(Party), Order(Party.id), after=after, size=limit)


def parties_by_id(session: Session, party_ids: Sequence[int]) -> list[Party]:
    """Return some parties in the order of their ids as given."""
    found = {party.id: party for party in session.scalars(select(Party).where(Party.id.in_(party_ids)))}
    return [found[party_id] for party_id in party_ids if party_id in found]


def sought_of(record: PartyRecord) -> Sought:
    """Return what to look for to find who else may be this party."""
    given = {each.kind: each.raw for each in record.identifiers}
    name = record.names[0] if record.names else None
    phone, vehicle = given.get(IdentifierKind.PHONE), given.get(IdentifierKind.VEHICLE)
    if record.kind is PartyKind.PERSON:
        return Sought(phone=phone, caller_name=name)
    return Sought(trader=name, vehicle=vehicle)


def _main_names(session: Session, names: dict[int, str | None], without: Collection[Fact]) -> dict[int, str | None]:
    """Return main names, each that the reader may not learn of replaced by the oldest name that they may."""
    kept = {party_id for party_id, kind, _normal in without if kind == KnownBy.NAME} & names.keys()
    if not kept:
        return names
    rows = session.scalars(select(PartyName).where(PartyName.party_id.in_(kept)).order_by(PartyName.id)).all()
    shut = {(row.party_id, row.name) for row in rows if (row.party_id, KnownBy.NAME.value, row.folded) in without}
    left = {row.party_id: row.name for row in reversed(rows) if (row.party_id, row.name) not in shut}
    return {each: left.get(each) if (each, name) in shut else name for each, name in names.items()}


def _names(session: Session, members: Collection[int], without: Collection[Fact]) -> list[str]:
    query = select(PartyName).where(PartyName.party_id.in_(members)).order_by(PartyName.id)
    return [row.name for row in session.scalars(query) if (row.party_id, KnownBy.NAME, row.folded) not in without]


def _identifiers(session: Session, members: Collection[int], without: Collection[Fact]) -> list[Known]:
    query = select(PartyIdentifier).where(PartyIdentifier.party_id.in_(members)).order_by(PartyIdentifier.id)
    open_rows = [row for row in session.scalars(query) if (row.party_id, row.kind, row.normal) not in without]
    found = {(row.kind, row.normal): row for row in reversed(open_rows)}
    rows = sorted(found.values(), key=lambda row: row.id)
    return [Known(IdentifierKind.of(row.kind), row.raw, row.normal, row.first_seen_at) for row in rows]


def folded_names(session: Session, party_ids: Collection[int]) -> Sequence[Row[int, str]]:
    """Return (party, name as names are compared) of some parties, their other names too."""
    query = select(PartyName.party_id, PartyName.folded).where(one_of(session, PartyName.party_id, party_ids))
    return session.execute(query).all()
