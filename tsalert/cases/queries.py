"""Reading cases, their money and their log."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ColumnElement, Select, exists, select, tuple_
from sqlalchemy.orm import Session, aliased

from tsalert.cases.models import CaseFile, CaseIncident, CaseNote, MoneyLine
from tsalert.cases.rules import MoneyTotals, add_up, charge_in_words
from tsalert.cases.vocabulary import MoneyKind, Status
from tsalert.core.actors import Actor
from tsalert.core.errors import NotFound
from tsalert.core.periods import Period
from tsalert.references.rules import read_reference
from tsalert.response.vocabulary import Category
from tsalert.tiers.queries import withheld
from tsalert.tiers.vocabulary import Subject
from tsalert.web.fields import LARGEST_ID

PAGE = 25


@dataclass(frozen=True, slots=True)
class CaseFilter:
    """Which cases a list shows; None leaves a part open."""

    category: Category | None = None
    status: Status | None = None
    period: Period | None = None


@dataclass(frozen=True, slots=True)
class CaseRow:
    """A case as a list shows it, with nothing of the victim; of one that is ``restricted`` no more than T1."""

    id: int
    reference: str
    category: str
    kind: str | None
    status: str
    waiting_for: str | None
    ward_code: str | None
    opened_at: datetime
    officer_id: int | None
    is_restricted: bool


@dataclass(frozen=True, slots=True)
class CasePage:
    """One page of a list; ``next`` is the ``after`` of the page that follows, None on the last."""

    items: list[CaseRow]
    next: int | None


@dataclass(frozen=True, slots=True)
class Ledger:
    """Every money line of a case, oldest first, and which of them a later one took the place of."""

    lines: list[MoneyLine]
    superseded: frozenset[int]

    @property
    def standing(self) -> list[MoneyLine]:
        """The lines that count."""
        return [line for line in self.lines if line.id not in self.superseded]

    @property
    def totals(self) -> MoneyTotals:
        """What the lines that count add up to."""
        return add_up((MoneyKind(line.kind), line.amount) for line in self.standing)

    @property
    def visits(self) -> int:
        """On how many visits of the trader the standing lines say that money was taken or asked for."""
        return len({line.visit for line in self.standing if line.visit is not None})

    @property
    def charge(self) -> str | None:
        """What was charged for work of what worth, in words; None where the lines do not tell."""
        return charge_in_words(self.totals, self.visits)

    def now_standing(self, line_id: int) -> MoneyLine:
        """Return the line that stands in the place of one of these lines, or the line itself."""
        later = {line.supersedes_id: line for line in self.lines}
        line = next(line for line in self.lines if line.id == line_id)
        while line.id in later:
            line = later[line.id]
        return line


def get_line(session: Session, case_id: int, line_id: int) -> MoneyLine:
    """Return one money line of a case.

    :raises NotFound: the case has none with that number.
    """
    query = select(MoneyLine).where(MoneyLine.id == line_id, MoneyLine.case_id == case_id)
    line = session.scalar(query) if 0 < line_id <= LARGEST_ID else None
    if line is None:
        raise NotFound("There is no such money line in this case.")
    return line


def is_superseded(session: Session, line_id: int) -> bool:
    """Tell whether a later money line took the place of this one."""
    return session.scalar(select(MoneyLine.id).where(MoneyLine.supersedes_id == line_id)) is not None


def get_case(session: Session, case_id: int, *, lock: bool = False) -> CaseFile:
    """Return one case; ``lock`` keeps others from changing it until the transaction ends.

    Others may meanwhile write rows that belong to it, or two cases of one household could wait for each other.

    :raises NotFound: there is none.
    """
    query = select(CaseFile).where(CaseFile.id == case_id)
    if lock:
        query = query.with_for_update(key_share=True).execution_options(populate_existing=True)
    case = session.scalar(query) if 0 < case_id <= LARGEST_ID else None
    if case is None:
        raise NotFound("There is no such case.")
    return case


def references(session: Session, case_ids: Collection[int]) -> dict[int, str]:
    """Return the references of some cases by their ids."""
    query = select(CaseFile.id, CaseFile.reference).where(CaseFile.id.in_(case_ids))
    return {row.id: row.reference for row in session.execute(query)}


def find_case_id(session: Session, reference: str) -> int | None:
    """Return the case with a reference, however it was typed."""
    stored = read_reference(reference)
    return session.scalar(select(CaseFile.id).where(CaseFile.reference == stored)) if stored else None


def find_case_of_incident(session: Session, incident_id: int) -> CaseFile | None:
    """Return the case that an incident belongs to."""
    joined = select(CaseFile).join(CaseIncident, CaseIncident.case_id == CaseFile.id)
    return session.scalar(joined.where(CaseIncident.incident_id == incident_id))


def list_cases(
    session: Session, wanted: CaseFilter, *, reader: Actor, now: datetime, after: int | None = None, size: int = PAGE
) -> CasePage:
    """Return the cases wanted, latest opening first, those that follow the case ``after``."""
    query = _filtered(select(CaseFile), wanted).order_by(CaseFile.opened_at.desc(), CaseFile.id.desc())
    if after is not None:
        anchor = select(CaseFile.opened_at).where(CaseFile.id == after).scalar_subquery()
        query = query.where(tuple_(CaseFile.opened_at, CaseFile.id) < tuple_(anchor, after))
    rows = list(session.scalars(query.limit(size + 1)))
    kept = withheld(session, reader, Subject.CASE, {row.id for row in rows}, now=now)
    items = [_row(row, is_restricted=row.id in kept) for row in rows[:size]]
    return CasePage(items, rows[size - 1].id if len(rows) > size else None)


def ledger(session: Session, case_id: int) -> Ledger:
    """Return every money line of a case."""
    lines = list(session.scalars(select(MoneyLine).where(MoneyLine.case_id == case_id).order_by(MoneyLine.id)))
    return Ledger(lines, frozenset(line.supersedes_id for line in lines if line.supersedes_id is not None))


def notes(session: Session, case_id: int) -> list[CaseNote]:
    """Return a case's log in the order in which things happened."""
    order = (CaseNote.occurred_at, CaseNote.id)
    return list(session.scalars(select(CaseNote).where(CaseNote.case_id == case_id).order_by(*order)))


def latest_notes(session: Session, case_id: int, *, limit: int) -> list[CaseNote]:
    """Return the latest entries of a case's log, what happened last first."""
    order = (CaseNote.occurred_at.desc(), CaseNote.id.desc())
    return list(session.scalars(select(CaseNote).where(CaseNote.case_id == case_id).order_by(*order).limit(limit)))


def superseding_notes(session: Session, case_id: int) -> dict[int, int]:
    """Return the entry that took each superseded entry's place, by the superseded one's id."""
    query = select(CaseNote.supersedes_id, CaseNote.id).where(CaseNote.case_id == case_id)
    found = session.execute(query.where(CaseNote.supersedes_id.is_not(None)))
    return {earlier: later for earlier, later in found if earlier is not None}


def get_note(session: Session, case_id: int, note_id: int) -> CaseNote:
    """Return one entry of a case's log.

    :raises NotFound: the case has none with that number.
    """
    query = select(CaseNote).where(CaseNote.id == note_id, CaseNote.case_id == case_id)
    note = session.scalar(query) if 0 < note_id <= LARGEST_ID else None
    if note is None:
        raise NotFound("There is no such entry in this case's log.")
    return note


def incident_ids(session: Session, case_id: int) -> list[int]:
    """Return the ids of the incidents that a case grew out of."""
    query = select(CaseIncident.incident_id).where(CaseIncident.case_id == case_id)
    return list(session.scalars(query.order_by(CaseIncident.incident_id)))


def opened_in(period: Period) -> ColumnElement[bool]:
    """Return the condition that a case was opened in a period, by London's calendar."""
    return (CaseFile.opened_at >= period.starts_at) & (CaseFile.opened_at < period.ends_at)


def stands() -> ColumnElement[bool]:
    """Return the condition that no later money line took this one's place."""
    later = aliased(MoneyLine)
    return ~exists().where(later.supersedes_id == MoneyLine.id)


def _row(case: CaseFile, *, is_restricted: bool) -> CaseRow:
    return CaseRow(
        id=case.id,
        reference=case.reference,
        category=case.category,
        kind=None if is_restricted else case.kind,
        status=case.status,
        waiting_for=None if is_restricted else case.waiting_for,
        ward_code=case.ward_code,
        opened_at=case.opened_at,
        officer_id=case.officer_id,
        is_restricted=is_restricted,
    )


def _filtered(query: Select[CaseFile], wanted: CaseFilter) -> Select[CaseFile]:
    if wanted.category:
        query = query.where(CaseFile.category == wanted.category)
    if wanted.status:
        query = query.where(CaseFile.status == wanted.status)
    return query.where(opened_in(wanted.period)) if wanted.period else query
