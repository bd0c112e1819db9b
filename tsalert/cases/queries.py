"""Reading cases, their money and their log."""

from collections.abc import Collection, Sequence
from datetime import datetime

from msgspec import Struct
from sqlalchemy import ColumnElement, Row, exists, or_, select
from sqlalchemy.orm import Session, aliased

from tsalert.bulk import one_of
from tsalert.cases.models import CaseFile, CaseIncident, CaseMerge, CaseMergeRepeat, CaseNote, MoneyLine
from tsalert.cases.rules import MoneyTotals, add_up, charge_in_words
from tsalert.cases.vocabulary import MoneyKind, Status
from tsalert.core.actors import Actor
from tsalert.core.errors import NotFound
from tsalert.core.keys import is_id
from tsalert.core.periods import Period
from tsalert.references.rules import read_reference
from tsalert.response import queries as response
from tsalert.response.queries import IncidentRecord
from tsalert.tiers import queries as tiers
from tsalert.tiers.vocabulary import Subject


class Ledger(Struct, frozen=True):
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
    line = session.scalar(query) if is_id(line_id) else None
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
    case = session.scalar(query) if is_id(case_id) else None
    if case is None:
        raise NotFound("There is no such case.")
    return case


def get_visible_case(session: Session, case_id: int, *, actor: Actor, now: datetime) -> CaseFile:
    """Return a case to somebody who may see it.

    :raises NotFound: there is no such case.
    :raises Withheld: it is restricted to this person.
    """
    case = get_case(session, case_id)
    tiers.require_visible(session, actor, Subject.CASE, case_id, now=now)
    return case


def is_read_only(case: CaseFile) -> bool:
    """Tell whether nothing can be added to a case: it is closed, or continues in another."""
    return case.status == Status.CLOSED or case.continued_in_id is not None


def references(session: Session, case_ids: Collection[int]) -> dict[int, str]:
    """Return the references of some cases by their ids."""
    query = select(CaseFile.id, CaseFile.reference).where(CaseFile.id.in_(case_ids))
    return {row.id: row.reference for row in session.execute(query)}


def still_run_by(session: Session, officer_id: int) -> list[tuple[int, str]]:
    """Return (id, reference) of the cases that an officer runs and that are not closed, oldest first."""
    goes_on = (CaseFile.status != Status.CLOSED, CaseFile.continued_in_id.is_(None))
    query = select(CaseFile.id, CaseFile.reference).where(CaseFile.officer_id == officer_id, *goes_on)
    return [(number, reference) for number, reference in session.execute(query.order_by(CaseFile.opened_at))]


def find_case_id(session: Session, reference: str) -> int | None:
    """Return the case with a reference, however it was typed."""
    stored = read_reference(reference)
    return session.scalar(select(CaseFile.id).where(CaseFile.reference == stored)) if stored else None


def find_case_of_incident(session: Session, incident_id: int) -> CaseFile | None:
    """Return the case that an incident belongs to."""
    joined = select(CaseFile).join(CaseIncident, CaseIncident.case_id == CaseFile.id)
    return session.scalar(joined.where(CaseIncident.incident_id == incident_id))


def ledger(session: Session, case_id: int) -> Ledger:
    """Return every money line of a case."""
    lines = list(session.scalars(select(MoneyLine).where(MoneyLine.case_id == case_id).order_by(MoneyLine.id)))
    return Ledger(lines, frozenset(line.supersedes_id for line in lines if line.supersedes_id is not None))


def recorder_of_line(session: Session, line_id: int) -> int | None:
    """Return the officer who wrote a line of a case's money."""
    return session.scalar(select(MoneyLine.recorded_by).where(MoneyLine.id == line_id))


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
    note = session.scalar(query) if is_id(note_id) else None
    if note is None:
        raise NotFound("There is no such entry in this case's log.")
    return note


def incident_ids(session: Session, case_id: int) -> list[int]:
    """Return the ids of the incidents that a case grew out of."""
    query = select(CaseIncident.incident_id).where(CaseIncident.case_id == case_id)
    return list(session.scalars(query.order_by(CaseIncident.incident_id)))


def incidents_of(session: Session, case_id: int) -> list[IncidentRecord]:
    """Return the incidents that a case grew out of, the first first."""
    return response.some_incidents(session, incident_ids(session, case_id))


def opened_in(period: Period) -> ColumnElement[bool]:
    """Return the condition that a case was opened in a period, by London's calendar."""
    return (CaseFile.opened_at >= period.starts_at) & (CaseFile.opened_at < period.ends_at)


def stands() -> ColumnElement[bool]:
    """Return the condition that no later money line took this one's place."""
    later = aliased(MoneyLine)
    return ~exists().where(later.supersedes_id == MoneyLine.id)


def is_repeated(*of_merge: ColumnElement[bool]) -> ColumnElement[bool]:
    """Return the condition that the case in which this line's case continues records the same money.

    :param of_merge: what is asked of that merge besides.
    """
    merged = (CaseMergeRepeat.merge_id == CaseMerge.id, CaseMerge.undone_at.is_(None), *of_merge)
    return exists().where(CaseMergeRepeat.line_id == MoneyLine.id, *merged)


def cases_with_incidents(
    session: Session, *, case_ids: Collection[int] = (), incident_ids: Collection[int] = ()
) -> Sequence[Row[int, int]]:
    """Return (incident, case) of some cases, or of some incidents."""
    of_cases = one_of(session, CaseIncident.case_id, case_ids)
    wanted = or_(of_cases, one_of(session, CaseIncident.incident_id, incident_ids))
    return session.execute(select(CaseIncident.incident_id, CaseIncident.case_id).where(wanted)).all()


def whose(session: Session, case_ids: Collection[int]) -> Sequence[Row[int, int | None, str | None, str | None]]:
    """Return of some cases: the case, its officer, its victim's name and its postcode."""
    columns = (CaseFile.id, CaseFile.officer_id, CaseFile.victim_name, CaseFile.postcode)
    return session.execute(select(*columns).where(one_of(session, CaseFile.id, case_ids))).all()


def matter_totals(session: Session, case_id: int) -> MoneyTotals | None:
    """Return what the money of a case and of those that continue in it adds up to; None where none does."""
    inside = select(CaseFile.id).where(CaseFile.continued_in_id == case_id)
    if session.scalar(inside.limit(1)) is None:
        return None
    of_matter = MoneyLine.case_id.in_(inside) | (MoneyLine.case_id == case_id)
    query = select(MoneyLine.kind, MoneyLine.amount).where(of_matter, stands(), ~is_repeated())
    return add_up((MoneyKind(kind), amount) for kind, amount in session.execute(query))
