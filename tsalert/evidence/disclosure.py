"""The schedule of a case's material that the law on disclosure asks for: every exhibit and every entry of the log.

Numbers are given in the order in which things were recorded, when somebody first sees the schedule with them on
it, and never move. Source: Criminal Procedure and Investigations Act 1996, Code of Practice, section 6.
"""

from collections.abc import Iterable
from datetime import datetime
from typing import NamedTuple

from msgspec import Struct
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from tsalert.audit import service as audit
from tsalert.cases import queries as cases
from tsalert.cases.vocabulary import NoteKind
from tsalert.core.actors import Actor, Permission
from tsalert.core.errors import NotFound
from tsalert.core.keys import is_id
from tsalert.db import transaction
from tsalert.evidence import queries, rules
from tsalert.evidence.models import DisclosureDecision, DisclosureItem, Exhibit
from tsalert.evidence.rules import Decision
from tsalert.evidence.vocabulary import Part


class Line(Struct, frozen=True):
    """One line of the schedule; the last four are None where nobody has decided on it yet."""

    number: int
    what: str
    exhibit_id: int | None
    description: str
    at: datetime | None
    place: str | None
    is_sensitive: bool | None
    reason: str | None
    is_disclosed: bool | None
    decided_at: datetime | None


class _Proposed(NamedTuple):
    """How a line is described where nobody has said otherwise."""

    what: str
    exhibit_id: int | None
    description: str
    at: datetime | None
    place: str | None


def read_schedule(case_id: int, part: Part = Part.ALL, *, actor: Actor, now: datetime) -> list[Line]:
    """Return the schedule, with numbers for what is new; the reading is in the trail first.

    :raises NotFound: there is no such case.
    """
    actor.require(Permission.READ_CASE)
    with transaction() as session:
        queries.get_case(session, case_id, lock=True)
        _number_what_is_new(session, case_id)
        audit.record(session, actor, "read evidence", "case", case_id, now=now, what=f"schedule: {part}")
        lines = _lines(session, case_id)
    return [line for line in lines if rules.is_in(part, is_sensitive=line.is_sensitive)]


def read_line(case_id: int, number: int, *, actor: Actor, now: datetime) -> Line:
    """Return one line of the schedule.

    :raises NotFound: the schedule has none with that number.
    """
    found = next((line for line in read_schedule(case_id, actor=actor, now=now) if line.number == number), None)
    if found is None:
        raise NotFound("There is no such line in this schedule.")
    return found


def decide(case_id: int, number: int, decision: Decision, *, actor: Actor, now: datetime) -> None:
    """Decide on a line; earlier decisions stay and this one stands. A closed case is decided on too.

    :raises NotFound: the schedule has no line with that number.
    :raises RuleViolation: it is called sensitive without a reason.
    """
    actor.require(Permission.WORK_CASE)
    rules.require_reason(decision)
    with transaction() as session:
        queries.get_case(session, case_id, lock=True)
        _number_what_is_new(session, case_id)
        item = _get_item(session, case_id, number)
        session.add(
            DisclosureDecision(
                item_id=item.id,
                is_sensitive=decision.is_sensitive,
                is_disclosed=decision.is_disclosed,
                reason=decision.reason,
                description=decision.description,
                decided_by=actor.officer_id,
                decided_at=now,
            )
        )
        audit.record(
            session,
            actor,
            "disclosure decided",
            "case",
            case_id,
            now=now,
            number=number,
            is_sensitive=decision.is_sensitive,
            is_disclosed=decision.is_disclosed,
        )


def _number_what_is_new(session: Session, case_id: int) -> None:
    """Give numbers to exhibits and notes that have none, in the order in which they were recorded."""
    numbered = _items(session, case_id)
    exhibits, notes = ({getattr(item, name) for item in numbered} for name in ("exhibit_id", "note_id"))
    fresh: list[tuple[datetime, int, DisclosureItem]] = [
        (row.recorded_at, row.id, DisclosureItem(case_id=case_id, exhibit_id=row.id))
        for row in queries.exhibits(session, case_id)
        if row.id not in exhibits
    ]
    fresh += [
        (row.recorded_at, row.id, DisclosureItem(case_id=case_id, note_id=row.id))
        for row in cases.notes(session, case_id)
        if row.id not in notes
    ]
    query = select(func.max(DisclosureItem.number)).where(DisclosureItem.case_id == case_id)
    last = session.scalar(query) or 0
    for number, (_, _, item) in enumerate(sorted(fresh, key=lambda each: each[:2]), last + 1):
        item.number = number
        session.add(item)
    session.flush()


def _lines(session: Session, case_id: int) -> list[Line]:
    exhibits = {row.id: row for row in queries.exhibits(session, case_id)}
    notes = {row.id: row for row in cases.notes(session, case_id)}
    items = _items(session, case_id)
    standing = _standing(session, [item.id for item in items])
    lines = []
    for item in items:
        decision = standing.get(item.id)
        if item.exhibit_id is not None:
            lines.append(_line(item, _as_exhibit(exhibits[item.exhibit_id]), decision))
        elif item.note_id in notes:
            note = notes[item.note_id]
            lines.append(_line(item, _as_log_entry(note.kind, note.occurred_at), decision))
    return lines


def _as_exhibit(row: Exhibit) -> _Proposed:
    return _Proposed(f"Exhibit {row.reference}", row.id, row.description, row.found_at, row.found_where)


def _as_log_entry(kind: str, at: datetime) -> _Proposed:
    """Propose how an entry of the log is described; its words do not go onto a schedule by themselves."""
    return _Proposed("Log entry", None, f"Entry of the case's log: {NoteKind.of(kind).label.lower()}", at, None)


def _line(item: DisclosureItem, proposed: _Proposed, decision: DisclosureDecision | None) -> Line:
    if decision is None:
        return Line(item.number, *proposed, None, None, None, None)
    described = proposed._replace(description=decision.description or proposed.description)
    reason = decision.reason if decision.is_sensitive else None
    decided = (decision.is_sensitive, reason, decision.is_disclosed, decision.decided_at)
    return Line(item.number, *described, *decided)


def _items(session: Session, case_id: int) -> list[DisclosureItem]:
    query = select(DisclosureItem).where(DisclosureItem.case_id == case_id).order_by(DisclosureItem.number)
    return list(session.scalars(query))


def _standing(session: Session, item_ids: Iterable[int]) -> dict[int, DisclosureDecision]:
    """Return the latest decision on each line."""
    query = select(DisclosureDecision).where(DisclosureDecision.item_id.in_(item_ids)).order_by(DisclosureDecision.id)
    return {row.item_id: row for row in session.scalars(query)}


def _get_item(session: Session, case_id: int, number: int) -> DisclosureItem:
    query = select(DisclosureItem).where(DisclosureItem.case_id == case_id, DisclosureItem.number == number)
    found = session.scalar(query) if is_id(number) else None
    if found is None:
        raise NotFound("There is no such line in this schedule.")
    return found
