"""The savings table of a report: rows, columns, and totals that are each the rounding of their own exact sum. Pure."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal

from tsalert.core.errors import RuleViolation
from tsalert.core.money import whole_pounds
from tsalert.core.periods import Period, quarter_of
from tsalert.savings.profiles import COLUMNS, Profile, RowRule
from tsalert.savings.rules import InterventionType
from tsalert.savings.valuation import Contribution, Quantity, Rate, ValueClass, total, value

ROUNDING_NOTE = "Figures may not sum due to rounding."
TOTAL = "total"
_PARTS = ("financial", "health", "other")


@dataclass(frozen=True, slots=True)
class Group:
    """Records that are valued alike: one type, class of money, beneficiary kind, rate set and part of the period."""

    type: InterventionType
    part: int
    money: ValueClass | None
    is_bank_loss: bool
    rates: tuple[Rate, ...]
    records: int
    quantity: Quantity
    first_day: date
    last_day: date


@dataclass(frozen=True, slots=True)
class Cell:
    """One figure; incomplete where no approved rate values some of its records on their dates."""

    exact: Decimal
    is_incomplete: bool = False

    @property
    def shown(self) -> Decimal:
        """Whole pounds, half-up, as printed."""
        return whole_pounds(self.exact)

    @property
    def text(self) -> str:
        """What is printed; a clear word, not zero, where nothing could be valued."""
        return "no approved rate" if self.is_incomplete and not self.exact else f"£{self.shown:,}"


@dataclass(frozen=True, slots=True)
class SavingsRow:
    """One row; a column that cannot have a figure in it is None, as is the number of unlike things."""

    slug: str
    title: str
    number: int | None
    financial: Cell | None
    health: Cell | None
    other: Cell | None
    total: Cell

    def cell(self, column: str) -> Cell | None:
        """Return the cell of a column."""
        cells = {"financial": self.financial, "health": self.health, "other": self.other, TOTAL: self.total}
        return cells[column]


@dataclass(frozen=True, slots=True)
class Apart:
    """What was recorded but is no figure of the table."""

    title: str
    records: int
    amount: Decimal | None
    reason: str


@dataclass(frozen=True, slots=True)
class Reconciliation:
    """A figure to which its quarters, as shown, do not add up."""

    row: str
    column: str
    quarters: tuple[Decimal, ...]
    year: Decimal

    @property
    def text(self) -> str:
        """The line that a report prints."""
        parts = " + ".join(f"£{shown:,}" for shown in self.quarters)
        return (
            f"{self.row}, {self.column.lower()}: the quarters as shown, {parts}, add up to £{sum(self.quarters):,}; "
            f"the year, worked out from its records, is £{self.year:,}."
        )


@dataclass(frozen=True, slots=True)
class SavingsTable:
    """The savings of a period under one profile."""

    period: Period
    profile: Profile
    rows: tuple[SavingsRow, ...]
    column_totals: SavingsRow
    notes: tuple[str, ...]
    apart: tuple[Apart, ...]
    reconciliation: tuple[Reconciliation, ...] = ()
    to_verify: int = 0

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

    def total_without(self, column: str, *rows: str) -> Cell:
        """Return a column's total without some rows, rounded from its own exact sum.

        The published year's financial and health figures are those without Friends Against Scams.
        """
        return _sum(row.cell(column) for row in self.rows if row.slug not in rows)


def contributions(group: Group, profile: Profile) -> tuple[Contribution, ...]:
    """Say what a group is worth under a profile, class by class."""
    return value(group.quantity, group.rates, shares_of=profile.health_base)


def is_in_table(group: Group, profile: Profile) -> bool:
    """Tell whether a group's pounds are figures of the table."""
    has_row = any(rule.type is group.type for rule in profile.rows)
    return has_row and group.money is not ValueClass.RECOVERED and not group.is_bank_loss


def lacks_rate(group: Group, profile: Profile, column: str = TOTAL) -> bool:
    """Tell whether a column (any, for the total) should have a figure for a group, and no approved rate gives it."""
    rule = next(rule for rule in profile.rows if rule.type is group.type)
    columns = rule.columns if column == TOTAL else (column,)
    return any(_cell(profile, name, [group]).is_incomplete for name in columns)


def build_table(period: Period, profile: Profile, groups: Sequence[Group], *, to_verify: int = 0) -> SavingsTable:
    """Build a period's table from its groups; a year with its quarters as parts also gets its reconciliation."""
    counted = [group for group in groups if is_in_table(group, profile)]
    rows, totals = _figures(profile, counted)
    return SavingsTable(
        period,
        profile,
        rows,
        totals,
        notes=(*_rounding(rows, totals), *_missing(profile, counted), profile.merging_note),
        apart=_apart(profile, groups),
        reconciliation=_reconcile(profile, counted, (*rows, totals)),
        to_verify=to_verify,
    )


def quarters_of(period: Period) -> tuple[Period, ...]:
    """Return the quarters of which a period is made; a quarter is its own only one."""
    found = [quarter_of(period.first_day)]
    while found[-1].last_day < period.last_day:
        found.append(quarter_of(found[-1].last_day + timedelta(days=1)))
    return tuple(found)


def _figures(profile: Profile, groups: Sequence[Group]) -> tuple[tuple[SavingsRow, ...], SavingsRow]:
    rows = tuple(_row(profile, rule, [group for group in groups if group.type is rule.type]) for rule in profile.rows)
    columns = {name: _sum(row.cell(name) for row in rows) for name in COLUMNS}
    return rows, SavingsRow(
        TOTAL, "Total", None, columns["financial"], columns["health"], columns["other"], columns[TOTAL]
    )


def _row(profile: Profile, rule: RowRule, groups: Sequence[Group]) -> SavingsRow:
    cells = {column: _cell(profile, column, groups) for column in rule.columns}
    return SavingsRow(
        rule.slug,
        rule.title,
        sum(group.quantity.units for group in groups),
        cells.get("financial"),
        cells.get("health"),
        cells.get("other"),
        _sum(cells.values()),
    )


def _cell(profile: Profile, column: str, groups: Sequence[Group]) -> Cell:
    classes = profile.classes[column]
    amounts = [
        [part.exact for part in contributions(group, profile) if part.value_class in classes] for group in groups
    ]
    return Cell(total(amount for found in amounts for amount in found), is_incomplete=not all(amounts))


def _sum(cells: Iterable[Cell | None]) -> Cell:
    given = [cell for cell in cells if cell is not None]
    return Cell(total(cell.exact for cell in given), is_incomplete=any(cell.is_incomplete for cell in given))


def _rounding(rows: Sequence[SavingsRow], totals: SavingsRow) -> tuple[str, ...]:
    """Return the note where cells, as shown, do not add up to a total, as shown."""
    across = all(_adds_up([row.cell(name) for name in _PARTS], row.total) for row in (*rows, totals))
    down = all(_adds_up([row.cell(name) for row in rows], totals.cell(name)) for name in COLUMNS)
    every = _adds_up([row.cell(name) for row in rows for name in _PARTS], totals.total)
    return () if across and down and every else (ROUNDING_NOTE,)


def _adds_up(parts: Sequence[Cell | None], whole: Cell | None) -> bool:
    return whole is None or sum(part.shown for part in parts if part) == whole.shown


def _missing(profile: Profile, groups: Sequence[Group]) -> tuple[str, ...]:
    """Say, row by row, what no approved rate values."""
    notes = []
    for rule in profile.rows:
        short = [group for group in groups if group.type is rule.type and lacks_rate(group, profile)]
        if short:
            units = sum(group.quantity.units for group in short)
            first, last = min(group.first_day for group in short), max(group.last_day for group in short)
            days = f"{first:%-d %B %Y}" + ("" if first == last else f" to {last:%-d %B %Y}")
            notes.append(
                f"{rule.title}: no approved rate for this date ({units:,} of {days}); only direct savings count."
            )
    return tuple(notes)


def _apart(profile: Profile, groups: Sequence[Group]) -> tuple[Apart, ...]:
    found: dict[tuple[str, str], list[Group]] = {}
    for group in groups:
        if not is_in_table(group, profile):
            found.setdefault(_why_apart(group), []).append(group)
    return tuple(
        Apart(title, sum(group.records for group in alike), _money_of(alike), reason)
        for (title, reason), alike in sorted(found.items())
    )


def _why_apart(group: Group) -> tuple[str, str]:
    if group.is_bank_loss:
        return "Losses that a bank must reimburse", "the bank benefits, not the resident"
    if group.money is ValueClass.RECOVERED:
        return "Money recovered and returned", "class B never enters this table"
    return group.type.label, "counted, not valued"


def _money_of(groups: Sequence[Group]) -> Decimal | None:
    amounts = [group.quantity for group in groups if group.money is not None]
    return total(part.prevented + part.recovered + part.future for part in amounts) if amounts else None


def _reconcile(profile: Profile, groups: Sequence[Group], year: Sequence[SavingsRow]) -> tuple[Reconciliation, ...]:
    """Return a line for each figure that its parts, as shown, do not add up to."""
    parts = sorted({group.part for group in groups})
    tables = [_figures(profile, [group for group in groups if group.part == part]) for part in parts]
    lines = []
    for place, row in enumerate(year):
        quarters = [(*rows, totals)[place] for rows, totals in tables]
        for name, title in COLUMNS.items():
            shown = tuple(cell.shown for cell in (quarter.cell(name) for quarter in quarters) if cell)
            cell = row.cell(name)
            if cell and sum(shown) != cell.shown:
                lines.append(Reconciliation(row.title, title, shown, cell.shown))
    return tuple(lines)
