"""Which tables and rows stay as they were published, because the difference would tell of single people. Pure.

An earlier edition stays readable, so that a reader has both. What changed by one to four people, or by money of which
it is not known that several people made it, is kept as it was, the whole table where its figures add up: a table of
which some cells are old and others new could be added up again.
"""

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from decimal import Decimal

from msgspec import Struct

from tsalert.quarterly.content import SUPPRESSED, Figure, Row, Table
from tsalert.quarterly.disclosure.adding import Sum
from tsalert.quarterly.disclosure.cells import Cell, Measure, Place, out_of
from tsalert.quarterly.disclosure.controlling import Controlled
from tsalert.quarterly.disclosure.sensitive import FEW, MOST_OF_ONE
from tsalert.quarterly.vocabulary import Unit

Edition = Mapping[str, Table]
Name = tuple[str, str, str]


class _Pair(Struct, frozen=True):
    """A table now, and one row's cells with what an earlier edition showed in their place; None where it had none."""

    now: Controlled
    row: tuple[tuple[Cell, Figure | None], ...]

    def shift(self, cell: Cell, before: Figure | None) -> Decimal:
        """Return by how much a figure changed."""
        return cell.value - Decimal((before.value if before else None) or 0)

    def is_many(self) -> bool:
        """Say whether the row shows that five people or more came or went."""
        return any(
            cell.unit is Unit.COUNT and cell.is_people and abs(self.shift(cell, before)) >= FEW.stop
            for cell, before in self.row
            if cell.place not in self.now.hidden and (before is None or before.value is not None)
        )


def rows_to_hold(
    tables: Iterable[Table],
    now: Controlled,
    standing: Collection[Place],
    editions: Sequence[Edition],
    telling: Collection[Place] = (),
) -> dict[str, set[int]]:
    """Return, by table, the numbers of the rows to keep as they were published, those left out that are so already.

    One row of a table that adds up stands for all of them. What holds the same number as something kept is kept too.

    :param telling: cells that tell of few beside another quarter's report.
    """
    free = {table.key: table for table in tables if not _stands(table, standing)}
    rows = {key: _telling_rows(table, now, editions, telling) for key, table in free.items()}
    grown = True
    while grown:
        kept = {now.system.unknown[place] for place in now.system.unknown if place[1] in rows.get(place[0], ())}
        told = {cell.name for place, cell in now.cells.items() if place[1] in rows.get(place[0], ())}
        tied = {key: _tied_rows(table, now, (kept, told), editions) | rows[key] for key, table in free.items()}
        grown, rows = tied != rows, tied
    fresh = {key: {row for row in numbers if (key, row, 0) not in standing} for key, numbers in rows.items()}
    return {key: numbers for key, numbers in fresh.items() if numbers}


def _stands(table: Table, standing: Collection[Place]) -> bool:
    return all((table.key, number, 0) in standing for number in range(len(table.rows)))


def _telling_rows(table: Table, now: Controlled, editions: Sequence[Edition], telling: Collection[Place]) -> set[int]:
    """Return the rows whose change since any earlier edition tells of few people, or that do so beside another's.

    Of money others say what an earlier edition said.
    """
    earlier = [edition[table.key] for edition in editions if table.key in edition]
    own = (place for place in telling if place[0] == table.key)
    beside = {place[1] for place in own if now.cells[place].unit is Unit.COUNT}
    return _whole(table, now, {row for before in earlier for row in _telling(table, now, before)} | beside)


def _tied_rows(
    table: Table, now: Controlled, kept: tuple[set[Place], set[Name]], editions: Sequence[Edition]
) -> set[int]:
    """Return the rows that changed in a number that is kept elsewhere, or in words that tell of one.

    :param kept: the unknowns that are kept, and the names of their cells.
    """
    unknowns, names = kept
    before = next((edition[table.key] for edition in editions if table.key in edition), None)
    if before is None or not names:
        return set()
    rows = {row.key: row.figures for row in before.rows} if _keys(table) == _keys(before) else {}
    changed = {
        number
        for number, row in enumerate(table.rows)
        for place, figure in enumerate(row.figures)
        if (now.system.unknown.get((table.key, number, place)) in unknowns or not names.isdisjoint(figure.tells))
        and row.key in rows
        and rows[row.key][place].shown not in {figure.shown, SUPPRESSED}
    }
    return _whole(table, now, changed)


def _whole(table: Table, now: Controlled, rows: set[int]) -> set[int]:
    is_whole = rows and (now.sums[table.key] or -1 in rows)
    return set(range(len(table.rows))) if is_whole else rows


def as_before(table: Table, before: Table, rows: Collection[int]) -> Table:
    """Return a table of which some rows, or all, are as they were published."""
    if len(rows) >= len(table.rows) or _keys(table) != _keys(before):
        return before
    kept = {row.key: row for row in before.rows}
    mixed = [kept.get(row.key, row) if number in rows else row for number, row in enumerate(table.rows)]
    return Table(table.key, table.caption, table.head, table.columns, tuple(mixed), table.notes)


def _keys(table: Table) -> list[str]:
    return [column.key for column in table.columns]


def _telling(table: Table, now: Controlled, before: Table) -> Iterator[int]:
    """Return the numbers of rows that tell; -1 for the whole table."""
    if not any(cell.is_people for cell in now.cells.values() if cell.place[0] == table.key):
        return
    if _keys(table) != _keys(before) or (now.sums[table.key] and _lost_hidden(table, before)):
        yield -1
        return
    rows = {row.key: row for row in before.rows}
    figures: dict[Place, Figure | None] = {}
    for number, row in enumerate(table.rows):
        pairs = tuple(_pairs(table, number, now, rows.get(row.key)))
        figures |= {cell.place: figure for cell, figure in pairs}
        is_new = row.key not in rows and not now.sums[table.key]
        if not is_new and any(_tells(_Pair(now, pairs), *pair) for pair in pairs):
            yield number
    if any(_rest_tells(each, now, figures) for each in now.sums[table.key]):
        yield -1


def _lost_hidden(table: Table, before: Table) -> bool:
    """Say whether a row has gone that had something to hide."""
    gone = [row for row in before.rows if row.key not in {each.key for each in table.rows}]
    return any(figure.shown == SUPPRESSED for row in gone for figure in row.figures)


def _pairs(table: Table, number: int, now: Controlled, before: Row | None) -> Iterator[tuple[Cell, Figure | None]]:
    for place in range(len(table.columns)):
        yield now.cells[table.key, number, place], before.figures[place] if before else None


def _tells(pair: _Pair, cell: Cell, before: Figure | None) -> bool:
    """Say whether one cell's change tells; so does that it was hidden, or is now."""
    is_hidden, was_hidden = cell.place in pair.now.hidden, before is not None and before.shown == SUPPRESSED
    if cell.unit is Unit.WORDS and not was_hidden:
        return False
    if is_hidden or was_hidden:
        return is_hidden is not was_hidden
    return cell.is_people and _changed(pair, cell, before)


def _changed(pair: _Pair, cell: Cell, before: Figure | None) -> bool:
    by = abs(pair.shift(cell, before))
    if cell.unit is Unit.SHARE:
        return _share_tells(pair, cell, before)
    if cell.unit is Unit.COUNT and cell.measure is Measure.SUM:
        return 0 < by < FEW.stop
    if not by:
        return False
    return not pair.is_many() or (cell.measure is Measure.SUM and _is_one(cell, by))


def _is_one(cell: Cell, by: Decimal) -> bool:
    """Say whether one record may be nearly all of a difference."""
    return cell.figure.largest is None or cell.figure.largest > MOST_OF_ONE * by


def _share_tells(pair: _Pair, cell: Cell, before: Figure | None) -> bool:
    now, then = out_of(cell.figure.shown), out_of(before.shown) if before else None
    if now and then:
        part, whole = now[0] - then[0], now[1] - then[1]
        return any(abs(by) in FEW for by in (part, whole, whole - part))
    return cell.figure.shown != (before.shown if before else "") and not pair.is_many()


def _rest_tells(each: Sum, now: Controlled, figures: Mapping[Place, Figure | None]) -> bool:
    """Say whether the hidden cells of a sum are seen to change together by few people, or by some amount."""
    shown = [place for place in each if place not in now.hidden]
    moved = {place: _moved(now.cells[place], figures.get(place)) for place in shown}
    if len(shown) == len(each) or not any(by for place, by in moved.items() if now.cells[place].is_people):
        return False
    rest = abs(sum((by * each[place] for place, by in moved.items()), Decimal(0)))
    is_money = any(now.cells[place].unit is Unit.MONEY for place in each)
    return bool(rest) if is_money else 0 < rest < FEW.stop


def _moved(cell: Cell, before: Figure | None) -> Decimal:
    return cell.value - Decimal((before.value if before else None) or 0)
