"""Which records' time is over: their facts, read in pieces; what follows from those is a rule's business."""

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from datetime import date, datetime
from typing import Any

from msgspec import Struct
from sqlalchemy import ColumnElement, Row, Select, String, cast, exists, func, literal, or_, select
from sqlalchemy.orm import Session

from tsalert.core.clock import london_date, london_midnight
from tsalert.enforcement.vocabulary import Record
from tsalert.response.vocabulary import Disposition
from tsalert.retention import finding_people, rules
from tsalert.retention.reaching import is_erased, pieces, table
from tsalert.retention.rules import (
    AccessFacts,
    CallFacts,
    CaseFacts,
    Due,
    Facts,
    IncidentFacts,
    NoteFacts,
    WorkFacts,
)
from tsalert.retention.vocabulary import Root, RuleKind

_PIECE = 1000


class DueRecord(Struct, frozen=True):
    """A record whose time is over."""

    root: Root
    id: int
    reference: str
    due: Due


def due_records(session: Session, months: Mapping[RuleKind, int], today: date) -> Iterator[DueRecord]:
    """Yield every record that may name nobody any more from today or an earlier day on."""
    for root, source in _SOURCES.items():
        before = _before(_RULES[root], months, today)
        if before is not None:
            yield from _due_of(session, root, source(before), months, today)


def due_now(
    session: Session, root: Root, ids: Sequence[int], months: Mapping[RuleKind, int], today: date
) -> dict[int, Due]:
    """Return which of some records are due, as they stand now."""
    before = _before(_RULES[root], months, today)
    if before is None:
        return {}
    query = _SOURCES[root](before)
    key = query.selected_columns.id
    return {each.id: each.due for each in _due_of(session, root, query.where(key.in_(ids)), months, today)}


def _due_of(
    session: Session, root: Root, query: Select[Any], months: Mapping[RuleKind, int], today: date
) -> Iterator[DueRecord]:
    for piece in pieces(session.execute(query).all(), _PIECE):
        facts = _FACTS[root](session, piece)
        for row in piece:
            found = rules.due(facts[row.id], months)
            if found is not None and found.on <= today:
                yield DueRecord(root, row.id, row.reference, found)


def _before(kinds: Iterable[RuleKind], months: Mapping[RuleKind, int], today: date) -> datetime | None:
    """Return the instant before which a record must lie to be due by the shortest rule; None where none is approved."""
    known = [months[kind] for kind in kinds if kind in months]
    # A day of grace, since a month may have no such day; the rule itself decides.
    return london_midnight(rules.months_before(today, min(known))).replace(hour=23) if known else None


def _calls(before: datetime) -> Select[Any]:
    """Return calls without an incident, and those that came to one which names nobody any more."""
    call = table("call")
    alone = or_(call.c.incident_id.is_(None), is_erased(Root.INCIDENT, call.c.incident_id))
    return (
        select(call.c.id, call.c.reference, call.c.disposition, call.c.received_at)
        .where(alone, call.c.received_at <= before, call.c.disposition != Disposition.WAITING)
        .where(~is_erased(Root.CALL, call.c.id))
        .order_by(call.c.id)
    )


def _incidents(before: datetime) -> Select[Any]:
    incident, linked = table("incident"), table("case_incident")
    is_in_case = select(linked.c.case_id).where(linked.c.incident_id == incident.c.id).exists()
    return (
        select(incident.c.id, incident.c.reference, incident.c.closed_at)
        .where(
            incident.c.closed_at <= before,
            ~is_in_case,
            ~_erased_since(Root.INCIDENT, incident.c.id, incident.c.closed_at),
        )
        .order_by(incident.c.id)
    )


def _cases(before: datetime) -> Select[Any]:
    """Return cases of which the matter is closed: a case that continues in another goes when that one does."""
    case, final = table("case_file"), table("case_file").alias()
    return (
        select(case.c.id, case.c.reference, final.c.closed_at, final.c.id.label("matter_id"))
        .join(final, final.c.id == func.coalesce(case.c.continued_in_id, case.c.id))
        .where(final.c.closed_at <= before, ~_erased_since(Root.CASE, case.c.id, final.c.closed_at))
        .order_by(case.c.id)
    )


def _work(before: datetime) -> Select[Any]:
    work = table("intervention")
    alone = (work.c.case_id.is_(None), work.c.incident_id.is_(None), work.c.is_current)
    return (
        select(work.c.id, work.c.reference, work.c.on_date)
        .where(*alone, work.c.on_date <= london_date(before), ~is_erased(Root.INTERVENTION, work.c.id))
        .order_by(work.c.id)
    )


def _requests(before: datetime) -> Select[Any]:
    asked = table("access_request")
    return (
        select(asked.c.id, asked.c.reference, asked.c.answered_at)
        .where(asked.c.answered_at <= before, ~is_erased(Root.ACCESS_REQUEST, asked.c.id))
        .order_by(asked.c.id)
    )


def _notes(before: datetime) -> Select[Any]:
    note = table("intelligence_note")
    return (
        select(note.c.id, (literal("Intelligence note ") + cast(note.c.id, String)).label("reference"),
               note.c.review_on, note.c.expires_on)
        .where(note.c.written_at <= before, ~is_erased(Root.INTELLIGENCE_NOTE, note.c.id))
        .order_by(note.c.id)
    )  # fmt: skip


def _erased_since(root: Root, key: ColumnElement[int], closed_at: ColumnElement[datetime]) -> ColumnElement[bool]:
    """Return the condition that a record was erased and has not been closed again since."""
    erased = table("erased_record")
    mine = (erased.c.subject == root.value, erased.c.subject_id == key)
    return select(erased.c.run_id).where(*mine, erased.c.erased_at >= closed_at).exists()


def _call_facts(_session: Session, rows: Sequence[Row[Any]]) -> dict[int, Facts]:
    return {row.id: CallFacts(Disposition.of(row.disposition), london_date(row.received_at)) for row in rows}


def _incident_facts(_session: Session, rows: Sequence[Row[Any]]) -> dict[int, Facts]:
    return {row.id: IncidentFacts(london_date(row.closed_at)) for row in rows}


def _case_facts(session: Session, rows: Sequence[Row[Any]]) -> dict[int, Facts]:
    matters = _matters(session, {row.matter_id for row in rows})
    ids = [each for members in matters.values() for each in members]
    action = table("enforcement_action").c
    stands = _stands(Record.ACTION, action.id)
    bound = _latest(session, ids, action.case_id, action.on_date, action.binds_until, only=stands)
    court = _court_days(session, ids)
    return {
        row.id: CaseFacts(
            london_date(row.closed_at), _last_of(bound, matters[row.matter_id]), _last_of(court, matters[row.matter_id])
        )
        for row in rows
    }


def _matters(session: Session, finals: set[int]) -> dict[int, list[int]]:
    """Return all cases of one matter: the one in which it stands now, and those that continue in it."""
    case = table("case_file").c
    found = {final: [final] for final in finals}
    for final, earlier in session.execute(
        select(case.continued_in_id, case.id).where(case.continued_in_id.in_(finals))
    ):
        found[final].append(earlier)
    return found


def _last_of(days: Mapping[int, date], members: Iterable[int]) -> date | None:
    return max((days[each] for each in members if each in days), default=None)


def _court_days(session: Session, ids: Sequence[int]) -> dict[int, date]:
    """Return the last day in court of each case that was prosecuted, or the last payment of compensation."""
    trial, hearing = table("prosecution"), table("hearing")
    accused, decided = table("defendant"), table("court_decision")
    paid, money = table("compensation_payment"), table("money_line")
    hearings = hearing.join(trial, hearing.c.prosecution_id == trial.c.id)
    decisions = decided.join(accused, decided.c.defendant_id == accused.c.id).join(
        trial, accused.c.prosecution_id == trial.c.id
    )
    payments = money.join(paid, paid.c.money_line_id == money.c.id)
    found = [
        _latest(session, ids, trial.c.case_id, trial.c.begun_on),
        _latest(session, ids, trial.c.case_id, hearing.c.at, source=hearings),
        _latest(session, ids, trial.c.case_id, decided.c.on_date, source=decisions,
                only=_stands(Record.DECISION, decided.c.id)),
    ]  # fmt: skip
    prosecuted = set(found[0])
    found.append(_latest(session, sorted(prosecuted), money.c.case_id, money.c.on_date, source=payments))
    return {key: max(days[key] for days in found if key in days) for key in prosecuted}


def _stands(record: Record, key: ColumnElement[int]) -> ColumnElement[bool]:
    """Return the condition that a record was not taken back: what never was binds nobody and is no day in court."""
    back = table("enforcement_taken_back").c
    return ~exists().where(back.record == record.value, back.record_id == key)


def _latest(
    session: Session,
    ids: Sequence[int],
    key: ColumnElement[int],
    *days: ColumnElement[Any],
    source: Any = None,
    only: ColumnElement[bool] | None = None,
) -> dict[int, date]:
    """Return the latest of some days for each record that has one, of all rows or some only."""
    query = select(key, *(func.max(day) for day in days)).where(key.in_(ids)).group_by(key)
    query = query.where(only) if only is not None else query
    latest: dict[int, date] = {}
    for each, *found in session.execute(query.select_from(source) if source is not None else query):
        known = [london_date(day) if isinstance(day, datetime) else day for day in found if day is not None]
        if known:
            latest[each] = max(known)
    return latest


def _work_facts(session: Session, rows: Sequence[Row[Any]]) -> dict[int, Facts]:
    unit = table("installed_unit").c
    references = [row.reference for row in rows]
    ended: defaultdict[str, list[date | None]] = defaultdict(list)
    query = select(unit.intervention_reference, unit.ended_on).where(unit.intervention_reference.in_(references))
    for reference, ended_on in session.execute(query):
        ended[reference].append(ended_on)
    return {row.id: _work_fact(row.on_date, ended[row.reference]) for row in rows}


def _work_fact(on_date: date, ended: list[date | None]) -> Facts:
    return WorkFacts(max([on_date, *filter(None, ended)]), is_in_place=None in ended)


def _access_facts(_session: Session, rows: Sequence[Row[Any]]) -> dict[int, Facts]:
    return {row.id: AccessFacts(london_date(row.answered_at)) for row in rows}


def _note_facts(session: Session, rows: Sequence[Row[Any]]) -> dict[int, Facts]:
    """Count a note from its end where it has one: that it expired, or that another took its place."""
    note, review = table("intelligence_note").c, table("intelligence_review").c
    ids = [row.id for row in rows]
    reviews = _latest(session, ids, review.note_id, review.review_on)
    overtaken = _latest(session, ids, note.supersedes_id, note.written_at)
    facts: dict[int, Facts] = {}
    for row in rows:
        ends = [day for day in (row.expires_on, overtaken.get(row.id)) if day is not None]
        facts[row.id] = NoteFacts(min(ends) if ends else max(row.review_on, reviews.get(row.id, row.review_on)))
    return facts


_SOURCES: dict[Root, Callable[[datetime], Select[Any]]] = {
    Root.CALL: _calls, Root.INCIDENT: _incidents, Root.CASE: _cases, Root.INTERVENTION: _work,
    Root.ACCESS_REQUEST: _requests, Root.INTELLIGENCE_NOTE: _notes, Root.PARTY: finding_people.people_without_records,
}  # fmt: skip
_FACTS: dict[Root, Callable[[Session, Sequence[Row[Any]]], dict[int, Facts]]] = {
    Root.CALL: _call_facts, Root.INCIDENT: _incident_facts, Root.CASE: _case_facts, Root.INTERVENTION: _work_facts,
    Root.ACCESS_REQUEST: _access_facts, Root.INTELLIGENCE_NOTE: _note_facts, Root.PARTY: finding_people.facts_of,
}  # fmt: skip
_RULES = {
    Root.CALL: (RuleKind.UNREAL_CALL, RuleKind.ADVICE_CALL),
    Root.INCIDENT: (RuleKind.INCIDENT,),
    Root.CASE: (RuleKind.CASE, RuleKind.PROSECUTION),
    Root.INTERVENTION: (RuleKind.CASE,),
    Root.ACCESS_REQUEST: (RuleKind.ACCESS_REQUEST,),
    Root.INTELLIGENCE_NOTE: (RuleKind.INTELLIGENCE,),
    Root.PARTY: (RuleKind.CASE,),
}
