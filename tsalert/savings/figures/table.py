"""The savings table of a report: rows, columns, totals, and what must be said beneath it. Pure."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import date, timedelta
from decimal import Decimal

from msgspec import Struct

from tsalert.core.errors import RuleViolation
from tsalert.core.periods import Period, quarter_of
from tsalert.core.words import write_day
from tsalert.savings.figures.cells import Cell, RowSpec, SavingsRow, adds_up, fill, sum_of
from tsalert.savings.figures.groups import Group, Kind, is_in_table
from tsalert.savings.valuing.methods import Method
from tsalert.savings.valuing.profiles import Profile, RowRule
from tsalert.savings.valuing.valuation import ValueClass, shown_pounds, total

ROUNDING_NOTE = "Figures may not sum due to rounding."


class Apart(Struct, frozen=True):
    """What was recorded but is no figure of the table."""

    title: str
    records: int
    amount: Decimal | None
    reason: str


class Reconciliation(Struct, frozen=True):
    """A figure to which its quarters, as shown, do not add up."""

    row: str
    column: str
    quarters: tuple[Decimal, ...]
    year: Decimal

    @property
    def text(self) -> str:
        """The line that a report prints."""
        parts = " + ".join(shown_pounds(shown) for shown in self.quarters)
        return (
            f"{self.row}, {self.column.lower()}: the quarters as shown, {parts}, add up to "
            f"{shown_pounds(sum(self.quarters, Decimal(0)))}; "
            f"the year, worked out from its records, is {shown_pounds(self.year)}."
        )


class SavingsTable(Struct, frozen=True):
    """The savings of a period, worked out by one method."""

    period: Period
    method: Method
    columns: Mapping[str, str]
    rows: tuple[SavingsRow, ...]
    column_totals: SavingsRow
    notes: tuple[str, ...]
    apart: tuple[Apart, ...]
    reconciliation: tuple[Reconciliation, ...] = ()
    to_verify: int = 0

    @property
    def profile(self) -> Profile:
        """How classes are merged."""
        return self.method.profile

    @property
    def grand_total(self) -> Cell:
        """The total of everything in the table."""
        return self.column_totals.total

    @property
    def lines(self) -> tuple[SavingsRow, ...]:
        """Every row, the totals last."""
        return (*self.rows, self.column_totals)

    def row(self, slug: str) -> SavingsRow:
        """Return a row by its name; ``total`` is the last one.

        :raises RuleViolation: there is no such row.
        """
        found = next((row for row in self.lines if row.slug == slug), None)
        if found is None:
            raise RuleViolation("There is no such row in the table.", field="row")
        return found

    def opens(self, row: SavingsRow, column: str) -> dict[str, str]:
        """Return what leads to the explanation of a figure."""
        return {"period": self.period.label, "column": column} | self.method.asked | dict(row.opens)

    def total_without(self, column: str, *rows: str) -> Cell:
        """Return a column's total without some rows, rounded from its own exact sum.

        The published year's financial and health figures are those without Friends Against Scams.
        """
        return sum_of(row.cell(column) for row in self.rows if row.slug not in rows)


def build_table(
    period: Period,
    method: Method,
    groups: Sequence[Group],
    *,
    specs: Sequence[RowSpec] | None = None,
    to_verify: int = 0,
) -> SavingsTable:
    """Build a period's table from its groups; a year with its quarters as parts also gets its reconciliation.

    :param specs: other rows than those of the profile.
    """
    profile = method.profile
    counted = [group for group in groups if is_in_table(group, profile)]
    chosen = rows_by_type(profile) if specs is None else specs
    rows, totals = fill(profile, chosen, counted)
    return SavingsTable(
        period,
        method,
        profile.columns,
        rows,
        totals,
        notes=(*rounding_note(rows, totals, profile.parts), *_missing(profile, counted), method.note, profile.holds),
        apart=_apart(profile, groups),
        reconciliation=_reconcile(profile, chosen, counted, (*rows, totals)),
        to_verify=to_verify,
    )


def rows_by_type(profile: Profile) -> list[RowSpec]:
    """Return a profile's own rows."""
    return [_by_type(rule) for rule in profile.rows]


def _by_type(rule: RowRule) -> RowSpec:
    return RowSpec(
        rule.slug,
        rule.title,
        lambda group: group.type is rule.type,
        rule.columns,
        is_counted=True,
        opens={"row": rule.slug},
    )


def quarters_of(period: Period) -> tuple[Period, ...]:
    """Return the quarters of which a period is made; a quarter is its own only one."""
    found = [quarter_of(period.first_day)]
    while found[-1].last_day < period.last_day:
        found.append(quarter_of(found[-1].last_day + timedelta(days=1)))
    return tuple(found)


def rounding_note(rows: Sequence[SavingsRow], totals: SavingsRow, parts: Sequence[str]) -> tuple[str, ...]:
    """Return the note where cells, as shown, do not add up to a total, as shown."""
    return () if adds_up(rows, totals, parts) else (ROUNDING_NOTE,)


def lacks_rate(group: Group, profile: Profile, column: str) -> bool:
    """Tell whether a column should have a figure for a group, and no approved rate gives it."""
    return bool(group.lacks & profile.classes_of(column))


def days_text(first: date, last: date) -> str:
    """Write a run of days: ``1 May 2021 to 3 June 2021``."""
    return write_day(first) + ("" if first == last else f" to {write_day(last)}")


def _missing(profile: Profile, groups: Sequence[Group]) -> tuple[str, ...]:
    """Say, row by row, what no approved rate values."""
    notes = []
    for rule in profile.rows:
        short = [group for group in groups if group.type is rule.type and lacks_rate(group, profile, "total")]
        if short:
            units = sum(group.number for group in short)
            days = days_text(min(group.first_day for group in short), max(group.last_day for group in short))
            notes.append(
                f"{rule.title}: no approved rate for this date ({units:,} of {days}); only direct savings count."
            )
    return tuple(notes)


def _apart(profile: Profile, groups: Sequence[Group]) -> tuple[Apart, ...]:
    found: dict[tuple[str, str], list[Group]] = {}
    for group in groups:
        if group.is_new and not is_in_table(group, profile):
            found.setdefault(why_apart(group.kind, profile), []).append(group)
    return tuple(
        Apart(title, sum(group.records for group in alike), _money_of(alike), reason)
        for (title, reason), alike in sorted(found.items())
    )


def why_apart(kind: Kind, profile: Profile) -> tuple[str, str]:
    """Return under which title, and why, what a profile's table does not hold stands apart."""
    if kind.is_bank_loss:
        return "Losses that a bank must reimburse", "the bank benefits, not the resident"
    if kind.money is ValueClass.MEMO:
        return f"{kind.type.label}: for information", "class M is never a saving"
    if kind.money is ValueClass.RECOVERED and ValueClass.RECOVERED not in profile.classes_of("total"):
        return "Money recovered and returned", "class B never enters this table"
    return kind.type.label, "evidenced; this table has no row for it" if kind.money else "counted, not valued"


def _money_of(groups: Iterable[Group]) -> Decimal | None:
    amounts = [group.money for group in groups if group.kind.money is not None]
    return total(amounts) if amounts else None


def _reconcile(
    profile: Profile, specs: Sequence[RowSpec], groups: Sequence[Group], year: Sequence[SavingsRow]
) -> tuple[Reconciliation, ...]:
    """Return a line for each figure that its parts, as shown, do not add up to."""
    parts = sorted({group.kind.part for group in groups})
    tables = [fill(profile, specs, [group for group in groups if group.kind.part == part]) for part in parts]
    lines = []
    for place, row in enumerate(year):
        quarters = [(*rows, totals)[place] for rows, totals in tables]
        for name, title in profile.columns.items():
            shown = tuple(cell.shown for cell in (quarter.cell(name) for quarter in quarters) if cell)
            cell = row.cell(name)
            if cell and sum(shown) != cell.shown:
                lines.append(Reconciliation(row.title, title, shown, cell.shown))
    return tuple(lines)
