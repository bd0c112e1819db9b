"""What a corrected call means for those it tells of: they are known by what stands now, and not by what was wrong."""

from collections.abc import Mapping, Sequence
from datetime import datetime

from sqlalchemy.orm import Session

from tsalert.audit import service as audit
from tsalert.core.actors import Actor
from tsalert.parties import matching, taking_apart
from tsalert.parties import service as parties
from tsalert.parties.rules import UNDECIDED, Described
from tsalert.parties.vocabulary import IdentifierKind, Side
from tsalert.response.call_parties import described, told_by_others
from tsalert.response.models import Call, CallParty


def follow(
    session: Session, call: Call, was: Mapping[Side, Described], *, is_demo: bool, actor: Actor, now: datetime
) -> None:
    """Let the caller and the trader of a call follow what it tells now; a step of the caller's transaction.

    :param was: whom the call told of before.
    """
    became = described(call, is_demo=is_demo)
    for side in Side:
        before, after = was.get(side), became.get(side)
        if before == after:
            continue
        link = session.get(CallParty, (call.id, side), with_for_update=True)
        if link is not None and before is not None:
            left = told_by_others(session, link, is_demo=is_demo)
            stays = _follow_one(session, link, (before, after), left, now)
            act = "known otherwise by" if stays else "unlinked"
            audit.record(session, actor, act, "call", call.id, now=now, party=link.party_id, role=side)
            if stays:
                continue
        if after is not None:
            _link(session, call, side, after, actor=actor, now=now)


def _follow_one(
    session: Session,
    link: CallParty,
    told: tuple[Described, Described | None],
    left: Sequence[Described],
    now: datetime,
) -> bool:
    """Let the party of a call follow; False where the call tells of it no more, and nobody is linked.

    :param left: what its other calls tell.
    """
    before, after = told
    if after is not None and _is_the_same(session, link.party_id, before, after, left):
        taking_apart.forget(session, link.party_id, before, [*left, after])
        parties.add_what_is_new(session, link.party_id, after, now=now)
        return True
    taking_apart.forget(session, link.party_id, before, left)
    session.delete(link)
    session.flush()
    return False


def _is_the_same(
    session: Session, party_id: int, before: Described, after: Described, left: Sequence[Described]
) -> bool:
    """Tell whether a call still tells of the party that it was linked to.

    It does where that party is described alike, or nobody is and either no other call tells of it or something that
    the call told stands.
    """
    alike = matching.find_same(session, after)
    if alike:
        known = matching.identities(session, {party_id, *alike})
        return known[party_id] in {known[each] for each in alike}
    return not left or after.folded == before.folded or bool(_numbers(after) & _numbers(before))


def _numbers(told: Described) -> set[tuple[str, str]]:
    """Return what tells people apart: numbers and vehicles, for an address is shared by many."""
    return {(each.kind, each.normal) for each in told.identifiers if each.kind is not IdentifierKind.ADDRESS}


def _link(session: Session, call: Call, side: Side, told: Described, *, actor: Actor, now: datetime) -> None:
    kept = parties.register(session, told, UNDECIDED, actor=actor, now=now)
    if kept.is_new:
        audit.record(session, actor, "added", "party", kept.party_id, now=now)
    session.add(CallParty(call_id=call.id, role=side, party_id=kept.party_id, received_at=call.received_at))
    audit.record(session, actor, "linked", "call", call.id, now=now, party=kept.party_id, role=side)
