"""Keeping parties, and what officers decide of them: the same, not the same, undone."""

from collections.abc import Collection, Iterable, Sequence
from datetime import datetime

from msgspec import Struct
from sqlalchemy import insert, or_, select, update
from sqlalchemy.orm import Session

from tsalert.audit import service as audit
from tsalert.by_id import get_by_id
from tsalert.core.actors import Actor, Permission
from tsalert.core.errors import Conflict, NotFound, RuleViolation, blame
from tsalert.core.keys import is_id
from tsalert.db import insert_ignoring_conflicts, transaction
from tsalert.parties import matching
from tsalert.parties.models import LookUp, Party, PartyIdentifier, PartyLink, PartyName, PartyNameKey
from tsalert.parties.rules import Decided, Described, groups_of, name_keys
from tsalert.parties.vocabulary import Verdict

_UNDO_FIRST = ["Undo the earlier decision first"]


class Registered(Struct, frozen=True):
    """The party that a call tells of, and whether it was unknown before."""

    party_id: int
    is_new: bool


class _Pair(Struct, frozen=True):
    """Two parties with the identities that they have while nobody else can change them."""

    low: int
    high: int
    identities: tuple[int, int]


def register(session: Session, described: Described, decided: Decided, *, actor: Actor, now: datetime) -> Registered:
    """Return the party that a call tells of, with all that the call adds to it; a step of the caller's transaction.

    It is the one that the officer chose; else one that is described alike, unless the officer said
    that it is somebody else; else a new one. The caller enters it in the trail.

    :raises RuleViolation: a party that was chosen or told apart does not exist, or both at once, or
        it contradicts what was decided before; a call that is being typed must not be lost to that.
    """
    _check_decided(session, decided)
    known = decided.same_as or _described_alike(session, described, decided)
    party_id = known or _add(session, described, now=now)
    if known:
        add_what_is_new(session, known, described, now=now)
    if decided.different_from:
        _lock(session, matching.identities(session, {party_id, *decided.different_from}).values())
    for other in sorted(set(decided.different_from)):
        _tell_from(session, party_id, other, actor=actor, now=now)
    return Registered(party_id, is_new=known is None)


def add(session: Session, described: Described, *, actor: Actor, now: datetime) -> int:
    """Add a new party whatever is known already, and return it; a step of the caller's transaction."""
    new_id = _add(session, described, now=now)
    audit.record(session, actor, "added", "party", new_id, now=now, kind=described.kind)
    return new_id


def decide(pair: tuple[int, int], verdict: Verdict, *, actor: Actor, now: datetime) -> int:
    """Keep that two parties are the same or are not, and return the decision; deciding alike twice is one decision.

    :raises NotFound: one of them does not exist.
    :raises RuleViolation: they are one and the same record.
    :raises Conflict: it contradicts what was decided before.
    """
    actor.require(Permission.LOG_CALL)
    with transaction() as session:
        return decide_step(session, pair, verdict, actor=actor, now=now)


def decide_step(session: Session, pair: tuple[int, int], verdict: Verdict, *, actor: Actor, now: datetime) -> int:
    """Decide as a step of the caller's transaction; see ``decide``."""
    locked = _lock_pair(session, pair)
    current = _current(session, locked)
    if current is not None:
        if current.verdict == verdict:
            return current.id
        raise Conflict("Somebody decided otherwise of these two.", legal=_UNDO_FIRST)
    _refuse_contradiction(session, locked, verdict)
    link = PartyLink(low_id=locked.low, high_id=locked.high, verdict=verdict)
    link.decided_by, link.decided_at = actor.officer_id, now
    session.add(link)
    session.flush()
    if verdict is Verdict.SAME:
        _regroup(session, locked.identities)
    audit.record(session, actor, f"held {verdict}", "party", locked.low, now=now, other=locked.high, decision=link.id)
    return link.id


def undo(link_id: int, *, actor: Actor, now: datetime) -> None:
    """Undo a decision; it stays in the history. What was undone already stays so.

    :raises NotFound: there is no such decision.
    """
    actor.require(Permission.LOG_CALL)
    with transaction() as session:
        link = get_by_id(session, PartyLink, link_id, "There is no such decision.")
        locked = _lock_pair(session, (link.low_id, link.high_id))
        session.refresh(link)
        if link.undone_at is not None:
            return
        link.undone_by, link.undone_at = actor.officer_id, now
        session.flush()
        _regroup(session, locked.identities)
        audit.record(
            session, actor, "decision undone", "party", link.low_id, now=now, other=link.high_id, decision=link.id
        )


def note_look_up(form: str, fields: Sequence[str], *, actor: Actor, now: datetime) -> None:
    """Enter in the trail that a form looked for matches, once for each form, before anything is shown."""
    with transaction() as session:
        kept = {"form": form, "at": now}
        adding = insert_ignoring_conflicts(session, LookUp).values(kept).returning(LookUp.form)
        if session.scalar(adding) is not None:
            audit.record(session, actor, "looked for matches", "party", None, now=now, fields=", ".join(fields))


def keep_form_keys(session: Session, keys: Collection[str], *, now: datetime) -> None:
    """Keep that forms showed something, so that the trail tells of it once; a step of the caller's transaction."""
    for key in keys:
        session.execute(insert_ignoring_conflicts(session, LookUp).values({"form": key, "at": now}))


def is_noted(session: Session, form: str) -> bool:
    """Tell whether a form's look-up stands in the trail already."""
    return session.scalar(select(LookUp.form).where(LookUp.form == form)) is not None


def note_reading(party_id: int | None, action: str, *, actor: Actor, now: datetime) -> None:
    """Enter in the trail that somebody reads of parties, before it is shown."""
    with transaction() as session:
        audit.record(session, actor, action, "party", party_id, now=now)


def _check_decided(session: Session, decided: Decided) -> None:
    if decided.same_as in decided.different_from:
        raise RuleViolation("One party was chosen as the same and as somebody else.", field="same_as")
    wanted = {*decided.different_from, *([decided.same_as] if decided.same_as else [])}
    known = matching.identities(session, wanted)
    if wanted - set(known):
        raise RuleViolation("There is no such party. Look for matches again.", field="same_as")


def _tell_from(session: Session, party_id: int, other: int, *, actor: Actor, now: datetime) -> None:
    with blame("same_as", Conflict):
        decide_step(session, (party_id, other), Verdict.DIFFERENT, actor=actor, now=now)


def _described_alike(session: Session, described: Described, decided: Decided) -> int | None:
    """Return who the party is taken for: nobody where officers hold those who are alike to be different people."""
    alike = matching.find_same(session, described)
    if not alike:
        return None
    known = matching.identities(session, alike)
    refused = set(matching.identities(session, decided.different_from).values())
    refused |= matching.disputed(session, set(known.values()) - refused)
    return next((party_id for party_id in alike if known[party_id] not in refused), None)


def _add(session: Session, described: Described, *, now: datetime) -> int:
    party = Party(kind=described.kind, name=described.name, created_at=now)
    session.add(party)
    session.flush()
    _add_facts(session, party.id, described, now=now)
    return party.id


def add_what_is_new(session: Session, party_id: int, described: Described, *, now: datetime) -> None:
    """Keep of a description what a party is not known by yet; a step of the caller's transaction."""
    if _add_facts(session, party_id, described, now=now):
        session.execute(update(Party).where(Party.id == party_id, Party.name.is_(None)).values(name=described.name))


def _add_facts(session: Session, party_id: int, described: Described, *, now: datetime) -> bool:
    """Keep how a party is found again; tells whether it got a name that it had not."""
    identifiers = [
        {"party_id": party_id, "kind": each.kind, "raw": each.raw, "normal": each.normal, "first_seen_at": now}
        for each in described.identifiers
    ]
    if identifiers:
        session.connection().execute(insert_ignoring_conflicts(session, PartyIdentifier), identifiers)
    if not described.folded:
        return False
    name = {"party_id": party_id, "name": described.name, "folded": described.folded}
    adding = insert_ignoring_conflicts(session, PartyName).values(name).returning(PartyName.id)
    name_id = session.scalar(adding)
    if name_id is not None:
        keys = sorted(name_keys(described.kind, described.folded))
        session.execute(insert(PartyNameKey), [{"key": key, "name_id": name_id} for key in keys])
    return name_id is not None


def _lock_pair(session: Session, pair: tuple[int, int]) -> _Pair:
    """Keep others from deciding of the same people until the transaction ends.

    Whoever decides locks the identities, lowest first. Where somebody joined one of them to others
    meanwhile, what was read is out of date.
    """
    low, high = sorted(pair)
    if low == high:
        raise RuleViolation("That is one and the same record.", field="other_id")
    before = _identities(session, (low, high))
    _lock(session, before)
    after = _identities(session, (low, high))
    if after != before:
        raise Conflict("Somebody has just decided something of these people. Look again.")
    return _Pair(low, high, after)


def _lock(session: Session, party_ids: Iterable[int]) -> None:
    """Lock parties, lowest first, so that two who lock the same ones never wait for each other."""
    query = select(Party.id).where(Party.id.in_(set(party_ids))).order_by(Party.id)
    session.execute(query.with_for_update(key_share=True)).all()


def _identities(session: Session, pair: tuple[int, int]) -> tuple[int, int]:
    if not all(is_id(party_id) for party_id in pair):
        raise NotFound("There is no such party.")
    known = matching.identities(session, pair)
    if len(known) < 2:
        raise NotFound("There is no such party.")
    return known[pair[0]], known[pair[1]]


def _current(session: Session, pair: _Pair) -> PartyLink | None:
    of_pair = (PartyLink.low_id == pair.low, PartyLink.high_id == pair.high, PartyLink.undone_at.is_(None))
    return session.scalar(select(PartyLink).where(*of_pair))


def _refuse_contradiction(session: Session, pair: _Pair, verdict: Verdict) -> None:
    one, other = pair.identities
    if verdict is Verdict.DIFFERENT and one == other:
        raise Conflict("Other decisions say that these two are the same.", legal=_UNDO_FIRST)
    if verdict is Verdict.SAME and other in matching.set_apart(session, [one]):
        raise Conflict("Other decisions say that these two are different.", legal=_UNDO_FIRST)


def _regroup(session: Session, identities: Iterable[int]) -> None:
    """Work out anew which of the parties of some identities belong together."""
    members = {member for group in matching.members_of(session, set(identities)).values() for member in group}
    same = select(PartyLink.low_id, PartyLink.high_id).where(
        PartyLink.verdict == Verdict.SAME,
        PartyLink.undone_at.is_(None),
        or_(PartyLink.low_id.in_(members), PartyLink.high_id.in_(members)),
    )
    pairs = [(low, high) for low, high in session.execute(same)]
    for group in groups_of(members, pairs):
        for member in group:
            identity = None if member == min(group) else min(group)
            session.execute(update(Party).where(Party.id == member).values(identity_id=identity))
