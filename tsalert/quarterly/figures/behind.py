"""How many people's records are behind an indicator's money in a period."""

from collections.abc import Callable, Mapping
from decimal import Decimal

from tsalert.core.periods import Period
from tsalert.quarterly.figures.figuring import NOBODY, Behind, behind_money, scaled
from tsalert.quarterly.figures.reading import Material
from tsalert.savings.figures.cells import SavingsRow
from tsalert.savings.figures.table import SavingsTable
from tsalert.savings.rules import InterventionType
from tsalert.savings.valuing.profiles import TOTAL, Profile
from tsalert.savings.valuing.valuation import FINANCIAL

Read = Callable[[Material, Period], Behind]


def behind_value(material: Material, name: str, period: Period) -> Behind | None:
    """Return what is behind an indicator's money; None where it is nobody's, or not known how many made it."""
    read = _BEHIND.get(name)
    return read(material, period) if read else None


def behind_losses(material: Material, period: Period) -> Behind:
    """Return what is behind the losses of a period's cases."""
    found = material.losses[period].altogether
    return Behind(found.number, found.largest)


def behind_table(material: Material, table: SavingsTable, column: str) -> Behind:
    """Return what is behind the total of a column of the board's savings: the rows with people's money.

    The largest is in proportion to the whole total: whoever takes the rates times our own work off it, which are
    printed, has people's money alone, and that must be nobody's more than the total's rule lets it be.
    """
    evidenced = behind_money(material.saved.evidenced[table.period], table.profile, FINANCIAL)
    rows = [row for row in table.rows if tells_of_money(material, table, row)]
    if not _sum(rows, column):
        return NOBODY
    return scaled(evidenced, _sum(rows, "financial"), _sum(list(table.rows), column))


def behind_row(material: Material, table: SavingsTable, row: SavingsRow, column: str) -> Behind | None:
    """Return what is behind a figure of a row of savings; None for a row that is a rate times a count."""
    if not tells_of_money(material, table, row):
        return None
    return scaled(_evidenced(material, table, row), _sum([row], "financial"), _sum([row], column))


def tells_of_money(material: Material, table: SavingsTable, row: SavingsRow) -> bool:
    """Tell whether people's money is in a row, or is what its units do not count because it counted before."""
    return type_of(table.profile, row).has_money or _evidenced(material, table, row) != NOBODY


def _evidenced(material: Material, table: SavingsTable, row: SavingsRow) -> Behind:
    kind = type_of(table.profile, row)
    return behind_money(material.saved.evidenced[table.period], table.profile, FINANCIAL, [kind])


def type_of(profile: Profile, row: SavingsRow) -> InterventionType:
    """Return what a row of a profile's table holds."""
    return next(rule.type for rule in profile.rows if rule.slug == row.slug)


def _in_table(material: Material, period: Period, column: str) -> Behind:
    return behind_table(material, material.figures[period].savings, column)


def _sum(rows: list[SavingsRow], column: str) -> Decimal:
    cells = (row.cell(column) for row in rows)
    return sum((found.exact for found in cells if found), Decimal(0))


# Net detriment stands nowhere: beside detriment it tells what came back, which may be one person's.
_BEHIND: Mapping[str, Read] = {
    "detriment": behind_losses,
    "financial_savings": lambda material, period: _in_table(material, period, "financial"),
    "health_savings": lambda material, period: _in_table(material, period, "health"),
    "total_savings": lambda material, period: _in_table(material, period, TOTAL),
}
