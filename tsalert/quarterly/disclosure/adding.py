"""Which cells of a table add up to which: what anybody who reads it can use to work out a hidden one. Pure."""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from decimal import Decimal

from tsalert.quarterly.content import Table
from tsalert.quarterly.disclosure.cells import Cell, Place
from tsalert.quarterly.vocabulary import Unit

# A sum: the total and its parts, whose signed values make nought.
Sum = dict[Place, int]
Cells = Mapping[Place, Cell]


def sums_of(table: Table, cells: Cells) -> list[Sum]:
    """Return the sums of a table, down its columns and along its rows.

    A total adds up all other rows, or those above it since the last total, or those beneath it, or the totals: every
    way in which the numbers agree counts, since somebody will try each. Where none agrees, the first is taken.
    """
    rows, columns = range(len(table.rows)), range(len(table.columns))
    down = [[(table.key, row, column) for row in rows] for column in columns]
    along = [
        [(table.key, row, column) for column in columns if _unit(cells, (table.key, row, column)) is unit]
        for row in rows
        for unit in (Unit.COUNT, Unit.MONEY)
    ]
    return [
        *_sums(down, lambda place: table.rows[place[1]].is_total, cells),
        *(found for line in along for found in _sums([line], lambda place: table.columns[place[2]].is_total, cells)),
    ]


def years_of(year: Place, cells: Cells) -> Iterator[Sum]:
    """Return where four numbers one under the other, as of four quarters, make a year's sum."""
    whole = cells[year]
    if not whole.adds_up or not whole.value:
        return
    for key, row, column in cells:
        run = [(key, row + each, column) for each in range(4)]
        parts = [cells[place] for place in run if place in cells and _is_like(cells[place], whole)]
        if key != year[0] and len(parts) == len(run) and sum(part.value for part in parts) == whole.value:
            yield {year: -1} | dict.fromkeys(run, 1)


def _is_like(cell: Cell, other: Cell) -> bool:
    return cell.adds_up and cell.unit is other.unit and not cell.is_in_total_row


def _unit(cells: Cells, place: Place) -> Unit | None:
    return cells[place].unit if cells[place].adds_up else None


def _sums(lines: list[list[Place]], is_total: Callable[[Place], bool], cells: Cells) -> Iterable[Sum]:
    """Return the sums of lines that have their totals at the same numbers, such as all columns of a table."""
    flags = [is_total(place) for place in lines[0]] if lines else []
    for number in (number for number, flag in enumerate(flags) if flag):
        ways = [way for way in _ways(flags, number) if way]
        agreeing = [way for way in ways if all(_agrees(line, number, way, cells) for line in lines)]
        for way in agreeing or ways[:1]:
            for line in lines:
                if cells[line[number]].adds_up:
                    yield {line[number]: -1} | {line[part]: 1 for part in way if cells[line[part]].adds_up}


def _ways(flags: Sequence[bool], number: int) -> list[tuple[int, ...]]:
    """Return what a total may add up: everything, the run above it, the run beneath it, the other totals."""
    everything = tuple(each for each, flag in enumerate(flags) if not flag)
    above = _run(flags, range(number - 1, -1, -1))
    beneath = _run(flags, range(number + 1, len(flags)))
    totals = tuple(each for each, flag in enumerate(flags) if flag and each != number)
    return list(dict.fromkeys([everything, tuple(sorted(above)), beneath, totals]))


def _run(flags: Sequence[bool], numbers: range) -> tuple[int, ...]:
    found: list[int] = []
    for number in numbers:
        if flags[number]:
            break
        found.append(number)
    return tuple(found)


def _agrees(line: Sequence[Place], number: int, way: Sequence[int], cells: Cells) -> bool:
    """Say whether parts make a total, pounds to within what rounding each of them can cost."""
    total, parts = cells[line[number]], [cells[line[part]] for part in way]
    if not total.adds_up or not all(part.adds_up for part in parts):
        return True
    slack = Decimal(len(parts)) if total.unit is Unit.MONEY else Decimal(0)
    return abs(sum((part.value for part in parts), Decimal(0)) - total.value) <= slack
