"""Opening cases and writing in them: status, money, notes, the incidents they grew out of."""

from datetime import datetime

from msgspec.structs import replace
from sqlalchemy.orm import Session

from tsalert.audit import service as audit
from tsalert.cases import incidents, merging, queries, rules, steps
from tsalert.cases.models import CaseFile, CaseNote, MoneyLine
from tsalert.cases.people import steps as people
from tsalert.cases.rules import NewCase, NewMoneyLine, NewNote, Progress
from tsalert.cases.vocabulary import OTHER_KIND, MoneyKind, NoteKind, Status
from tsalert.core.actors import Actor, Permission
from tsalert.core.clock import london_date
from tsalert.core.errors import Conflict, RuleViolation
from tsalert.core.seen import mark_of, write_anew
from tsalert.db import transaction
from tsalert.places import queries as places
from tsalert.places.finding import own_ward
from tsalert.references.service import next_reference
from tsalert.response.vocabulary import Category
from tsalert.staff import queries as staff_queries

# What an officer may set right after a case was opened; its reference, status and incidents have their own ways.
_AMENDABLE = {
    "category": "what it is about",
    "kind": "type",
    "channel": "how they reached the victim",
    "source": "where it came from",
    "summary": "what happened",
    "victim_name": "name of the victim",
    "address": "address",
    "postcode": "postcode",
    "ward_code": "ward",
    "chosen_for_vulnerability": "chosen for age or vulnerability",
    "opened_at": "opened",
    "officer_id": "officer",
}


def open_case(new: NewCase, *, actor: Actor, now: datetime) -> int:
    """Open a case, from an incident where one is named; returns its id.

    :raises NotFound: there is no such incident.
    :raises Conflict: the incident has a case already, which is named.
    :raises RuleViolation: it has no category, or a value that does not fit.
    """
    actor.require(Permission.WORK_CASE)
    with transaction() as session:
        return begin_case(session, new, actor=actor, now=now).id


def begin_case(session: Session, new: NewCase, *, actor: Actor, now: datetime) -> CaseFile:
    """Open a case as part of another use case; a step that raises as ``open_case`` does."""
    filled = incidents.fill_from_incident(session, new, actor=actor, now=now)
    values = _facts(session, filled, actor, now)
    reference = next_reference(session, "D", at=now)
    case = CaseFile(reference=reference, status=Status.OPEN, closed_at=None, **values)
    session.add(case)
    session.flush()
    audit.record(session, actor, "opened", "case", case.id, now=now, reference=reference, category=case.category)
    steps.put_officer_on(session, case, actor=actor, now=now)
    if new.incident_id is not None:
        incidents.link(session, case, new.incident_id, actor=actor, now=now)
    people.keep_victim(session, case, actor=actor, now=now)
    return case


def mark_of_facts(case: CaseFile) -> str:
    """Return what tells apart what a case says of itself, as it stands and after it is set right."""
    return mark_of(case, _AMENDABLE)


def amend_case(case_id: int, amended: NewCase, *, seen: str | None = None, actor: Actor, now: datetime) -> None:
    """Set right what a case says of itself; the trail names the fields, never their content.

    A category, time or officer that is None stays as it is, and so does a type that still fits.

    :param seen: the mark of the facts on which it was decided; None where it is not known.
    :raises Conflict: the case is closed.
    :raises RuleViolation: a value does not fit, they take a case over that others are on, or somebody else has set it
        right meanwhile and would lose that.
    """
    actor.require(Permission.WORK_CASE)
    with transaction() as session:
        case = open_for_writing(session, case_id)
        values = _facts(session, _keeping(amended, case), actor, now)
        changed = write_anew(case, values, _AMENDABLE, seen=seen)
        if changed:
            audit.record(session, actor, "amended", "case", case_id, now=now, fields=", ".join(changed))
        if "officer_id" in changed:
            steps.require_given_by_another(session, case, actor)
            steps.put_officer_on(session, case, actor=actor, now=now)
        people.keep_victim(session, case, actor=actor, now=now)


def record_progress(case_id: int, progress: Progress, *, actor: Actor, now: datetime) -> None:
    """Move a case on, or note whom it waits for; reopening writes its reason into the log.

    :raises Conflict: the case cannot go there from where it stands.
    :raises RuleViolation: it is closed without an outcome, or reopened without a reason.
    """
    actor.require(Permission.WORK_CASE)
    with transaction() as session:
        case = queries.get_case(session, case_id, lock=True)
        merging.require_here(session, case)
        before = Status(case.status)
        rules.require_step(before, progress, case.reference)
        closes = progress.status is Status.CLOSED
        case.status, case.closed_at = progress.status, now if closes else None
        case.waiting_for = None if closes else progress.waiting_for
        case.outcome, case.impact = progress.outcome or case.outcome, progress.impact or case.impact
        if progress.reason:
            words = f"{'Reopened' if before is Status.CLOSED else 'Status changed'}: {progress.reason}"
            _write_note(session, case, NewNote(NoteKind.DECISION, words), actor, now)
        _record(session, actor, "status changed", case, now, before=before, after=progress.status)


def record_money(case_id: int, line: NewMoneyLine, *, actor: Actor, now: datetime) -> int:
    """Add a money line to a case, or correct an earlier one by superseding it; returns the line's id.

    :raises NotFound: there is no such case, or it has no such line to correct.
    :raises Conflict: the case is closed, or the line was corrected before.
    :raises RuleViolation: the amount or day is impossible, or more would have come back than was paid.
    """
    actor.require(Permission.WORK_CASE)
    with transaction() as session:
        return add_money(session, open_for_writing(session, case_id), line, actor=actor, now=now)


def add_money(session: Session, case: CaseFile, line: NewMoneyLine, *, actor: Actor, now: datetime) -> int:
    """Add a money line to an open case as a step of the caller's transaction; see ``record_money``."""
    rules.require_amount(line)
    rules.require_possible_day(line.on_date, now, field="on_date")
    if line.supersedes is not None:
        _require_standing(session, case, line.supersedes)
    _require_balance(session, case, line)
    row = _money_line(case, line, actor, now)
    session.add(row)
    session.flush()
    _record(session, actor, "money recorded", case, now, kind=line.kind, line=row.id, supersedes=line.supersedes)
    return row.id


def add_note(case_id: int, note: NewNote, *, actor: Actor, now: datetime) -> int:
    """Write an entry in a case's log, perhaps in the place of an earlier one, which stays; returns its id.

    It happened when the earlier one says, unless the later one says otherwise.

    :raises NotFound: the case has no such entry to supersede.
    :raises Conflict: the case is closed, or that entry was superseded before.
    :raises RuleViolation: the time it happened is impossible, or it supersedes another for no reason.
    """
    actor.require(Permission.WORK_CASE)
    rules.require_reason(note)
    if note.occurred_at is not None:
        rules.require_possible(note.occurred_at, now, field="occurred_at")
    with transaction() as session:
        case = open_for_writing(session, case_id)
        if note.supersedes is not None:
            happened_at = _require_standing_note(session, case, note.supersedes)
            note = replace(note, occurred_at=note.occurred_at or happened_at)
        note_id = _write_note(session, case, note, actor, now)
        _record(session, actor, "note added", case, now, kind=note.kind, note=note_id, supersedes=note.supersedes)
        return note_id


def link_incident(case_id: int, incident_id: int, *, actor: Actor, now: datetime) -> None:
    """Attach an incident to a case; to the same one again changes nothing.

    :raises NotFound: there is no such incident.
    :raises Conflict: the case is closed, or the incident belongs to another case, which is named.
    """
    actor.require(Permission.WORK_CASE)
    with transaction() as session:
        incidents.link(session, open_for_writing(session, case_id), incident_id, actor=actor, now=now)
        merging.restrict_together(session, case_id, actor=actor, now=now)


def _facts(session: Session, new: NewCase, actor: Actor, now: datetime) -> dict[str, object]:
    """Return the columns of a case as described, once they fit each other."""
    if new.category is None:
        raise RuleViolation("Choose what the case is about.", field="category")
    kind = new.kind or OTHER_KIND
    rules.require_kind(new.category, kind)
    opened_at = new.opened_at or now
    rules.require_possible(opened_at, now, field="opened_at")
    officer_id = new.officer_id or actor.officer_id
    if officer_id != actor.officer_id and officer_id not in staff_queries.officer_names(session):
        raise RuleViolation("There is no such officer.", field="officer_id")
    if new.ward_code is not None and new.ward_code not in places.ward_names(session):
        raise RuleViolation("There is no such ward.", field="ward_code")
    given = {name: getattr(new, name) for name in _AMENDABLE}
    ward = new.ward_code or own_ward(session, new.postcode, on=london_date(opened_at))
    return given | {"kind": kind, "opened_at": opened_at, "officer_id": officer_id, "ward_code": ward}


def _keeping(amended: NewCase, case: CaseFile) -> NewCase:
    """Return the description with the case's own values where it leaves them as they are."""
    category = amended.category or Category.of(case.category)
    return replace(
        amended,
        category=category,
        kind=amended.kind or (case.kind if rules.fits(category, case.kind) else None),
        opened_at=amended.opened_at or case.opened_at,
        officer_id=amended.officer_id or case.officer_id,
    )


def open_for_writing(session: Session, case_id: int) -> CaseFile:
    """Return a case locked for one more record in it; a step of whatever use case writes there.

    :raises NotFound: there is no such case.
    :raises Conflict: it is closed, or continues in another.
    """
    case = queries.get_case(session, case_id, lock=True)
    merging.require_here(session, case)
    rules.require_open(Status(case.status), case.reference)
    return case


def _require_standing(session: Session, case: CaseFile, line_id: int) -> None:
    queries.get_line(session, case.id, line_id)
    if queries.is_superseded(session, line_id):
        raise Conflict("That line was corrected already. Correct the line that took its place.")


def _require_standing_note(session: Session, case: CaseFile, note_id: int) -> datetime:
    """Return when what an entry tells of happened, if no later one took its place."""
    earlier = queries.get_note(session, case.id, note_id)
    if note_id in queries.superseding_notes(session, case.id):
        raise Conflict("That entry was superseded already. Supersede the one that took its place.")
    return earlier.occurred_at


def _require_balance(session: Session, case: CaseFile, line: NewMoneyLine) -> None:
    """Refuse more back than was paid in the whole matter: the cases that continue in this one take no more lines."""
    ledger = queries.ledger(session, case.id)
    before = queries.matter_totals(session, case.id) or ledger.totals
    replaced = [(MoneyKind(each.kind), -each.amount) for each in ledger.standing if each.id == line.supersedes]
    after = rules.add_up([*before.by_kind.items(), *replaced, (line.kind, line.amount)])
    rules.require_no_more_back_than_paid(before, after)


def _money_line(case: CaseFile, line: NewMoneyLine, actor: Actor, now: datetime) -> MoneyLine:
    return MoneyLine(
        case_id=case.id,
        kind=line.kind,
        amount=line.amount,
        method=line.method,
        on_date=line.on_date,
        evidence=line.evidence,
        certainty=line.certainty,
        note=line.note,
        visit=line.visit,
        supersedes_id=line.supersedes,
        recorded_by=actor.officer_id,
        recorded_at=now,
    )


def _write_note(session: Session, case: CaseFile, note: NewNote, actor: Actor, now: datetime) -> int:
    row = CaseNote(
        case_id=case.id,
        kind=note.kind,
        text=note.text,
        occurred_at=note.occurred_at or now,
        supersedes_id=note.supersedes,
        reason=note.reason or None,
        recorded_by=actor.officer_id,
        recorded_at=now,
    )
    session.add(row)
    session.flush()
    return row.id


def _record(
    session: Session, actor: Actor, action: str, case: CaseFile, now: datetime, **detail: str | int | None
) -> None:
    audit.record(session, actor, action, "case", case.id, now=now, **detail)
