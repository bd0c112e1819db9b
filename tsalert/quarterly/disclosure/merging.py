"""Rows that the public edition shows as one, because either alone would tell of few people. Pure."""

from collections.abc import Collection, Sequence
from decimal import Decimal

from msgspec.structs import replace

from tsalert.core.money import format_pounds
from tsalert.quarterly.content import Column, Figure, Row, Table
from tsalert.quarterly.disclosure.adding import sums_of
from tsalert.quarterly.disclosure.cells import Measure, cells_of, measure_of, unit_of
from tsalert.quarterly.disclosure.sensitive import sensitive
from tsalert.quarterly.vocabulary import About, SectionKey, Unit


def merge(section: SectionKey, table: Table, earlier: Collection[str] = ()) -> Table:
    """Return a table with the rows merged that must be: once merged in public, always merged.

    :param earlier: keys of the rows of an earlier public edition of it.
    """
    for keys, key, title in table.merges:
        if key in earlier or _needs(section, table, keys):
            table = _merged(table, keys, key, title)
    return replace(table, merges=())


def _needs(section: SectionKey, table: Table, keys: Sequence[str]) -> bool:
    cells = {cell.place: cell for cell in cells_of(section, table)}
    told = sensitive(cells, sums_of(table, cells))
    return any(table.rows[number].key in keys for _, number, _ in told)


def _merged(table: Table, keys: Sequence[str], key: str, title: str) -> Table:
    rows = [row for row in table.rows if row.key in keys]
    if len(rows) < 2:
        return table
    figures = tuple(
        _together(column, [row.figures[place] for row in rows]) for place, column in enumerate(table.columns)
    )
    about = About.PEOPLE if any(row.about is About.PEOPLE for row in rows) else rows[0].about
    made = Row(key, title, figures, is_total=False, about=about)
    first = table.rows.index(rows[0])
    kept = [row for row in table.rows[first:] if row.key not in keys]
    return replace(table, rows=(*table.rows[:first], made, *kept))


def _together(column: Column, figures: Sequence[Figure]) -> Figure:
    """Return the figure of the merged row; what cannot be added up is not told."""
    units = {unit_of(column, figure) for figure in figures}
    if units == {Unit.WORDS} and len({figure.shown for figure in figures}) == 1:
        return figures[0]
    numbers = units - {Unit.WORDS}
    if len(numbers) != 1 or not numbers <= {Unit.COUNT, Unit.MONEY} or measure_of(column) is not Measure.SUM:
        return Figure("not available")
    value = sum((Decimal(figure.value or 0) for figure in figures), Decimal(0))
    return replace(_behind(figures), shown=_shown(value, numbers.pop()), value=_same_kind(value, figures))


def _behind(figures: Sequence[Figure]) -> Figure:
    """Return how many records are behind figures together, and the largest of them, where each one tells it."""
    counted = [figure for figure in figures if figure.value]
    if any(figure.records is None for figure in counted):
        return Figure("")
    largest = [figure.largest for figure in counted if figure.largest is not None]
    records = sum(figure.records or 0 for figure in counted)
    return Figure("", None, records, max(largest) if len(largest) == len(counted) and largest else None)


def _shown(value: Decimal, unit: Unit) -> str:
    return f"{value:,f}" if unit is Unit.COUNT else format_pounds(value.quantize(Decimal("0.01")))


def _same_kind(value: Decimal, figures: Sequence[Figure]) -> int | Decimal:
    return int(value) if all(isinstance(figure.value, int | None) for figure in figures) else value
