"""Which published cells a revision restates: each with what was shown before and what is shown now. Pure.

Both sides are cells of one edition, so that nothing stands here which was not published in it, or is not about to be.
"""

from collections.abc import Iterator, Sequence

from msgspec import Struct

from tsalert.quarterly.content import AS_OF, Column, Figure, Row, Table
from tsalert.quarterly.vocabulary import Unit

KEY = "restated_cells"
_ABSENT = "Not shown"
_COLUMNS = tuple(
    Column(key, title, Unit.WORDS)
    for key, title in (("row", "Row"), ("column", "Column"), ("before", "Was"), ("now", "Is"))
)
_Cell = tuple[str, str, str]


class Restated(Struct, frozen=True):
    """A cell that is shown otherwise than it was; None where it was not, or is no longer, shown at all."""

    table: str
    row: str
    column: str
    titles: tuple[str, str, str]
    before: str | None
    now: str | None


class _Shown(Struct, frozen=True):
    text: str
    titles: tuple[str, str, str]


def restated(old: Sequence[Table], new: Sequence[Table]) -> tuple[Restated, ...]:
    """Return each cell that differs, in the order of the new tables, then what is gone from the old ones."""
    before, now = dict(_cells(old)), dict(_cells(new))
    places = [*now, *(place for place in before if place not in now)]
    return tuple(_told(place, before.get(place), now.get(place)) for place in places if _differs(place, before, now))


def table_of(cells: Sequence[Restated], revision: int) -> Table:
    """Write restated cells as a table of the annex on revisions.

    :param revision: the published one that they are compared with.
    """
    rows = tuple(_row(number, cell) for number, cell in enumerate(cells, 1))
    notes = () if rows else ("No published figure is restated.",)
    return Table(KEY, f"Figures restated since revision {revision}", "Table", _COLUMNS, rows, notes)


def _row(number: int, cell: Restated) -> Row:
    table, row, column = cell.titles
    shown = (row, column, cell.before or _ABSENT, cell.now or _ABSENT)
    return Row(str(number), table, tuple(Figure(each) for each in shown))


def _differs(place: _Cell, before: dict[_Cell, _Shown], now: dict[_Cell, _Shown]) -> bool:
    return place not in before or place not in now or before[place].text != now[place].text


def _told(place: _Cell, before: _Shown | None, now: _Shown | None) -> Restated:
    titles = (now or before or _Shown("", ("", "", ""))).titles
    return Restated(*place, titles, before.text if before else None, now.text if now else None)


def _cells(tables: Sequence[Table]) -> Iterator[tuple[_Cell, _Shown]]:
    """Give every cell under the keys of its table, row and column, which stay the same for ever."""
    for table in tables:
        if table.key == KEY:
            continue
        for row in table.rows:
            for column, figure in zip(table.columns, row.figures, strict=True):
                if column.key == AS_OF:
                    continue
                titles = (table.caption, row.title, column.title)
                yield (table.key, row.key, column.key), _Shown(figure.shown, titles)
