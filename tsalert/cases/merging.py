"""Two cases that are one matter: the earlier continues in the later, both stay, the matter counts once; it is undone.

A case that continues elsewhere takes no more: neither records nor other cases. So a loop cannot close, since its last
link would have to lead into a case that continues already; and one merge is made or undone at a time, since it writes
in every case of the matter, of which two merges may each hold the other's.
Where one of them is restricted, all of the matter is from then on, until that restriction is lifted; undoing the merge
alone does not lift it, since what was read across stays written down.
"""

from collections.abc import Sequence
from datetime import datetime

from msgspec import Struct
from sqlalchemy import insert, select, update
from sqlalchemy.orm import Session

from tsalert.audit import service as audit
from tsalert.cases import incidents, queries, rules
from tsalert.cases.models import CaseFile, CaseMerge, CaseMergeRepeat
from tsalert.cases.people.told_of import restrict_people
from tsalert.cases.vocabulary import Status
from tsalert.core.actors import Actor, Permission
from tsalert.core.errors import Conflict, ContinuedElsewhere, RuleViolation
from tsalert.db import take_turns, transaction
from tsalert.tiers import queries as tiers
from tsalert.tiers import service as tier_service
from tsalert.tiers.vocabulary import Subject

# Any number will do that no other lock of this database uses.
_LOCK_NUMBER = 7_682_002


class NewMerge(Struct, frozen=True):
    """Into which case an earlier one continues, why, and which of its money lines the later one records too."""

    later: str
    reason: str
    repeats: tuple[int, ...] = ()


class Merged(Struct, frozen=True):
    """One merge as either of its cases shows it, standing or undone."""

    id: int
    earlier_id: int
    earlier: str
    later_id: int
    later: str
    reason: str
    merged_by: int | None
    merged_at: datetime
    undone_by: int | None
    undone_at: datetime | None
    undo_reason: str | None


def merge(earlier_id: int, new: NewMerge, *, actor: Actor, now: datetime) -> int:
    """Continue a case in another; returns the merge's id. The same again changes nothing.

    :raises NotFound: there is no such case.
    :raises RuleViolation: the other case is none, is the same, or a money line is not the earlier case's own.
    :raises Conflict: one of them continues elsewhere already, or the later one is closed.
    """
    actor.require(Permission.WORK_CASE)
    with transaction() as session:
        later_id = queries.find_case_id(session, new.later)
        if later_id is None or later_id == earlier_id:
            raise RuleViolation("Enter the reference of another case.", field="later")
        earlier, later = _lock(session, earlier_id, later_id, actor, now)
        standing = _current(session, earlier_id)
        if standing is not None and standing.later_id == later_id:
            return standing.id
        require_here(session, earlier)
        require_here(session, later)
        rules.require_open(Status(later.status), later.reference)
        return _add(session, earlier, later, new, actor, now)


def undo(earlier_id: int, reason: str, *, actor: Actor, now: datetime) -> None:
    """Let a case stand by itself again; that it was merged, and why no longer, stays.

    :raises NotFound: there is no such case.
    :raises Conflict: it does not continue elsewhere, or somebody undid that meanwhile.
    """
    actor.require(Permission.WORK_CASE)
    with transaction() as session:
        found = _current(session, earlier_id)
        if found is None:
            raise Conflict(f"{queries.get_case(session, earlier_id).reference} does not continue in another case.")
        _lock(session, earlier_id, found.later_id, actor, now)
        session.refresh(found)
        if found.undone_at is not None:
            raise Conflict("Somebody has undone this already.")
        found.undone_by, found.undone_at, found.undo_reason = actor.officer_id, now, reason
        session.flush()
        matter = _all_into(session, earlier_id)
        _point(session, matter[:1], None)
        _point(session, matter[1:], earlier_id)
        for case_id, other in ((earlier_id, found.later_id), (found.later_id, earlier_id)):
            audit.record(session, actor, "merge undone", "case", case_id, now=now, other=other, merge=found.id)


def require_here(session: Session, case: CaseFile) -> None:
    """Refuse to write in a case that continues in another.

    :raises ContinuedElsewhere: it does; the other is named.
    """
    if case.continued_in_id is not None:
        other = queries.get_case(session, case.continued_in_id).reference
        raise ContinuedElsewhere(
            f"{case.reference} continues in {other}, so it can only be read.",
            case_id=case.continued_in_id,
            legal=[f"work in {other}", "undo the merge and give a reason"],
        )


def merges_of(session: Session, case_id: int) -> list[Merged]:
    """Return the merges that a case is or was part of, the latest first."""
    rows = session.scalars(
        select(CaseMerge)
        .where((CaseMerge.earlier_id == case_id) | (CaseMerge.later_id == case_id))
        .order_by(CaseMerge.id.desc())
    ).all()
    names = queries.references(session, {number for row in rows for number in (row.earlier_id, row.later_id)})
    return [
        Merged(
            row.id, row.earlier_id, names[row.earlier_id], row.later_id, names[row.later_id], row.reason,
            row.merged_by, row.merged_at, row.undone_by, row.undone_at, row.undo_reason,
        )
        for row in rows
    ]  # fmt: skip


def _lock(session: Session, earlier_id: int, later_id: int, actor: Actor, now: datetime) -> tuple[CaseFile, CaseFile]:
    """Wait for the turn, then lock both cases against those who write in one of them."""
    take_turns(session, _LOCK_NUMBER)
    locked = {case_id: queries.get_case(session, case_id, lock=True) for case_id in sorted((earlier_id, later_id))}
    for case_id in locked:
        tiers.require_visible(session, actor, Subject.CASE, case_id, now=now)
    return locked[earlier_id], locked[later_id]


def _current(session: Session, earlier_id: int) -> CaseMerge | None:
    standing = (CaseMerge.earlier_id == earlier_id, CaseMerge.undone_at.is_(None))
    return session.scalar(select(CaseMerge).where(*standing).execution_options(populate_existing=True))


def _add(session: Session, earlier: CaseFile, later: CaseFile, new: NewMerge, actor: Actor, now: datetime) -> int:
    own = {line.id for line in queries.ledger(session, earlier.id).standing}
    if set(new.repeats) - own:
        raise RuleViolation("Tick only money lines of this case.", field="repeats")
    row = CaseMerge(earlier_id=earlier.id, later_id=later.id, reason=new.reason)
    row.merged_by, row.merged_at = actor.officer_id, now
    session.add(row)
    session.flush()
    if new.repeats:
        repeats = [{"line_id": line, "merge_id": row.id} for line in sorted(set(new.repeats))]
        session.execute(insert(CaseMergeRepeat), repeats)
    _point(session, _all_into(session, earlier.id), later.id)
    restrict_together(session, later.id, actor=actor, now=now)
    audit.record(session, actor, "continued elsewhere", "case", earlier.id, now=now, other=later.reference)
    audit.record(session, actor, "continues another", "case", later.id, now=now, other=earlier.reference)
    return row.id


def matter_of(session: Session, case_id: int) -> list[int]:
    """Return a case with all that are one matter with it, the one in which it stands at the head."""
    return _all_into(session, queries.get_case(session, case_id).continued_in_id or case_id)


def restrict_together(session: Session, case_id: int, *, actor: Actor, now: datetime) -> None:
    """Restrict every case of one matter, with what is beneath, as any of them is: each tells of the others; a step."""
    matter = matter_of(session, case_id)
    restricted = [member for member in matter if tiers.is_restricted(session, Subject.CASE, member)]
    for member in matter if restricted else ():
        for other in restricted:
            tier_service.inherit(session, Subject.CASE, member, (Subject.CASE, other), actor=actor, now=now)
        for incident_id in queries.incident_ids(session, member):
            incidents.restrict_as_case(session, member, incident_id, actor=actor, now=now)
        restrict_people(session, (Subject.CASE, member), actor=actor, now=now)


def _all_into(session: Session, case_id: int) -> list[int]:
    """Return a case and every one that continues in it, over however many merges."""
    found, edge = [case_id], [case_id]
    while edge:
        into = (CaseMerge.later_id.in_(edge), CaseMerge.undone_at.is_(None))
        edge = list(session.scalars(select(CaseMerge.earlier_id).where(*into)))
        found += edge
    return found


def _point(session: Session, case_ids: Sequence[int], final_id: int | None) -> None:
    """Note in which case some cases' matter stands now."""
    if case_ids:
        here = update(CaseFile).where(CaseFile.id.in_(case_ids)).values(continued_in_id=final_id)
        session.execute(here.execution_options(synchronize_session=False))
        session.expire_all()
