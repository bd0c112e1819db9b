"""What an intervention takes from its incident, case and money line; steps inside a use case of service.py."""

from collections.abc import Iterable, Iterator, Sequence
from decimal import Decimal

from msgspec.structs import replace
from sqlalchemy import ColumnElement, ColumnExpressionArgument, and_, func, or_, select, type_coerce
from sqlalchemy.orm import Session

from tsalert.cases import merging
from tsalert.cases import queries as cases
from tsalert.cases import vocabulary as case_words
from tsalert.cases.models import CaseFile, CaseIncident, MoneyLine
from tsalert.cases.vocabulary import MoneyKind
from tsalert.core.errors import NotFound, RuleViolation, blame
from tsalert.db import Money
from tsalert.parties.matching import identities
from tsalert.parties.vocabulary import Side
from tsalert.places.queries import ward_names
from tsalert.response import rows as response
from tsalert.response.call_parties import parties_of_calls
from tsalert.response.models import Incident
from tsalert.response.vocabulary import CallSource
from tsalert.savings.figures.scopes import COUNTED
from tsalert.savings.models import Intervention
from tsalert.savings.recording import events
from tsalert.savings.recording.events import Held
from tsalert.savings.recording.households import household_at, household_of, read_household
from tsalert.savings.recording.money_lines import Line, from_line
from tsalert.savings.rules import NewIntervention
from tsalert.savings.valuing.valuation import ValueClass

_HOLDS_MONEY = (Intervention.prevented + Intervention.recovered + Intervention.future) > 0


def complete(session: Session, new: NewIntervention) -> NewIntervention:
    """Return the intervention with what its links say: case, money and household.

    The rows of incident and case are locked, so that two records of one event take turns.

    :raises RuleViolation: a link leads nowhere, or contradicts what was said.
    """
    if new.ward_code is not None and new.ward_code not in ward_names(session):
        raise RuleViolation("There is no such ward.", field="ward_code")
    incident = _incident(session, new)
    if incident is not None and new.case_id is None:
        grown = cases.find_case_of_incident(session, incident.id)
        new = replace(new, case_id=grown.id if grown else None)
    if new.money_line_id is not None:
        new = from_line(new, _lock_line(session, new.money_line_id))
    return _with_household(session, new, incident, _case(session, new))


def require_other_money(session: Session, new: NewIntervention, *, reference: str | None = None) -> None:
    """Refuse money of the event that another record holds; ``reference`` is the record that is corrected.

    :raises RuleViolation: it would count twice, or more would come back than was paid.
    """
    others = (*COUNTED, Intervention.reference != reference) if reference else COUNTED
    if new.money_line_id is not None:
        _require_free(session, new.money_line_id, others)
    matter = merging.matter_of(session, new.case_id) if new.case_id is not None else []
    of_event = _of_event(new, matter)
    if of_event is not None:
        found = select(Intervention).where(*others, of_event, _HOLDS_MONEY).order_by(Intervention.id)
        events.check_one_event(new, list(_held(session, session.scalars(found).all())))
    if matter and new.recovered:
        events.check_paid(new, _recovered(session, matter, others), _paid(session, matter))


def find_line(session: Session, line_id: int) -> Line:
    """Return a line of a case's money as far as it decides what an intervention holds.

    :raises RuleViolation: there is no such line.
    """
    row = session.get(MoneyLine, line_id)
    if row is None:
        raise RuleViolation("There is no such money line.", field="money_line_id")
    return _as_line(row, is_superseded=cases.is_superseded(session, row.id))


def free_lines(session: Session, case_id: int, *, reference: str | None = None) -> list[Line]:
    """Return the lines of a case that stand and that no other record which counts holds."""
    taken = select(Intervention.money_line_id).where(*COUNTED, Intervention.money_line_id.is_not(None))
    held = set(
        session.scalars(taken.where(Intervention.case_id == case_id, Intervention.reference != (reference or "")))
    )
    return [_as_line(row) for row in cases.ledger(session, case_id).standing if row.id not in held]


def _lock_line(session: Session, line_id: int) -> Line:
    """Return a line as it is once nobody else can correct it: its case is locked first."""
    cases.get_case(session, find_line(session, line_id).case_id, lock=True)
    return find_line(session, line_id)


def _as_line(row: MoneyLine, *, is_superseded: bool = False) -> Line:
    evidence = case_words.Evidence.of(row.evidence)
    return Line(row.id, row.case_id, MoneyKind.of(row.kind), row.amount, evidence, is_superseded)


def _incident(session: Session, new: NewIntervention) -> Incident | None:
    with blame("incident_id", NotFound):
        return None if new.incident_id is None else response.lock_incident(session, new.incident_id)


def _case(session: Session, new: NewIntervention) -> CaseFile | None:
    with blame("case_id", NotFound):
        case = None if new.case_id is None else cases.get_case(session, new.case_id, lock=True)
    if case is not None:
        merging.require_here(session, case)
    return case


def _with_household(
    session: Session, new: NewIntervention, incident: Incident | None, case: CaseFile | None
) -> NewIntervention:
    if new.household_key is not None:
        return replace(new, household_key=read_household(new.household_key))
    if not new.type.shape.has_household:
        return new
    known = [household_at(found.address, found.postcode) for found in (incident, case) if found is not None]
    victim = household_of(person_id=_victim(session, incident), case_id=new.case_id)
    return replace(new, household_key=next((key for key in (*known, victim) if key), None))


def _victim(session: Session, incident: Incident | None) -> int | None:
    """Return the resident who first rang about an incident, by the id of all who are held to be the same."""
    calls = response.calls_of(session, incident.id) if incident is not None else ()
    own = [call.id for call in calls if call.source == CallSource.RESIDENT]
    rang = {part.call_id: part.party_id for part in parties_of_calls(session, own) if part.role is Side.CALLER}
    first = next((rang[call_id] for call_id in own if call_id in rang), None)
    return identities(session, {first})[first] if first is not None else None


def _require_free(session: Session, line_id: int, others: Iterable[ColumnExpressionArgument[bool]]) -> None:
    holder = session.scalar(select(Intervention.reference).where(*others, Intervention.money_line_id == line_id))
    if holder is not None:
        raise RuleViolation(f"{holder} holds this money line already.", field="money_line_id")


def _of_event(new: NewIntervention, matter: Sequence[int]) -> ColumnElement[bool] | None:
    """Return the condition that a record is about the same event, or may be; None where nothing tells."""
    found = [each for each in (_of_links(new, matter), _of_home(new)) if each is not None]
    return or_(*found) if found else None


def _of_home(new: NewIntervention) -> ColumnElement[bool] | None:
    """Return the condition that a record is of the same household and day, where one of both names no event."""
    if new.household_key is None:
        return None
    same = and_(Intervention.household_key == new.household_key, Intervention.on_date == new.on_date)
    if new.incident_id is None and new.case_id is None:
        return same
    return and_(same, Intervention.incident_id.is_(None), Intervention.case_id.is_(None))


def _of_links(new: NewIntervention, matter: Sequence[int]) -> ColumnElement[bool] | None:
    """Return the condition that a record is of the same incident, else of the case or one that is one matter with it.

    :param matter: the case of the record with all of its matter; empty where it names none.
    """
    of_matter = Intervention.case_id.in_(matter)
    if new.incident_id is not None:
        same = Intervention.incident_id == new.incident_id
        return or_(same, and_(of_matter, Intervention.incident_id.is_(None))) if matter else same
    if not matter:
        return None
    incidents = select(CaseIncident.incident_id).where(CaseIncident.case_id.in_(matter))
    return or_(of_matter, Intervention.incident_id.in_(incidents))


def _held(session: Session, rows: Sequence[Intervention]) -> Iterator[Held]:
    lines = [row.money_line_id for row in rows if row.money_line_id is not None]
    repeated = set(session.scalars(select(MoneyLine.id).where(MoneyLine.id.in_(lines), cases.is_repeated())))
    for row in rows:
        amounts = {
            ValueClass.PREVENTED: row.prevented,
            ValueClass.RECOVERED: row.recovered,
            ValueClass.FUTURE_FINANCIAL: row.future,
        }
        for kind, amount in amounts.items():
            if amount:
                has_line = row.money_line_id is not None and row.money_line_id not in repeated
                yield Held(row.reference, kind, amount, has_line)


def _recovered(session: Session, matter: Sequence[int], others: Iterable[ColumnExpressionArgument[bool]]) -> Decimal:
    summed = type_coerce(func.sum(Intervention.recovered), Money())
    return session.scalar(select(summed).where(*others, Intervention.case_id.in_(matter))) or Decimal(0)


def _paid(session: Session, matter: Sequence[int]) -> Decimal | None:
    """Return what left the victim in all cases of one matter; None where none of them has money lines."""
    ledgers = [cases.ledger(session, each) for each in matter]
    if not any(each.standing for each in ledgers):
        return None
    return (cases.matter_totals(session, matter[0]) or ledgers[0].totals).of(MoneyKind.PAID)
