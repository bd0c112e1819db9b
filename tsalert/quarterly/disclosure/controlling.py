"""Which cells are hidden: the sensitive, what protects them, and what tells of them in other words. Pure."""

from collections.abc import Collection, Iterable, Iterator, Mapping
from itertools import groupby

from msgspec import Struct

from tsalert.quarterly.content import SUPPRESSED, Column, Table
from tsalert.quarterly.disclosure.adding import Sum, sums_of, years_of
from tsalert.quarterly.disclosure.cells import Cell, Measure, Place, cells_of
from tsalert.quarterly.disclosure.hiding import hide
from tsalert.quarterly.disclosure.quoting import Quoted
from tsalert.quarterly.disclosure.sensitive import sensitive
from tsalert.quarterly.disclosure.system import System, system_of
from tsalert.quarterly.vocabulary import Kind, SectionKey, Unit

Tables = list[tuple[SectionKey, Table]]
# Two quarters of which a report shows only what they and two others make together: under ten each, one may be of few.
_UNSEEN_LEAST = 20


class Controlled(Struct, frozen=True):
    """The cells of a report, what adds up to what in each table, and which of them are hidden."""

    cells: Mapping[Place, Cell]
    sums: Mapping[str, list[Sum]]
    system: System
    hidden: frozenset[Place]


def control(
    tables: Tables, standing: Collection[Place] = (), before: Collection[Place] = (), told: Quoted | None = None
) -> Controlled:
    """Say what is hidden.

    :param standing: cells that stand as an earlier edition had them.
    :param before: cells that an earlier edition hid.
    :param told: what was published of other quarters.
    """
    told = told or Quoted(tables)
    cells = {cell.place: cell for section, table in tables for cell in cells_of(section, table)}
    sums = {table.key: sums_of(table, cells) for _, table in tables}
    rolling = list(_rolling(tables))
    years = {row.year: list(years_of(row.year, cells)) for row in rolling}
    all_sums = [each for found in (*sums.values(), *years.values()) for each in found]
    system = system_of(cells, all_sums, standing, years)
    few = sensitive(cells, all_sums) - set(standing)
    hidden = _hidden(cells, system, few, {*before, *told.hidden}) | told.years
    while (
        telling := {place for row in rolling for place in _telling(row, cells, hidden, years)} - hidden - set(standing)
    ):
        hidden |= telling
    followers = {place for _, table in tables for place in _followers(table, cells, hidden)}
    followers |= set(_means(cells, hidden))
    followers |= _of_others(cells, hidden | followers | told.places)
    return Controlled(cells, sums, system, frozenset((hidden | followers) - set(standing)))


def _hidden(cells: Mapping[Place, Cell], system: System, few: set[Place], also: Collection[Place]) -> set[Place]:
    """Return the places to hide for sensitive ones and for some others."""
    others = {system.unknown[place] for place in also if place in system.unknown and cells[place].value}
    found = hide(system, {system.unknown[place] for place in few if place in system.unknown}, others)
    return {place for place, unknown in system.unknown.items() if unknown in found and cells[place].value} | few


class _Rolling(Struct, frozen=True):
    """A row of a table that holds a year's sum beside some of its quarters."""

    year: Place
    quarters: tuple[Place, ...]
    others: tuple[Place, ...]


def _rolling(tables: Tables) -> Iterator[_Rolling]:
    for section, table in tables:
        years = [number for number, column in enumerate(table.columns) if column.kind is Kind.YEAR]
        if section is not SectionKey.GLANCE or not years:
            continue
        quarters = [number for number, column in enumerate(table.columns) if column.kind is Kind.QUARTER]
        others = [number for number in range(len(table.columns)) if number != years[0]]
        for row in range(len(table.rows)):
            at = [tuple((table.key, row, number) for number in numbers) for numbers in (quarters, others)]
            yield _Rolling((table.key, row, years[0]), *at)


def _is_about_years(column: Column) -> bool:
    return column.kind in {Kind.YEAR, Kind.YEAR_IN_WORDS}


def _telling(
    row: _Rolling, cells: Mapping[Place, Cell], hidden: Collection[Place], years: Mapping[Place, list[Sum]]
) -> Iterator[Place]:
    """Return the year's sum where a quarter of it could be worked out, by other quarters' reports as well.

    Quarters that no table of this report shows may have been few.
    """
    year = cells[row.year]
    if not year.adds_up or not year.is_people or not year.value:
        return
    unseen = year.value - sum(cells[place].value for place in row.quarters if cells[place].adds_up)
    may_be_few = year.unit is Unit.COUNT and not years[row.year] and 0 < unseen < _UNSEEN_LEAST
    if may_be_few or any(place in hidden for place in row.others):
        yield row.year


def _followers(table: Table, cells: Mapping[Place, Cell], hidden: Collection[Place]) -> Iterator[Place]:
    """Return what tells of hidden figures of its row in other words: changes, ratings, shares and means."""
    for _, row in groupby((place for place in cells if place[0] == table.key), key=lambda place: place[1]):
        places = list(row)
        lost = {table.columns[place[2]]: cells[place] for place in places if place in hidden}
        yield from (place for place in places if lost and _follows(cells[place], table.columns[place[2]], lost))


def _of_others(cells: Mapping[Place, Cell], hidden: Collection[Place]) -> set[Place]:
    """Return words that tell of few, or of what is hidden in another place."""
    lost = {cells[place].name for place in hidden}
    return {
        place
        for place, cell in cells.items()
        if cell.unit is Unit.WORDS and (not lost.isdisjoint(cell.figure.tells) or _is_from_few(cell))
    }


def _is_from_few(cell: Cell) -> bool:
    """Say whether a change of people is one from so few that some quarter of theirs may have been of one to four."""
    return cell.is_people and 0 < (cell.figure.records or 0) < _UNSEEN_LEAST


def _means(cells: Mapping[Place, Cell], hidden: Collection[Place]) -> Iterator[Place]:
    """Return means, in whatever table, which times their records are some hidden money."""
    money = [cells[place].value for place in hidden if cells[place].unit is Unit.MONEY]
    for place, cell in cells.items():
        records = cell.figure.records
        if cell.is_people and cell.measure is Measure.MEAN and records:
            whole = cell.value * records
            if any(abs(whole - each) <= records for each in money):
                yield place


def _follows(cell: Cell, column: Column, lost: Mapping[Column, Cell]) -> bool:
    """Say whether words tell of any hidden figure, or a share or a mean of a hidden sum.

    Of a year's sum the words about years tell, and no others.
    """
    if cell.unit is Unit.WORDS:
        is_told = _is_about_years(column) or not all(_is_about_years(each) for each in lost)
        return column.unit is Unit.WORDS and column.kind is not Kind.SET_BEFOREHAND and is_told
    is_sum = any(each.measure is Measure.SUM for each in lost.values())
    return is_sum and (cell.unit is Unit.SHARE or cell.measure is Measure.MEAN)


def hidden_before(tables: Tables, earlier: Iterable[Mapping[str, Table]]) -> set[Place]:
    """Return the places of tables that an earlier edition hid, told by the keys of their rows and columns."""
    told = {
        (table.key, row.key, column.key)
        for edition in earlier
        for table in edition.values()
        for row in table.rows
        for column, figure in zip(table.columns, row.figures, strict=True)
        if figure.shown == SUPPRESSED
    }
    return {
        (table.key, number, place)
        for _, table in tables
        for number, row in enumerate(table.rows)
        for place, column in enumerate(table.columns)
        if (table.key, row.key, column.key) in told
    }
