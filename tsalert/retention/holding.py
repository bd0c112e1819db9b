"""Legal holds: placed, reviewed, lifted; and what each of them holds together with the record that it names."""

from collections.abc import Iterable
from datetime import date, datetime

from msgspec import Struct
from sqlalchemy import ColumnElement, ScalarSelect, func, select
from sqlalchemy.orm import Session

from tsalert.audit import service as audit
from tsalert.by_id import get_by_id
from tsalert.core.actors import Actor, Permission
from tsalert.core.clock import london_date
from tsalert.core.errors import Conflict, NotFound, RuleViolation
from tsalert.core.keys import is_id, read_id
from tsalert.db import transaction
from tsalert.keysets import Order, Page, read_page
from tsalert.references.rules import read_reference
from tsalert.retention import rules
from tsalert.retention.held.entries import Held
from tsalert.retention.held.register import TABLES
from tsalert.retention.models import AccessRequest, ErasedRecord, LegalHold
from tsalert.retention.reaching import links, table
from tsalert.retention.vocabulary import HOLDABLE, Root
from tsalert.telephone.retention import erase_in_turn

# What is held is kept because of a hold (its id), or of something that is no hold and keeps it all the same.
RECORDING, REQUEST = 0, -1
NO_HOLD = {
    RECORDING: "A caller's recording is held as evidence.",
    REQUEST: "Somebody asked for what is held on them, and has not been answered yet.",
}
Because = dict[int, int]


class Kept(Struct, frozen=True):
    """Everything that holds keep, and by which hold, or by what else (``NO_HOLD``)."""

    by_root: dict[Root, Because]

    def why(self, root: Root, key: int) -> int | None:
        """Return the hold that keeps a record; None where nothing does."""
        return self.by_root.get(root, {}).get(key)


def place_hold(root: Root, subject_id: int, *, reason: str, review_on: date, actor: Actor, now: datetime) -> int:
    """Keep a record and all that hangs together with it until the hold is lifted; returns the hold's id.

    :raises NotFound: there is no such record.
    :raises Conflict: it is held already, or was erased.
    :raises RuleViolation: there is no reason, or nobody would review it within two years.
    """
    actor.require(Permission.HOLD_RECORD)
    rules.require_reason(reason)
    rules.require_review(review_on, london_date(now))
    with transaction() as session:
        erase_in_turn(session)
        _require_record(session, root, subject_id)
        if _in_force(session, root, subject_id) is not None:
            raise Conflict("This record is held already.")
        _require_not_erased(session, root, subject_id)
        hold = LegalHold(
            subject=root, subject_id=subject_id, reason=reason.strip(), placed_by=actor.officer_id, placed_at=now,
            review_on=review_on,
        )  # fmt: skip
        session.add(hold)
        session.flush()
        audit.record(session, actor, "held", root.value, subject_id, now=now, hold=hold.id)
        return hold.id


def lift_hold(hold_id: int, *, reason: str, actor: Actor, now: datetime) -> None:
    """Let a record go after its time again.

    :raises NotFound: there is no such hold.
    :raises Conflict: it was lifted already.
    :raises RuleViolation: there is no reason.
    """
    actor.require(Permission.RUN_RETENTION)
    rules.require_reason(reason)
    with transaction() as session:
        hold = get_hold(session, hold_id, lock=True)
        if hold.lifted_at is not None:
            raise Conflict("This hold was lifted already.")
        hold.lifted_by, hold.lifted_at, hold.lift_reason = actor.officer_id, now, reason.strip()
        audit.record(session, actor, "hold lifted", hold.subject, hold.subject_id, now=now, hold=hold.id)


def get_hold(session: Session, hold_id: int, *, lock: bool = False) -> LegalHold:
    """Return a hold.

    :raises NotFound: there is none with that number.
    """
    return get_by_id(session, LegalHold, hold_id, "There is no such hold.", lock=lock)


def list_holds(session: Session, *, after: str | None = None) -> Page[LegalHold]:
    """Return a page of the holds: those in force first, the next to review at the top; then those that were lifted."""
    order = Order(LegalHold.id, (LegalHold.lifted_at.is_not(None), LegalHold.review_on), is_rising=True)
    return read_page(session, select(LegalHold), order, after=after)


def find_record(session: Session, typed: str) -> tuple[Root, int]:
    """Return the record that typed words name: a reference of a call, incident or case, or "party 12".

    :raises RuleViolation: they name none.
    """
    word, _, number = typed.strip().rpartition(" ")
    party_id = read_id(number)
    if word.strip().casefold() in {"party", "person"} and party_id is not None:
        return Root.PARTY, party_id
    reference = read_reference(typed)
    for root in (Root.CASE, Root.INCIDENT, Root.CALL):
        rows = table(TABLES[root])
        found = session.scalar(select(rows.c.id).where(rows.c.reference == reference))
        if found is not None:
            return root, int(found)
    raise RuleViolation('Give a reference like D26-00031-U, or "party 12".', field="record")


def kept_by_holds(session: Session) -> Kept:
    """Return everything that must stay: what is held, and what hangs together with it upwards and down again.

    A hold on a person keeps every call, incident and case that names them, or anybody held to be the same person, what
    is known of them by intelligence, and what they asked to see. A hold on a call keeps its incident, and that its case
    and those that continue in it, with all their other calls.
    """
    held = {root: _held_directly(session, root) for root in (*HOLDABLE, Root.INTELLIGENCE_NOTE, Root.ACCESS_REQUEST)}
    _add(held[Root.PARTY], _asking(session))
    party = held[Root.PARTY] = _same_people(session, held[Root.PARTY])
    call, incident, case = held[Root.CALL], held[Root.INCIDENT], held[Root.CASE]
    _add(call, _held_recordings(session))
    for entry, column in links():
        _hold_linked(session, entry, column, party, held)
    rows, linked = table("call"), table("case_incident")
    _add(incident, _follow(session, rows.c.id, rows.c.incident_id, call))
    _add(case, _follow(session, linked.c.incident_id, linked.c.case_id, incident))
    _add(case, _same_matter(session, case))
    _add(incident, _follow(session, linked.c.case_id, linked.c.incident_id, case))
    _add(call, _follow(session, rows.c.incident_id, rows.c.id, incident))
    return Kept(held)


def _held_directly(session: Session, root: Root) -> Because:
    query = select(LegalHold.subject_id, LegalHold.id).where(LegalHold.subject == root, LegalHold.lifted_at.is_(None))
    return dict(session.execute(query).all())


def _held_recordings(session: Session) -> Because:
    recording, rung = table("telephone_recording"), table("telephone_call")
    query = select(rung.c.call_id).join(recording, recording.c.telephone_call_id == rung.c.id)
    return dict.fromkeys(session.scalars(query.where(recording.c.held_at.is_not(None))), RECORDING)


def _asking(session: Session) -> Because:
    """Return who waits for an answer: to erase what they asked to see would be an offence (DPA 2018, section 173)."""
    query = select(AccessRequest.party_id).where(
        AccessRequest.answered_at.is_(None), AccessRequest.party_id.is_not(None)
    )
    return {party_id: REQUEST for party_id in session.scalars(query) if party_id}


def _same_people(session: Session, party: Because) -> Because:
    """Return the parties that share their identity with a held one."""
    rows = table("party")
    identity = func.coalesce(rows.c.identity_id, rows.c.id)
    identities = _follow(session, rows.c.id, identity, party)
    return _follow(session, identity, rows.c.id, identities) | party


def _same_matter(session: Session, case: Because) -> Because:
    """Return the cases that continue in one another together with a held one."""
    rows = table("case_file")
    final = func.coalesce(rows.c.continued_in_id, rows.c.id)
    return _follow(session, final, rows.c.id, _follow(session, rows.c.id, final, case))


def _hold_linked(session: Session, entry: Held, column: str, party: Because, held: dict[Root, Because]) -> None:
    """Hold what a table links held people to: its own rows, straight, or over the proceedings that it names."""
    rows = table(entry.table)
    if entry.root:
        _add(held[entry.root], _follow(session, rows.c[column], rows.c.id, party))
    kinds = {
        "call_id": Root.CALL,
        "incident_id": Root.INCIDENT,
        "case_id": Root.CASE,
        "note_id": Root.INTELLIGENCE_NOTE,
    }
    for key, root in kinds.items():
        if key in rows.c:
            _add(held[root], _follow(session, rows.c[column], rows.c[key], party))
    if "prosecution_id" in rows.c:
        proceedings = table("prosecution")
        trials = _follow(session, rows.c[column], rows.c.prosecution_id, party)
        _add(held[Root.CASE], _follow(session, proceedings.c.id, proceedings.c.case_id, trials))


def _follow(session: Session, start: ColumnElement[int], end: ColumnElement[int], known: Because) -> Because:
    """Return what rows lead to from what is held, with the hold that they come from."""
    found: Because = {}
    ids = sorted(known)
    for first in range(0, len(ids), _PIECE):
        query = select(start, end).where(start.in_(ids[first : first + _PIECE]), end.is_not(None))
        found |= {there: known[here] for here, there in session.execute(query)}
    return found


_PIECE = 500


def _add(held: Because, more: Because) -> None:
    for key, hold in more.items():
        held.setdefault(key, hold)


def _require_record(session: Session, root: Root, subject_id: int) -> None:
    """Lock the record, so that of two people who hold it at once one waits here for the other."""
    rows = table(TABLES[root])
    query = select(rows.c.id).where(rows.c.id == subject_id).with_for_update()
    known = is_id(subject_id) and session.scalar(query)
    if root not in HOLDABLE or not known:
        raise NotFound("There is no such record.")


def _require_not_erased(session: Session, root: Root, subject_id: int) -> None:
    """Refuse what holds nothing any more; what was reopened since it was erased may hold much."""
    erased = select(ErasedRecord.run_id).where(ErasedRecord.subject == root, ErasedRecord.subject_id == subject_id)
    if root in {Root.INCIDENT, Root.CASE}:
        erased = erased.where(ErasedRecord.erased_at >= _closed_at(root, subject_id))
    run_id = session.scalar(erased.order_by(ErasedRecord.erased_at.desc()).limit(1))
    if run_id is not None:
        raise Conflict(f"Personal details were erased from this record under retention run {run_id}.")


def _closed_at(root: Root, subject_id: int) -> ScalarSelect[datetime | None]:
    """Return when the record was closed, or the case in which it continues."""
    rows, final = table(TABLES[root]), table(TABLES[root]).alias()
    last = func.coalesce(rows.c.continued_in_id, rows.c.id) if root == Root.CASE else rows.c.id
    found = select(final.c.closed_at).select_from(rows.join(final, final.c.id == last))
    return found.where(rows.c.id == subject_id).scalar_subquery()


def _in_force(session: Session, root: Root, subject_id: int) -> LegalHold | None:
    mine: Iterable[ColumnElement[bool]] = (LegalHold.subject == root, LegalHold.subject_id == subject_id)
    return session.scalar(select(LegalHold).where(*mine, LegalHold.lifted_at.is_(None)).with_for_update())
