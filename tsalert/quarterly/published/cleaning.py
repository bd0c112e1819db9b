"""What of a public edition leaves the house: nothing exempt, and of a figure only what people read of it. Pure.

The disclosure control has taken out what the public may not know; this holds even where it was not asked to.
"""

from collections.abc import Iterable
from dataclasses import replace

from tsalert.quarterly.content import SUPPRESSED, Block, Figure, Report, Row, Section, Table


def as_published(report: Report) -> Report:
    """Return a report without what is exempt, and without what stands behind its figures for machines alone."""
    return replace(report, sections=tuple(_section(each) for each in report.sections if not each.is_exempt))


def _section(section: Section) -> Section:
    return replace(section, blocks=tuple(_blocks(section.blocks)))


def _blocks(blocks: Iterable[Block]) -> Iterable[Block]:
    for block in blocks:
        if not block.is_exempt:
            yield _table(block) if isinstance(block, Table) else block


def _table(table: Table) -> Table:
    return replace(table, rows=tuple(map(_row, table.rows)), merges=())


def _row(row: Row) -> Row:
    return replace(row, figures=tuple(map(_figure, row.figures)))


def _figure(figure: Figure) -> Figure:
    return Figure(figure.shown, None if figure.shown == SUPPRESSED else figure.value)
