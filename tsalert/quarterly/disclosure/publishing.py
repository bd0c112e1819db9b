"""Makes the public edition of a report from the board's: what stands in it tells of no single person. Pure."""

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence

from msgspec import Struct
from msgspec.structs import replace

from tsalert.core.periods import Period
from tsalert.quarterly.content import Block, Chart, Row, Section, Table
from tsalert.quarterly.disclosure.cells import Place, tables_of
from tsalert.quarterly.disclosure.controlling import Controlled, Tables, control, hidden_before
from tsalert.quarterly.disclosure.holding import as_before, rows_to_hold
from tsalert.quarterly.disclosure.merging import merge
from tsalert.quarterly.disclosure.quoting import Published, Quoted, carried, quoted
from tsalert.quarterly.disclosure.wording import chart_of, notes_of, numbers_in, without

Edition = Mapping[str, Table]
# A number of so many signs may be another number in another table.
_SHORT = 3


class _Public(Struct, frozen=True):
    """Tables as the board and as the public reads them, and by table the numbers that nobody else may read."""

    board: Mapping[str, Table]
    tables: Mapping[str, Table]
    telling: Mapping[str, frozenset[str]]


def for_public(
    sections: Sequence[Section],
    earlier: Sequence[Sequence[Section]] = (),
    quarter: Period | None = None,
    others: Sequence[Published] = (),
) -> tuple[Section, ...]:
    """Return the public edition of a report's sections.

    :param sections: those of the board edition.
    :param earlier: those of each public edition of the same quarter that was published before, the newest first.
    :param quarter: the quarter of the report, where there are others.
    :param others: public editions of other quarters, the one that was published last first.
    """
    editions = [{table.key: table for _, table in tables_of(edition)} for edition in earlier]
    kept = [kept for section in sections if (kept := section.for_everybody()) is not None]
    public = _public(kept, editions, lambda tables: quoted(tables, quarter, others) if quarter else Quoted(tables))
    made = [replace(section, blocks=tuple(_blocks(section.blocks, public))) for section in kept]
    return tuple(section for section, before in zip(made, kept, strict=True) if section.blocks or not before.blocks)


def _public(sections: Sequence[Section], editions: Sequence[Edition], quote: Callable[[Tables], Quoted]) -> _Public:
    before = list(tables_of(sections))
    merged: Tables = [(section, merge(section, table, _rows(table.key, editions))) for section, table in before]
    held, now = _settled(quote(merged), editions)
    shown = {table.key: _shown(table, now.hidden) for _, table in held}
    kept = {table.key for (_, table), (_, made) in zip(merged, held, strict=True) if table is not made}
    lost = {table.key: _lost(table, shown[table.key]) for _, table in before}
    everywhere = {number for numbers in lost.values() for number in numbers if len(number) > _SHORT}
    telling = {key: frozenset(numbers | everywhere) for key, numbers in lost.items()}
    made = {
        key: replace(table, notes=notes_of(table, telling[key], is_held=key in kept)) for key, table in shown.items()
    }
    return _Public({table.key: table for _, table in before}, made, telling)


def _settled(told: Quoted, editions: Sequence[Edition]) -> tuple[Tables, Controlled]:
    """Return the tables, some as they were published before, once no further one has to be."""
    # What was never published cannot stand as it was.
    fresh = {place for place in told.telling if _row(told.tables, place).key not in _rows(place[0], editions)}
    told = replace(told, hidden=told.hidden | fresh, telling=told.telling - fresh)
    standing, held = set(told.places), told.tables
    while True:
        now = control(held, standing, hidden_before(held, editions), told)
        rows = rows_to_hold([table for _, table in held], now, standing, editions, told.telling)
        if not rows:
            return held, now
        made = [(section, _kept(table, rows.get(table.key, set()), editions)) for section, table in held]
        told, held = carried(told, held, made), made
        still = {place for place in standing if place[0] not in rows}
        standing = still | _standing(held, rows, standing, editions) | told.places


def _row(tables: Tables, place: Place) -> Row:
    return next(table.rows[place[1]] for _, table in tables if table.key == place[0])


def _kept(table: Table, rows: Collection[int], editions: Sequence[Edition]) -> Table:
    before = next((edition[table.key] for edition in editions if table.key in edition), None)
    return as_before(table, before, rows) if before and rows else table


def _standing(
    tables: Tables, rows: Mapping[str, set[int]], standing: Collection[Place], editions: Sequence[Edition]
) -> set[Place]:
    """Return the cells of rows that are held, with those of their tables that were held already."""
    found: set[Place] = set()
    for _, table in tables:
        numbers = rows.get(table.key, set()) | {row for key, row, _ in standing if key == table.key}
        whole = any(table is edition.get(table.key) for edition in editions)
        for number in range(len(table.rows)):
            if table.key in rows and (whole or number in numbers):
                found |= {(table.key, number, place) for place in range(len(table.columns))}
    return found


def _rows(key: str, editions: Sequence[Edition]) -> set[str]:
    """Return the keys of the rows that earlier editions of a table had."""
    return {row.key for edition in editions if key in edition for row in edition[key].rows}


def _shown(table: Table, hidden: Collection[Place]) -> Table:
    """Return a table as the public reads it, but for its notes."""
    rows = [
        replace(
            row,
            figures=tuple(
                without(figure, is_hidden=(table.key, number, place) in hidden)
                for place, figure in enumerate(row.figures)
            ),
        )
        for number, row in enumerate(table.rows)
    ]
    return replace(table, rows=tuple(rows))


def _lost(before: Table, after: Table) -> set[str]:
    """Return the numbers that the board reads in a table and the public does not."""
    told, left = (set().union(*map(numbers_in, _figures(table))) for table in (before, after))
    return told - left


def _figures(table: Table) -> list[str]:
    return [figure.shown for row in table.rows for figure in row.figures]


def _blocks(blocks: Iterable[Block], public: _Public) -> Iterable[Block]:
    """Return the blocks of a section as the public reads them."""
    for block in blocks:
        if isinstance(block, Table):
            yield public.tables[block.key]
        elif not isinstance(block, Chart):
            yield block
        elif chart := _chart(block, public):
            yield chart


def _chart(chart: Chart, public: _Public) -> Chart | None:
    before, after = public.board.get(chart.table), public.tables.get(chart.table)
    return chart_of(chart, before, after, public.telling[chart.table]) if before and after else None
