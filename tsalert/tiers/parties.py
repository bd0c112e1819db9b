"""Whom somebody may name by a number: what names a party in a form or a body is not seen by the gate."""

from datetime import datetime

from sqlalchemy.orm import Session

from tsalert.core.actors import Actor
from tsalert.core.keys import is_id
from tsalert.parties import matching
from tsalert.tiers import queries
from tsalert.tiers.vocabulary import Subject


def require_party(session: Session, actor: Actor, party_id: int, *, now: datetime) -> None:
    """Refuse to name a party to somebody from whom they are kept; a number that is nobody's passes.

    :raises Withheld: they, or a record that is held to be theirs, are restricted.
    """
    if not is_id(party_id):
        return
    members = matching.members_of(session, set(matching.identities(session, {party_id}).values()))
    for member in sorted({party_id, *(each for group in members.values() for each in group)}):
        queries.require_visible(session, actor, Subject.PARTY, member, now=now)
