"""Undoing that a call was taken for a known party's: it gets a party of its own, and takes along what it brought."""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import delete, select, update
from sqlalchemy.orm import Session

from tsalert.core.actors import Actor
from tsalert.parties import service
from tsalert.parties.models import Party, PartyIdentifier, PartyKnowledge, PartyName, PartyNameKey
from tsalert.parties.rules import Described
from tsalert.parties.vocabulary import IdentifierKind, KnownBy, Verdict


def tell_apart(
    session: Session, party_id: int, gone: Described, left: Sequence[Described], *, actor: Actor, now: datetime
) -> int:
    """Make a new party of what one call told of another, and return it; a step of the caller's transaction.

    :param left: what the other calls told of the party; what none of them told goes with the call.
    """
    new_id = service.add(session, gone, actor=actor, now=now)
    service.decide_step(session, (party_id, new_id), Verdict.DIFFERENT, actor=actor, now=now)
    forget(session, party_id, gone, left)
    return new_id


def forget(session: Session, party_id: int, gone: Described, left: Sequence[Described]) -> None:
    """Let a party be known no longer by what one call told; a step of the caller's transaction.

    :param left: what is told of it still; that stays, and so does what an officer added.
    """
    _take_identifiers(session, party_id, gone, left)
    is_told = gone.folded in {each.folded for each in left}
    if gone.folded and not is_told and not _was_added(session, party_id, KnownBy.NAME, gone.folded):
        take_name(session, party_id, gone.folded)


def take_identifier(session: Session, party_id: int, kind: IdentifierKind, normal: str) -> None:
    """Let a party be known no longer by a number, vehicle or address; a step of the caller's transaction."""
    same = (PartyIdentifier.kind == kind, PartyIdentifier.normal == normal)
    session.execute(delete(PartyIdentifier).where(PartyIdentifier.party_id == party_id, *same))


def take_name(session: Session, party_id: int, folded: str) -> None:
    """Let a party be known no longer by a name; a step of the caller's transaction."""
    where = (PartyName.party_id == party_id, PartyName.folded == folded)
    session.execute(delete(PartyNameKey).where(PartyNameKey.name_id.in_(select(PartyName.id).where(*where))))
    session.execute(delete(PartyName).where(*where))
    first = select(PartyName.name).where(PartyName.party_id == party_id).order_by(PartyName.id).limit(1)
    session.execute(update(Party).where(Party.id == party_id).values(name=first.scalar_subquery()))


def _take_identifiers(session: Session, party_id: int, gone: Described, left: Sequence[Described]) -> None:
    told = {(one.kind, one.normal) for each in left for one in each.identifiers}
    for each in gone.identifiers:
        if (each.kind, each.normal) not in told and not _was_added(session, party_id, each.kind, each.normal):
            take_identifier(session, party_id, each.kind, each.normal)


def _was_added(session: Session, party_id: int, kind: str, normal: str) -> bool:
    """Tell whether an officer added something by hand, and nobody took it back."""
    same = (PartyKnowledge.party_id == party_id, PartyKnowledge.kind == kind, PartyKnowledge.normal == normal)
    newest = select(PartyKnowledge.is_taken_back).where(*same).order_by(PartyKnowledge.id.desc()).limit(1)
    return session.scalar(newest) is False
