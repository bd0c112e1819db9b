"""Saying beneath a table that what stands in it, each figure rounded by itself, does not add up to its totals. Pure."""

from collections.abc import Iterable
from decimal import Decimal

from msgspec.structs import replace

from tsalert.quarterly.content import Figure, Section, Table
from tsalert.quarterly.vocabulary import Unit
from tsalert.savings.figures.table import ROUNDING_NOTE


def with_rounding_notes(section: Section) -> Section:
    """Return a section of which every table that does not add up as shown says so."""
    blocks = (_noted(block) if isinstance(block, Table) else block for block in section.blocks)
    return replace(section, blocks=tuple(blocks))


def _noted(table: Table) -> Table:
    if ROUNDING_NOTE in table.notes or (_rows_add_up(table) and _columns_add_up(table)):
        return table
    return replace(table, notes=(*table.notes, ROUNDING_NOTE))


def _rows_add_up(table: Table) -> bool:
    """Tell whether each total at the end of a row is the sum of the money before it."""
    money = [place for place, column in enumerate(table.columns) if column.unit is Unit.MONEY]
    parts = [place for place in money if not table.columns[place].is_total]
    wholes = [place for place in money if table.columns[place].is_total]
    return all(
        _adds_up((row.figures[part] for part in parts), row.figures[whole]) for row in table.rows for whole in wholes
    )


def _columns_add_up(table: Table) -> bool:
    """Tell whether each total at the foot of a column is the sum of the money above it."""
    parts, wholes = ([row for row in table.rows if row.is_total is is_total] for is_total in (False, True))
    return all(
        _adds_up((row.figures[place] for row in parts), whole.figures[place])
        for place, column in enumerate(table.columns)
        if column.unit is Unit.MONEY
        for whole in wholes
    )


def _adds_up(parts: Iterable[Figure], whole: Figure) -> bool:
    """Compare what people read; where there is no figure there is nothing to add up."""
    return whole.value is None or sum(map(_read, parts), Decimal(0)) == _read(whole)


def _read(figure: Figure) -> Decimal:
    return Decimal(figure.shown.replace("£", "").replace(",", "")) if figure.value is not None else Decimal(0)
