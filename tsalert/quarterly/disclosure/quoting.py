"""What a report says of other quarters than its own, held against what was published of them. Pure.

Last quarter's report stays readable beside this one: a count that is 235 here and 233 there tells of two who came late.
Such a figure is quoted as it was published, and what was hidden there is hidden here.
"""

from collections.abc import Iterator, Mapping, Sequence
from datetime import timedelta
from decimal import Decimal
from itertools import islice, product

from msgspec import Struct, field
from msgspec.structs import replace

from tsalert.core.periods import Period, quarter_of
from tsalert.quarterly.content import SUPPRESSED, Figure, Row, Section, Table
from tsalert.quarterly.disclosure.adding import years_of
from tsalert.quarterly.disclosure.cells import Cell, Measure, Place, cells_of, tables_of
from tsalert.quarterly.disclosure.sensitive import FEW
from tsalert.quarterly.vocabulary import Kind, SectionKey, Unit

Tables = list[tuple[SectionKey, Table]]
# What is told, and of which quarter.
Told = tuple[str, str, str]
# What rounding each of four quarters to the pound can cost.
_ROUNDED = 4


class Published(Struct, frozen=True):
    """The public edition of another quarter."""

    quarter: Period
    sections: Sequence[Section]


class Quoted(Struct, frozen=True):
    """Tables with what others published.

    :param places: the cells that stand as others have them.
    :param hidden: the cells that others hid.
    :param years: sums of four quarters from which one of these could be worked out.
    :param telling: cells of the report's own quarter that differ by few from what others say of it.
    """

    tables: Tables
    places: set[Place] = field(default_factory=set)
    hidden: set[Place] = field(default_factory=set)
    years: set[Place] = field(default_factory=set)
    telling: set[Place] = field(default_factory=set)


def quoted(tables: Tables, quarter: Period, others: Sequence[Published]) -> Quoted:
    """Return tables in which what is told of other quarters fits what was published of them.

    :param others: public editions of other quarters, the one that was published last first.
    """
    said = [dict(_statements(other.quarter, list(tables_of(other.sections)))) for other in others]
    cells = {cell.place: cell for section, table in tables for cell in cells_of(section, table)}
    found = Quoted([])
    for section, table in tables:
        found.tables.append((section, _table(table, quarter, said, cells, found)))
    found.years.update(_years(tables, quarter, said, cells, found.places | found.hidden))
    return found


def carried(told: Quoted, before: Tables, after: Tables) -> Quoted:
    """Return the same places in tables that took the place of others; what has no place there is told no more."""
    named = {name: place for _, table in after for place, name in _names(table)}
    moved = {place: named[name] for _, table in before for place, name in _names(table) if name in named}

    def along(places: set[Place]) -> set[Place]:
        return {moved[place] for place in places if place in moved}

    return Quoted(after, along(told.places), along(told.hidden), along(told.years), along(told.telling))


def _names(table: Table) -> Iterator[tuple[Place, tuple[str, str, str]]]:
    for number, row in enumerate(table.rows):
        for place, column in enumerate(table.columns):
            yield (table.key, number, place), (table.key, row.key, column.key)


def _statements(quarter: Period, tables: Tables) -> Iterator[tuple[Told, Figure]]:
    for _, table in tables:
        for row in table.rows:
            for place, told in _told(table, row, quarter).items():
                yield told, row.figures[place]


def _told(table: Table, row: Row, quarter: Period) -> dict[int, Told]:
    """Return of which quarter each cell of a row tells, under a name that every report has for it."""
    keys = [column.key for column in table.columns]
    if table.key.startswith("glance"):
        of = _beside(quarter)
        return {place: (table.key, row.key, of[key].label) for place, key in enumerate(keys) if key in of}
    if row.key == row.title and any(row.key == each.label for each in _around(quarter)):
        return {place: (table.key, key, row.key) for place, key in enumerate(keys)}
    return {}


def _beside(quarter: Period) -> dict[str, Period]:
    around = list(_around(quarter))
    return {"current": around[0], "before": around[1], "last_year": around[4]}


def _around(quarter: Period) -> Iterator[Period]:
    """Return a quarter and those before it that its report shows, the latest first."""
    for _ in range(8):
        yield quarter
        quarter = quarter_of(quarter.first_day - timedelta(days=1))


def _table(
    table: Table,
    quarter: Period,
    said: Sequence[Mapping[Told, Figure]],
    cells: Mapping[Place, Cell],
    found: Quoted,
) -> Table:
    rows = list(table.rows)
    for number, row in enumerate(rows):
        told = _told(table, row, quarter)
        then = {place: ever for place, each in told.items() if (ever := [one[each] for one in said if each in one])}
        differing = {place for place in then if _tells(cells[table.key, number, place], then[place])}
        own = {place for place in then if told[place][2] == quarter.label}
        found.telling.update((table.key, number, place) for place in differing & own)
        others = set(then) - own
        found.hidden.update((table.key, number, place) for place in others if then[place][0].shown == SUPPRESSED)
        changed = differing & others
        if changed and not table.key.startswith("glance"):
            changed = others  # what stands beside each other may add up
        found.places.update((table.key, number, place) for place in changed)
        now = (then[place][0] if place in changed else each for place, each in enumerate(row.figures))
        rows[number] = replace(row, figures=tuple(now)) if changed else row
    found.hidden.difference_update(found.places)
    return table if tuple(rows) == table.rows else replace(table, rows=tuple(rows))


def _tells(cell: Cell, then: Sequence[Figure]) -> bool:
    """Say whether a figure of people differs by few from anything that was published of its quarter."""
    return cell.is_people and then[0].shown != SUPPRESSED and any(_differs(cell, each) for each in then)


def _differs(cell: Cell, then: Figure) -> bool:
    if then.shown in {SUPPRESSED, cell.figure.shown}:
        return False
    if cell.unit is not Unit.COUNT or cell.measure is not Measure.SUM or then.value is None:
        return True  # it is not known how many people made a difference of money or of a share
    return abs(cell.value - Decimal(then.value)) < FEW.stop


def _years(
    tables: Tables, quarter: Period, said: Sequence[Mapping[Told, Figure]], cells: Mapping[Place, Cell], old: set[Place]
) -> Iterator[Place]:
    """Return sums of four quarters that are newer than a quarter of theirs, or that tell of one beside its report."""
    for _, table in tables:
        kinds = [column.kind for column in table.columns]
        for number, row in enumerate(table.rows if Kind.YEAR in kinds else ()):
            year = (table.key, number, kinds.index(Kind.YEAR))
            quarters = {(table.key, number, place) for place, kind in enumerate(kinds) if kind is Kind.QUARTER}
            runs = [set(each) for each in years_of(year, cells)]
            is_newer = any(not old.isdisjoint(each) for each in (quarters, *runs))
            if cells[year].is_people and (is_newer or _leaves_one(cells[year], _rest(table, row, quarter), said)):
                yield year


def _rest(table: Table, row: Row, quarter: Period) -> tuple[Decimal, list[Told]]:
    """Return what a row says of its own quarter, and where the other three quarters of its year stand elsewhere."""
    own = [place for place, told in _told(table, row, quarter).items() if told[2] == quarter.label]
    others = [(table.key, row.key, each.label) for each in islice(_around(quarter), 1, 4)]
    return sum((Decimal(row.figures[place].value or 0) for place in own), Decimal(0)), others


def _leaves_one(year: Cell, rest: tuple[Decimal, list[Told]], said: Sequence[Mapping[Told, Figure]]) -> bool:
    """Say whether four quarters together, less what their own reports say, leave what one hid or the few who came."""
    own, others = rest
    then = [[one[each] for one in said if each in one] for each in others]
    if any(figure.shown == SUPPRESSED for ever in then for figure in ever):
        return True
    if not year.adds_up or not all(then):
        return False
    newest, *before = (
        abs(year.value - own - sum(Decimal(figure.value or 0) for figure in each)) for each in product(*then)
    )
    if year.unit is Unit.MONEY:
        return newest > _ROUNDED
    return newest != 0 and any(0 < left < FEW.stop for left in (newest, *before))
