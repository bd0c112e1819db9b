"""Savings for managers: by type, class, ward or quarter, on any basis, and all bases side by side."""

from collections.abc import Mapping, Sequence

from msgspec import Struct
from msgspec.structs import replace
from sqlalchemy.orm import Session

from tsalert.core.periods import Period, span_of_days
from tsalert.core.words import Word
from tsalert.places.queries import ward_names
from tsalert.savings.figures.cells import RowSpec, SavingsRow
from tsalert.savings.figures.groups import Group
from tsalert.savings.figures.scopes import NO_WARD, Scope
from tsalert.savings.figures.stretches import parts_of
from tsalert.savings.figures.sums import Sums
from tsalert.savings.figures.table import ROUNDING_NOTE, SavingsTable, build_table, quarters_of, rounding_note
from tsalert.savings.queries import count_to_verify
from tsalert.savings.rates.rate_sets import RateSetView
from tsalert.savings.rates.trying import sets_of
from tsalert.savings.rules import Span
from tsalert.savings.valuing.methods import Basis, Method
from tsalert.savings.valuing.profiles import PLAIN, TOTAL, get_profile


class By(Word):
    """What a table of savings has a row for."""

    TYPE = "type", "Kind of work"
    CLASS = "class", "Value class"
    WARD = "ward", "Ward"
    QUARTER = "quarter", "Quarter"


class Wanted(Struct, frozen=True):
    """Which savings to show, and how."""

    period: Period
    by: By
    method: Method


class Overview(Struct, frozen=True):
    """A table of savings, and beside it the totals of its rows on every basis.

    :param bases: the table on each basis, by the same rows.
    :param sets: the rate sets that the table used, or could have.
    """

    wanted: Wanted
    table: SavingsTable
    bases: Mapping[Basis, SavingsTable]
    sets: tuple[RateSetView, ...]


def overview(session: Session, wanted: Wanted) -> Overview:
    """Work a table out on the basis asked for and on all of them; the records are added up once."""
    methods = [replace(wanted.method, basis=basis, trial=None) for basis in Basis]
    sets = {method.basis: sets_of(session, method) for method in methods}
    own = sets_of(session, wanted.method, wanted.period)
    every = [each for found in sets.values() for each in found]
    sums = Sums(session, Scope(by_ward=wanted.by is By.WARD), also=[*every, *own])
    wards = ward_names(session)
    verify = count_to_verify(session, wanted.period)
    bases = {method.basis: _table(sums, wanted, method, sets[method.basis], wards) for method in methods}
    table = _table(sums, wanted, wanted.method, own, wards)
    used = tuple(each for each in own if each.span.overlaps(Span(wanted.period.first_day, wanted.period.last_day)))
    return Overview(wanted, replace(table, to_verify=verify), bases, used)


def table_of(session: Session, wanted: Wanted) -> SavingsTable:
    """Return one table alone."""
    sums = Sums(session, Scope(by_ward=wanted.by is By.WARD))
    sets = sets_of(session, wanted.method, wanted.period)
    return _table(sums, wanted, wanted.method, sets, ward_names(session))


def _table(
    sums: Sums, wanted: Wanted, method: Method, sets: Sequence[RateSetView], wards: Mapping[str, str]
) -> SavingsTable:
    period, by = wanted.period, wanted.by
    if by is By.CLASS:
        plain = replace(method, profile=get_profile(PLAIN))
        return by_class(build_table(period, plain, sums.groups(parts_of(period), plain, sets)))
    if by is By.QUARTER:
        quarters = _quarters(period)
        groups = sums.groups(quarters, method, sets)
        return replace(build_table(period, method, groups, specs=_quarter_rows(quarters)), reconciliation=())
    parts = parts_of(period) if by is By.TYPE else (period,)
    groups = sums.groups(parts, method, sets)
    return build_table(period, method, groups, specs=_ward_rows(groups, wards) if by is By.WARD else None)


def _quarters(period: Period) -> tuple[Period, ...]:
    """Return a period's quarters; at its ends only the days that belong to it."""
    found = []
    for whole in quarters_of(period):
        first, last = max(whole.first_day, period.first_day), min(whole.last_day, period.last_day)
        found.append(whole if (first, last) == (whole.first_day, whole.last_day) else span_of_days(first, last))
    return tuple(found)


def _quarter_rows(quarters: Sequence[Period]) -> list[RowSpec]:
    return [_quarter_row(place, each.label) for place, each in enumerate(quarters)]


def _quarter_row(place: int, label: str) -> RowSpec:
    return RowSpec(label, label, lambda group: group.kind.part == place, (), opens={"period": label})


def _ward_rows(groups: Sequence[Group], wards: Mapping[str, str]) -> list[RowSpec]:
    """Return a row for each ward, and one for records of which none is known, where there are such."""
    rows = [_ward_row(code, name) for code, name in sorted(wards.items(), key=lambda each: each[1])]
    unknown = any(group.kind.ward is None for group in groups)
    return [*rows, _ward_row(None, "Ward not known")] if unknown else rows


def _ward_row(code: str | None, name: str) -> RowSpec:
    slug = code or NO_WARD
    return RowSpec(slug, name, lambda group: group.kind.ward == code, (), opens={"ward": slug})


def by_class(table: SavingsTable) -> SavingsTable:
    """Turn the totals of a plain table into rows, a class each."""
    found = [(name, title, table.column_totals.cell(name)) for name, title in table.columns.items() if name != TOTAL]
    rows = tuple(SavingsRow(name, title, None, {TOTAL: cell}, {"column": name}) for name, title, cell in found if cell)
    totals = SavingsRow(TOTAL, "Total, A to E", None, {TOTAL: table.grand_total}, {})
    said = [note for note in table.notes if note != ROUNDING_NOTE]
    return replace(
        table,
        columns={TOTAL: "Savings"},
        rows=rows,
        column_totals=totals,
        notes=(*rounding_note(rows, totals, ()), *said),
        reconciliation=tuple(line for line in table.reconciliation if line.row == table.column_totals.title),
    )
