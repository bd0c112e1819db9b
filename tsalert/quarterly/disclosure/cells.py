"""Cells of a report's tables: what kind of number each is, and of whom it tells. Pure."""

import re
from collections.abc import Iterable, Iterator
from decimal import Decimal
from enum import Enum

from msgspec import Struct

from tsalert.quarterly.content import SUPPRESSED, Column, Figure, Section, Table
from tsalert.quarterly.vocabulary import About, Kind, SectionKey, Unit

# Table by key, row and column by number.
Place = tuple[str, int, int]


class Measure(Enum):
    """Whether a number adds up, or is picked or worked out from single ones."""

    SUM = "sum"
    MEAN = "mean"
    MEDIAN = "median"
    LARGEST = "largest"


_MEASURES = {Kind.MEAN: Measure.MEAN, Kind.MEDIAN: Measure.MEDIAN, Kind.LARGEST: Measure.LARGEST}
_OUT_OF = re.compile(r"([\d,]+) of ([\d,]+)")


class Cell(Struct, frozen=True):
    """One cell; ``unit`` and ``measure`` are its own, since the rows of one table may be of different kinds."""

    place: Place
    figure: Figure
    unit: Unit
    measure: Measure
    is_people: bool
    is_total: bool
    section: SectionKey
    row: str
    column: str
    is_in_total_row: bool

    @property
    def name(self) -> tuple[str, str, str]:
        """The keys under which others tell of it."""
        return self.place[0], self.row, self.column

    @property
    def value(self) -> Decimal:
        """Its number; nought where there is none."""
        return Decimal(self.figure.value or 0)

    @property
    def adds_up(self) -> bool:
        """Whether it is a number that totals can hold."""
        return self.unit in {Unit.COUNT, Unit.MONEY} and self.measure is Measure.SUM and self.figure.value is not None


def cells_of(section: SectionKey, table: Table) -> Iterator[Cell]:
    """Return the cells of a table, row by row."""
    for number, row in enumerate(table.rows):
        for place, (column, figure) in enumerate(zip(table.columns, row.figures, strict=True)):
            yield Cell(
                (table.key, number, place),
                figure,
                unit_of(column, figure),
                measure_of(column),
                is_people=(row.about or column.about) is About.PEOPLE and not _is_nobodys(column, figure),
                is_total=row.is_total or column.is_total,
                section=section,
                row=row.key,
                column=column.key,
                is_in_total_row=row.is_total,
            )


def _is_nobodys(column: Column, figure: Figure) -> bool:
    """Say whether no record of a person is behind some money, so that the service's own work makes it."""
    return figure.records == 0 and unit_of(column, figure) is Unit.MONEY


def tables_of(sections: Iterable[Section]) -> Iterator[tuple[SectionKey, Table]]:
    """Return every table with the section in which it stands."""
    for section in sections:
        for block in section.blocks:
            if isinstance(block, Table):
                yield section.key, block


def unit_of(column: Column, figure: Figure) -> Unit:
    """Return the kind of a number by how it is written, since a column may hold several kinds."""
    if figure.shown == SUPPRESSED:
        return Unit.WORDS
    if "%" in figure.shown or _OUT_OF.search(figure.shown):
        return Unit.SHARE if figure.value is not None or column.unit is Unit.SHARE else Unit.WORDS
    if figure.value is None:
        return Unit.WORDS
    if "£" in figure.shown:
        return Unit.MONEY
    return Unit.COUNT if column.unit is Unit.WORDS else column.unit


def measure_of(column: Column) -> Measure:
    """Return what the numbers of a column are."""
    return _MEASURES.get(column.kind, Measure.SUM)


def out_of(shown: str) -> tuple[int, int] | None:
    """Return the two counts that a share tells: so many of so many."""
    found = _OUT_OF.search(shown)
    if found is None:
        return None
    part, whole = (int(digits.replace(",", "") or 0) for digits in found.groups())
    return part, whole
