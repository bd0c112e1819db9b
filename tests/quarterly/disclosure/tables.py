"""Tables of the board edition for tests, and all that they let a reader add up."""

from collections.abc import Sequence
from decimal import Decimal

from msgspec.structs import replace

from tests.quarterly.disclosure.attacker import Equation
from tsalert.quarterly.content import SUPPRESSED, Column, Figure, Row, Section, Table
from tsalert.quarterly.vocabulary import About, SectionKey, Unit

Grid = Sequence[Sequence[int]]


def figure(value: int | Decimal, records: int | None = None, largest: int | None = None) -> Figure:
    shown = f"£{value:,}" if isinstance(value, Decimal) else f"{value:,}"
    return Figure(shown, value, records, None if largest is None else Decimal(largest))


def with_totals(grid: Grid, blocks: Sequence[int] = (), *, is_wide: bool = True) -> list[tuple[str, list[int]]]:
    """Return the rows of a table: its grid, a sub-total after each block of so many rows, and a total."""
    rows: list[tuple[str, list[int]]] = []
    start = 0
    for number, size in enumerate(blocks):
        rows += [(f"row{start + each}", list(grid[start + each])) for each in range(size)]
        rows.append((f"sub{number}", [sum(line) for line in zip(*grid[start : start + size], strict=True)]))
        start += size
    rows += [(f"row{each}", list(grid[each])) for each in range(start, len(grid))]
    rows.append(("total", [sum(line) for line in zip(*grid, strict=True)]))
    return [(key, [*values, sum(values)] if is_wide else values) for key, values in rows]


def counts(key: str, rows: Sequence[tuple[str, list[int]]], *, is_wide: bool = True) -> Table:
    width = len(rows[0][1])
    columns = [
        Column(f"column{place}", "Cases", Unit.COUNT, About.PEOPLE, is_total=is_wide and place == width - 1)
        for place in range(width)
    ]
    return Table(
        key,
        "Cases",
        "Type",
        tuple(columns),
        tuple(
            Row(name, name, tuple(map(figure, values)), is_total=not name.startswith("row")) for name, values in rows
        ),
    )


def without_totals(key: str, rows: Sequence[tuple[str, list[int]]]) -> Table:
    """Return a table that says of nothing in it that it adds up."""
    table = counts(key, rows, is_wide=False)
    return replace(table, rows=tuple(replace(row, is_total=False) for row in table.rows))


def section(*tables: Table, key: SectionKey = SectionKey.DEMAND) -> Section:
    return Section(key, tables)


def hidden_in(table: Table) -> list[tuple[str, str, str]]:
    return [
        (table.key, row.key, column.key)
        for row in table.rows
        for column, each in zip(table.columns, row.figures, strict=True)
        if each.shown == SUPPRESSED
    ]


def equations(table: Table, blocks: Sequence[int], *, is_wide: bool = True) -> list[Equation]:
    """Return what a reader knows of a public table: which rows and columns add up, and every number that is shown."""
    rows = [row.key for row in table.rows]
    columns = [column.key for column in table.columns]
    parts = [row for row in rows if row.startswith("row")]
    sums = [("total", parts)]
    start = 0
    for number, size in enumerate(blocks):
        sums.append((f"sub{number}", parts[start : start + size]))
        start += size
    found: list[Equation] = []
    for column in columns:
        for total, of in sums:
            found.append(({(table.key, total, column): -1} | {(table.key, row, column): 1 for row in of}, 0))
    if is_wide:
        for row in rows:
            line = {(table.key, row, column): 1 for column in columns[:-1]}
            found.append(({(table.key, row, columns[-1]): -1} | line, 0))
    return [*found, *shown_in(table)]


def shown_in(table: Table) -> list[Equation]:
    return [
        ({(table.key, row.key, column.key): 1}, int(each.value))
        for row in table.rows
        for column, each in zip(table.columns, row.figures, strict=True)
        if each.value is not None
    ]


def solved(found: Sequence[Equation], hidden: Sequence[tuple[str, str, str]]) -> list[Equation]:
    """Put the shown numbers into equations, so that hidden ones alone are left in them."""
    known = {name: total for parts, total in found if len(parts) == 1 for name in parts}
    left: list[Equation] = []
    for parts, total in found:
        rest = total - sum(times * known.get(name, 0) for name, times in parts.items() if name not in hidden)
        left.append(({name: times for name, times in parts.items() if name in hidden}, rest))
    return [each for each in left if each[0]]


def names_in(found: Sequence[Equation]) -> list[tuple[str, str, str]]:
    """Return every cell but those that show nought."""
    noughts = {name for parts, total in found if len(parts) == 1 and total == 0 for name in parts}
    return [name for name in dict.fromkeys(name for parts, _ in found for name in parts) if name not in noughts]


def noughts_alone(found: Sequence[Equation]) -> list[Equation]:
    """Return what a reader would know were every number hidden but nought."""
    return [each for each in found if len(each[0]) > 1 or each[1] == 0]
