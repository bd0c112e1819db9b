"""The board's table of savings as its series has it, its range on every basis, and what stands apart from it."""

from collections.abc import Iterator, Sequence

from tsalert.core.words import write_day
from tsalert.quarterly.content import Column, Figure, Row, Table
from tsalert.quarterly.figures.behind import behind_row, behind_table, tells_of_money, type_of
from tsalert.quarterly.figures.demand import MERGED
from tsalert.quarterly.figures.figuring import NOBODY, Behind, cell, count, pounds
from tsalert.quarterly.figures.reading import Material
from tsalert.quarterly.vocabulary import About, Kind, Unit
from tsalert.savings.figures.cells import SavingsRow
from tsalert.savings.figures.evidenced import together
from tsalert.savings.figures.groups import holds
from tsalert.savings.figures.table import Apart, SavingsTable, days_text, why_apart
from tsalert.savings.rates.rate_sets import RateSetView
from tsalert.savings.valuing.methods import Basis
from tsalert.savings.valuing.profiles import TOTAL

_MERGES = ((("scams", "doorstep_crime"), *MERGED),)
_APART = (
    Column("records", "Records", Unit.COUNT, About.PEOPLE),
    Column("amount", "Pounds", Unit.MONEY, About.PEOPLE),
    Column("why", "Why it is not in the table", Unit.WORDS, kind=Kind.SET_BEFOREHAND),
)


def board_table(material: Material) -> Table:
    """Lay the board's table out, with its basis and its rates beneath it."""
    table = material.saved.overview.table
    number = Column("number", "Number", Unit.COUNT)
    rows = tuple(_row(material, table, row) for row in table.rows)
    notes = (*_basis(material), *table.notes, *(line.text for line in table.reconciliation))
    return Table(
        "savings_table",
        f"Savings in {material.quarter.prose}, as the board's series has them",
        "Intervention",
        (number, *_money_columns(material, table)),
        (*rows, _total_row(material, table)),
        notes,
        _MERGES,
    )


def range_table(material: Material) -> Table:
    """Lay out what the same records come to on every basis: the prudent ones from low to high."""
    bases = material.saved.overview.bases
    columns = _money_columns(material, material.saved.overview.table)
    rows = tuple(
        Row(basis.value, basis.label, tuple(_range_figures(material, table))) for basis, table in bases.items()
    )
    return Table("savings_range", "The same records on every basis", "Basis", columns, rows, tuple(_unrated(material)))


def apart_table(material: Material) -> Table:
    """Lay out what was recorded and is no figure of the board's table."""
    rows = tuple(_apart_row(material, each) for each in material.saved.overview.table.apart)
    return Table("savings_apart", "Recorded, and not in the board's table", "What", _APART, rows)


def _money_columns(material: Material, table: SavingsTable) -> tuple[Column, ...]:
    """Return the columns of money; one that no person's money enters tells of nobody."""
    return tuple(
        Column(name, title, Unit.MONEY, _about(material, table, name), is_total=name == TOTAL)
        for name, title in table.columns.items()
    )


def _about(material: Material, table: SavingsTable, column: str) -> About:
    return About.SERVICE if behind_table(material, table, column) == NOBODY else About.PEOPLE


def _row(material: Material, table: SavingsTable, row: SavingsRow) -> Row:
    about = About.PEOPLE if type_of(table.profile, row).has_money else None
    if not tells_of_money(material, table, row):
        about = About.SERVICE
    money = (cell(row.cell(name), behind_row(material, table, row, name)) for name in table.columns)
    return Row(row.slug, row.title, (count(row.number), *money), about=about)


def _total_row(material: Material, table: SavingsTable) -> Row:
    money = [_whole(material, table, name) for name in table.columns]
    return Row(TOTAL, "Total", (count(None), *money), is_total=True)


def _range_figures(material: Material, table: SavingsTable) -> Iterator[Figure]:
    yield from (_whole(material, table, name) for name in table.columns)


def _whole(material: Material, table: SavingsTable, column: str) -> Figure:
    return cell(table.column_totals.cell(column), behind_table(material, table, column))


def _apart_row(material: Material, apart: Apart) -> Row:
    profile = material.saved.overview.table.profile
    kinds = [each for each in material.saved.evidenced[material.quarter] if not holds(profile, each.kind)]
    alike = [each for each in kinds if why_apart(each.kind, profile) == (apart.title, apart.reason)]
    behind = Behind(*together(alike)) if alike else NOBODY
    about = About.SERVICE if apart.amount is None else About.PEOPLE
    figures = (count(apart.records), pounds(apart.amount, behind), Figure(f"{apart.reason.capitalize()}."))
    return Row(f"{apart.title}: {apart.reason}", apart.title, figures, about=about)


def _basis(material: Material) -> tuple[str, ...]:
    """Name the basis and the rate sets of the table."""
    basis = material.saved.overview.wanted.method.basis.label.lower()
    sets = material.saved.overview.sets
    told = "; ".join(map(_named, sets)) if sets else "none is approved for these dates"
    return (f"Basis: {basis}. Rates: {told}.",)


def _named(rate_set: RateSetView) -> str:
    span = rate_set.span
    days = f"from {days_text(span.first_day, span.last_day)}" if span.last_day else _since(rate_set)
    grades = sorted({rate.evidence_grade for rate in rate_set.rates})
    return f"{rate_set.title} ({rate_set.slug}, {days}; evidence {_grades(grades)})"


def _since(rate_set: RateSetView) -> str:
    return f"from {write_day(rate_set.span.first_day)} on"


def _grades(grades: Sequence[str]) -> str:
    return f"grade {grades[0]}" if len(grades) == 1 else f"grades {', '.join(grades)}"


def _unrated(material: Material) -> Iterator[str]:
    """Say what the range is, and on which basis no rate is approved."""
    yield (
        "The prudent basis takes off what would have come about without us, and discounts later years; low and high "
        "are the ends of the evidence."
    )
    found: dict[str, list[str]] = {}
    for basis, table in material.saved.overview.bases.items():
        for row in table.rows:
            if row.total.is_incomplete and basis is not Basis.PUBLISHED:
                found.setdefault(row.title, []).append(basis.label)
    for title, bases in found.items():
        yield f"No approved rate values everything of {title} in: {'; '.join(bases)}."
