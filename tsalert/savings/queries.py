"""Reading interventions: the savings table of a period, lists, and every version of one."""

from collections.abc import Collection, Iterable
from datetime import date, datetime
from decimal import Decimal

from msgspec import Struct
from sqlalchemy import ColumnElement, and_, func, select, true, type_coerce
from sqlalchemy.orm import Session, aliased

from tsalert.cases.models import CaseFile, MoneyLine
from tsalert.core.errors import NotFound
from tsalert.core.money import whole_pence
from tsalert.core.periods import Period
from tsalert.core.words import Word
from tsalert.db import Money
from tsalert.keysets import PAGE, Order, Page, read_page
from tsalert.prevention import queries as prevention
from tsalert.prevention.rules import UnitKind
from tsalert.references.rules import read_reference
from tsalert.savings.figures.scopes import COUNTED, in_period
from tsalert.savings.figures.sums import groups
from tsalert.savings.figures.table import SavingsTable, build_table
from tsalert.savings.models import Intervention, InterventionShare
from tsalert.savings.rules import (
    Beneficiary,
    EnforcementOutcome,
    Evidence,
    InterventionType,
    NewIntervention,
    PartnerShare,
)
from tsalert.savings.valuing.methods import AS_PUBLISHED, Method
from tsalert.savings.valuing.valuation import ValueClass, product

# Pence added up are no longer money to SQLAlchemy, which would compare them with pounds.
_amount = type_coerce(Intervention.prevented + Intervention.recovered + Intervention.future, Money())
_corrected_lines = select(MoneyLine.supersedes_id).where(MoneyLine.supersedes_id.is_not(None))


class Version(Struct, frozen=True):
    """One version of one intervention; officers by id."""

    id: int
    reference: str
    number: int
    content: NewIntervention
    is_current: bool
    is_withdrawn: bool
    reason: str | None
    recorded_by: int | None
    recorded_at: datetime
    verified_by: int | None
    verified_at: datetime | None
    needs_verifying: bool
    counted_units: int
    not_counted_reason: str | None
    overlaps_id: int | None

    @property
    def awaits_verifying(self) -> bool:
        """True where a second officer should still confirm the amount."""
        is_counted = self.is_current and not self.is_withdrawn
        return is_counted and self.verified_at is None and self.needs_verifying


class Attention(Word):
    """Why somebody should look at a record."""

    VERIFICATION = "verification", "Waits for a second officer"
    MONEY_LINE = "money_line", "Its money line was corrected"
    MATTER = "matter", "A merged case holds the same amount"


class Filter(Struct, frozen=True):
    """Which interventions a list shows; ``after`` is the ``next`` of the page before."""

    case_id: int | None = None
    incident_id: int | None = None
    type: InterventionType | None = None
    period: Period | None = None
    attention: Attention | None = None
    after: str | None = None


class SingleSaving(Struct, frozen=True):
    """One large saving: our part of its amount, to the penny, and the class that holds it (``money``)."""

    reference: str
    on_date: date
    type: InterventionType
    amount: Decimal
    money: ValueClass | None
    is_rapid_response: bool
    is_verified: bool


def savings_table(session: Session, period: Period, method: Method = AS_PUBLISHED) -> SavingsTable:
    """Return the savings of a period, worked out from its records by the rates of their own dates.

    A year is never added up from rounded quarters; where those do not make it, the table says so.
    """
    return build_table(period, method, groups(session, period, method), to_verify=count_to_verify(session, period))


def count_incidents_with_intervention(session: Session, incident_ids: Collection[int]) -> int:
    """Count the incidents, out of those asked about, on which an intervention was recorded."""
    if not incident_ids:
        return 0
    # Those of a period have numbers close together; thousands one by one cost more than their neighbours.
    near = Intervention.incident_id.between(min(incident_ids), max(incident_ids))
    found = session.scalars(select(Intervention.incident_id).where(*COUNTED, near).distinct())
    return len(set(incident_ids).intersection(found))


def count_interventions(session: Session, period: Period) -> int:
    """Count the interventions of a period, corrected ones once, withdrawn ones not at all."""
    return session.scalar(select(func.count()).select_from(Intervention).where(*COUNTED, in_period(period))) or 0


def single_savings(session: Session, period: Period, at_least: Decimal) -> list[SingleSaving]:
    """Return a period's single amounts of which our part has some size or more, the largest first."""
    large = select(Intervention).where(*COUNTED, in_period(period), _amount >= at_least).order_by(Intervention.id)
    found = [_single(read_version(row)) for row in session.scalars(large)]
    return sorted((each for each in found if each.amount >= at_least), key=lambda each: each.amount, reverse=True)


def _single(row: Version) -> SingleSaving:
    content = row.content
    return SingleSaving(
        row.reference,
        content.on_date,
        content.type,
        whole_pence(product((content.share, content.amount))),
        content.money,
        content.is_rapid_response,
        row.verified_at is not None,
    )


def list_interventions(session: Session, wanted: Filter, *, size: int = PAGE) -> Page[Version]:
    """Return a page of the interventions that count, newest date first.

    :raises RuleViolation: ``after`` is no place of this list.
    """
    query = select(Intervention).where(*COUNTED, *_conditions(wanted))
    newest_first = Order(Intervention.id, (Intervention.on_date,))
    page = read_page(session, query, newest_first, after=wanted.after, size=size)
    return page.all_told_by(lambda rows: with_partners(session, rows))


def get_current(session: Session, reference: str) -> Version:
    """Return the version of an intervention that stands, withdrawn or not.

    :raises NotFound: there is no such intervention.
    """
    return with_partners(session, [get_current_row(session, reference)])[0]


def get_current_row(session: Session, reference: str, *, lock: bool = False) -> Intervention:
    """Return the row of the version that stands; ``lock`` keeps others from replacing it.

    :raises NotFound: there is no such intervention.
    """
    stored = read_reference(reference)
    query = select(Intervention).where(Intervention.reference == stored, Intervention.is_current)
    if lock:
        query = query.with_for_update().execution_options(populate_existing=True)
    row = session.scalar(query) if stored else None
    if row is None and stored and lock:
        row = session.scalar(query)  # PostgreSQL finds nothing where what stood was replaced while we waited for it
    if row is None:
        raise NotFound("There is no such intervention.")
    return row


def list_versions(session: Session, reference: str) -> list[Version]:
    """Return every version of an intervention, the newest first."""
    query = select(Intervention).where(Intervention.reference == reference).order_by(Intervention.version.desc())
    return with_partners(session, session.scalars(query))


def read_version(row: Intervention, partners: tuple[PartnerShare, ...] = ()) -> Version:
    """Return a row as a value that outlives its session; partners stand in rows of their own."""
    stored = (name for name in NewIntervention.__struct_fields__ if name != "partners")
    same = {name: getattr(row, name) for name in stored}
    kinds = {
        "type": InterventionType(row.type),
        "evidence": Evidence(row.evidence) if row.evidence else None,
        "beneficiary": Beneficiary(row.beneficiary),
        "outcome": EnforcementOutcome.of(row.outcome) if row.outcome else None,
        "partners": partners,
    }
    return Version(
        row.id,
        row.reference,
        row.version,
        NewIntervention(**same | kinds),
        row.is_current,
        row.is_withdrawn,
        row.reason,
        row.recorded_by,
        row.recorded_at,
        row.verified_by,
        row.verified_at,
        row.needs_verifying,
        row.counted_units,
        row.not_counted_reason,
        row.overlaps_id,
    )


def _held_by_matter() -> ColumnElement[bool]:
    """Return the condition that two cases were merged and another of them holds this money too, unless told apart."""
    mine, theirs, other = aliased(CaseFile), aliased(CaseFile), aliased(Intervention)
    earlier = CaseFile.continued_in_id.is_not(None)
    merged = select(CaseFile.id).where(earlier).union(select(CaseFile.continued_in_id).where(earlier))
    same = (getattr(other, name) == getattr(Intervention, name) for name in ("prevented", "recovered", "future"))
    again = (
        select(other.id)
        .join(theirs, theirs.id == other.case_id)
        .join(mine, func.coalesce(mine.continued_in_id, mine.id) == func.coalesce(theirs.continued_in_id, theirs.id))
        .where(other.is_current, ~other.is_withdrawn, other.other_money.is_(None), *same)
        .where(mine.id == Intervention.case_id, theirs.id != mine.id)
    )
    has_money = Intervention.prevented + Intervention.recovered + Intervention.future > 0
    return and_(Intervention.case_id.in_(merged), Intervention.other_money.is_(None), has_money, again.exists())


_ATTENTION: dict[Attention, tuple[ColumnElement[bool], ...]] = {
    Attention.VERIFICATION: (Intervention.verified_at.is_(None), Intervention.needs_verifying == true()),
    Attention.MONEY_LINE: (Intervention.money_line_id.in_(_corrected_lines),),
    Attention.MATTER: (_held_by_matter(),),
}


def with_partners(session: Session, rows: Iterable[Intervention]) -> list[Version]:
    """Return rows as values that outlive their session, with the partners of each."""
    found = list(rows)
    shares: dict[int, list[PartnerShare]] = {}
    query = select(InterventionShare).where(InterventionShare.intervention_id.in_([row.id for row in found]))
    for each in session.scalars(query.order_by(InterventionShare.partner)):
        shares.setdefault(each.intervention_id, []).append(PartnerShare(each.partner, each.share))
    return [read_version(row, tuple(shares.get(row.id, ()))) for row in found]


def _conditions(wanted: Filter) -> list[ColumnElement[bool]]:
    exact = {
        Intervention.case_id: wanted.case_id,
        Intervention.incident_id: wanted.incident_id,
        Intervention.type: wanted.type,
    }
    conditions = [column == asked for column, asked in exact.items() if asked is not None]
    if wanted.period:
        conditions.append(in_period(wanted.period))
    if wanted.attention:
        conditions.extend(_ATTENTION[wanted.attention])
    return conditions


def count_to_verify(session: Session, period: Period) -> int:
    """Count the amounts of a period that no second officer has confirmed yet and one should."""
    waiting = (*COUNTED, in_period(period), *_ATTENTION[Attention.VERIFICATION])
    return session.scalar(select(func.count()).select_from(Intervention).where(*waiting)) or 0


def count_late(session: Session, period: Period) -> int:
    """Count the records of a period that were made, or took their present form, after it."""
    late = (*COUNTED, in_period(period), Intervention.recorded_at >= period.ends_at)
    return session.scalar(select(func.count()).select_from(Intervention).where(*late)) or 0


def count_without_ward(session: Session, period: Period) -> int:
    """Count the records of a period of which no ward is known, of the types that are for one household."""
    kinds = [kind for kind in InterventionType if kind.shape.has_household]
    unknown = (*COUNTED, in_period(period), Intervention.type.in_(kinds), Intervention.ward_code.is_(None))
    return session.scalar(select(func.count()).select_from(Intervention).where(*unknown)) or 0


def count_unknown_units(session: Session, period: Period) -> int:
    """Count the units of a period's records that nobody knows by serial number, so that no count of units has them."""
    recorded = (*COUNTED, in_period(period), Intervention.type.in_(list(UnitKind)))
    units = session.scalar(select(func.sum(Intervention.units)).where(*recorded)) or 0
    return units - prevention.count_fitted_by(session, select(Intervention.reference).where(*recorded))
