"""How was this worked out? From a figure of the table back to formulas, rates and records."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from functools import reduce
from operator import add

from sqlalchemy import Select, select, tuple_
from sqlalchemy.orm import Session

from tsalert.core.errors import RuleViolation
from tsalert.core.periods import Period
from tsalert.savings.models import Intervention
from tsalert.savings.profiles import COLUMNS, Profile, get_profile
from tsalert.savings.queries import Version, get_current_row, read_version
from tsalert.savings.rate_sets import RateSetView, approved_sets, set_for
from tsalert.savings.rules import Beneficiary, InterventionType
from tsalert.savings.sums import COUNTED, groups, in_period
from tsalert.savings.table import TOTAL, Cell, Group, SavingsTable, build_table, is_in_table, lacks_rate
from tsalert.savings.valuation import Contribution, exact_pounds, value

_PAGE = 50


@dataclass(frozen=True, slots=True)
class Line:
    """One formula of an explanation; ``rate_set`` is None where an amount stands as evidenced."""

    row: str
    records: int
    contribution: Contribution
    rate_set: RateSetView | None


@dataclass(frozen=True, slots=True)
class Unvalued:
    """Units of one row for which no approved rate stands on their dates."""

    row: str
    units: int
    first_day: date
    last_day: date


@dataclass(frozen=True, slots=True)
class ValuedRecord:
    """One intervention and what it adds to the figure."""

    version: Version
    contributions: tuple[Contribution, ...]


@dataclass(frozen=True, slots=True)
class Explanation:
    """Everything behind one figure; ``next`` is where the following page of records starts."""

    table: SavingsTable
    row: str
    column: str
    cell: Cell
    lines: tuple[Line, ...]
    unvalued: tuple[Unvalued, ...]
    records: tuple[ValuedRecord, ...]
    next: str | None

    @property
    def title(self) -> str:
        """The figure in words: ``Call blockers, financial``."""
        if self.row == self.column == TOTAL:
            return "Total savings"
        return f"{self.table.row(self.row).title}, {COLUMNS[self.column].lower()}"

    @property
    def sum(self) -> str:
        """The figure exactly and as shown: ``£49,621.50 → £49,622``."""
        return f"{exact_pounds(self.cell.exact)} → £{self.cell.shown:,}"


@dataclass(frozen=True, slots=True)
class Valuation:
    """What one intervention is worth, by the approved rates of its own date, if there are any."""

    rate_set: RateSetView | None
    contributions: tuple[Contribution, ...]


def explain(
    session: Session, period: Period, *, row: str = TOTAL, column: str = TOTAL, after: str | None = None
) -> Explanation:
    """Explain one figure of a period's published table.

    :raises RuleViolation: the table has no such figure.
    """
    profile = get_profile("sbp-2021")
    sums = groups(session, period, profile)
    table = build_table(period, profile, sums)
    cell = table.row(row).cell(column) if column in COLUMNS else None
    if cell is None:
        raise RuleViolation("There is no figure in that column.", field="column")
    counted = [group for group in sums if is_in_table(group, profile) and group.type in _types(profile, row)]
    sets = approved_sets(session, profile.basis)
    records = _records(session, period, _types(profile, row), after)
    shown = tuple(_valued(profile, column, record, sets) for record in records[:_PAGE])
    more = shown[-1].version.reference if len(records) > _PAGE else None
    return Explanation(
        table,
        row,
        column,
        cell,
        _lines(profile, column, counted, sets),
        _unvalued(profile, column, counted),
        shown,
        more,
    )


def value_intervention(session: Session, version: Version) -> Valuation:
    """Say what one intervention is worth in the published series, class by class."""
    profile = get_profile("sbp-2021")
    chosen = set_for(approved_sets(session, profile.basis), version.content.on_date)
    return Valuation(chosen, _contributions(profile, version, chosen))


def _types(profile: Profile, row: str) -> list[InterventionType]:
    return [rule.type for rule in profile.rows if row in {TOTAL, rule.slug}]


def _title(profile: Profile, group: Group) -> str:
    return next(rule.title for rule in profile.rows if rule.type is group.type)


def _in_column(profile: Profile, column: str, parts: Iterable[Contribution]) -> tuple[Contribution, ...]:
    names = profile.classes if column == TOTAL else [column]
    classes = frozenset().union(*(profile.classes[name] for name in names))
    return tuple(part for part in parts if part.value_class in classes)


def _lines(profile: Profile, column: str, counted: list[Group], sets: list[RateSetView]) -> tuple[Line, ...]:
    """Return the formulas, in the order of the table's rows; a year's quarters are taken together."""
    by_slug = {found.slug: found for found in sets}
    lines = []
    for rule in profile.rows:
        of_row = [group for group in counted if group.type is rule.type]
        for rates in dict.fromkeys(group.rates for group in of_row):
            alike = [group for group in of_row if group.rates == rates]
            quantity = reduce(add, (group.quantity for group in alike))
            for part in _in_column(profile, column, value(quantity, rates, shares_of=profile.health_base)):
                chosen = by_slug[part.rate.rate_set] if part.rate else None
                lines.append(Line(rule.title, sum(group.records for group in alike), part, chosen))
    return tuple(lines)


def _unvalued(profile: Profile, column: str, counted: list[Group]) -> tuple[Unvalued, ...]:
    return tuple(
        Unvalued(_title(profile, group), group.quantity.units, group.first_day, group.last_day)
        for group in counted
        if lacks_rate(group, profile, column)
    )


def _records(session: Session, period: Period, types: list[InterventionType], after: str | None) -> list[Version]:
    """Return one record more than a page, so that the caller knows whether another page follows."""
    in_table = (
        *COUNTED,
        in_period(period),
        Intervention.type.in_(types),
        Intervention.recovered == Decimal(0),
        Intervention.beneficiary != Beneficiary.BANK,
    )
    query: Select[Intervention] = select(Intervention).where(*in_table)
    if after:
        last = get_current_row(session, after)
        query = query.where(tuple_(Intervention.on_date, Intervention.id) > tuple_(last.on_date, last.id))
    ordered = query.order_by(Intervention.on_date, Intervention.id).limit(_PAGE + 1)
    return [read_version(row) for row in session.scalars(ordered)]


def _valued(profile: Profile, column: str, version: Version, sets: list[RateSetView]) -> ValuedRecord:
    chosen = set_for(sets, version.content.on_date)
    return ValuedRecord(version, _in_column(profile, column, _contributions(profile, version, chosen)))


def _contributions(profile: Profile, version: Version, chosen: RateSetView | None) -> tuple[Contribution, ...]:
    rates = chosen.rates_for(version.content.type) if chosen else ()
    return value(version.content.quantity, rates, shares_of=profile.health_base)
