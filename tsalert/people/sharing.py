"""With whom somebody shares a van, a telephone, a website, an email address or a company: also used by."""

from collections.abc import Collection
from datetime import datetime

from msgspec import Struct
from sqlalchemy import ColumnElement, and_, func, select
from sqlalchemy.orm import Session, aliased

from tsalert.core.actors import Actor
from tsalert.parties import queries as parties
from tsalert.parties.models import Party, PartyIdentifier
from tsalert.parties.vocabulary import IdentifierKind
from tsalert.response.kept_facts import kept_facts
from tsalert.tiers import queries as tiers
from tsalert.tiers.vocabulary import Subject

_TELLING = (
    IdentifierKind.VEHICLE,
    IdentifierKind.PHONE,
    IdentifierKind.WEBSITE,
    IdentifierKind.EMAIL,
    IdentifierKind.COMPANY,
)
_MOST = 100


class AlsoUsed(Struct, frozen=True):
    """One thing by which somebody is known, and one other who is known by it too."""

    kind: IdentifierKind
    raw: str
    party_id: int
    name: str | None


def also_used(session: Session, members: Collection[int], *, actor: Actor, now: datetime) -> list[AlsoUsed]:
    """Return who else is known by what somebody is known by, each once, those held to be the same left out."""
    own, other, identity = aliased(PartyIdentifier), aliased(PartyIdentifier), aliased(Party)
    same = and_(other.kind == own.kind, other.normal == own.normal)
    query = (
        select(own.party_id, own.kind, own.normal, own.raw, other.party_id, identity.id)
        .join(other, same)
        .join(Party, Party.id == other.party_id)
        .join(identity, identity.id == _identity_of(Party))
        .where(own.party_id.in_(members), other.party_id.not_in(members), own.kind.in_(_TELLING))
        .where(tiers.visible(actor, Subject.PARTY, other.party_id, now=now))
        .order_by(own.kind, own.normal, identity.id)
        .limit(_MOST)
    )
    rows = session.execute(query).all()
    others = {number for row in rows for number in row[4:]}
    facts = kept_facts(session, actor, {*members, *others}, now=now)
    names = parties.party_names(session, others, without=facts)
    found: dict[tuple[str, str, int], AlsoUsed] = {}
    for mine, kind, normal, raw, theirs, party_id in rows:
        if not facts & {(mine, kind, normal), (theirs, kind, normal)}:
            name = names[party_id] or names[theirs]
            found.setdefault((kind, normal, party_id), AlsoUsed(IdentifierKind.of(kind), raw, party_id, name))
    return list(found.values())


def _identity_of(party: type[Party]) -> ColumnElement[int]:
    return func.coalesce(party.identity_id, party.id)
