"""Partners' figures: counts as they gave them, percentages worked out from these, the printed ones beside."""

from tsalert.quarterly.content import Block, Column, Figure, Prose, Row, Section, Table
from tsalert.quarterly.figures.figuring import NOTHING, count, words
from tsalert.quarterly.figures.reading import Material
from tsalert.quarterly.vocabulary import SectionKey, Unit
from tsalert.reports.partners import PartnerRow, PartnerTable

_NONE = Prose("No partner's figures have been entered.")


def partners_section(material: Material) -> Section:
    """Lay out the latest figures of each partner, of a month beside those of a year where it gives both."""
    names = [table.partner.casefold() for table in material.partners]
    blocks: tuple[Block, ...] = tuple(
        _table(table, names[:place].count(names[place])) for place, table in enumerate(material.partners)
    )
    return Section(SectionKey.PARTNERS, blocks or (_NONE,))


def _table(table: PartnerTable, earlier: int) -> Table:
    columns = (
        Column("before", table.before.prose, Unit.COUNT),
        Column("current", table.period.prose, Unit.COUNT),
        Column("change", "Change, worked out from the counts", Unit.WORDS),
        Column("printed", "Change as the partner printed it", Unit.WORDS),
    )
    wrong = sum(row.is_misprinted for row in table.rows)
    sources = dict.fromkeys(row.current.source for row in table.rows if row.current.source)
    notes = [f"Source: {source}" for source in sources]
    if wrong:
        notes.append(f"Printed percentages that the counts do not make: {wrong:,}.")
    return Table(
        f"partner:{table.partner.casefold()}" + (f":{earlier + 1}" if earlier else ""),
        f"{table.partner}: {table.period.prose} and the same time a year before",
        "Category",
        columns,
        tuple(map(_row, table.rows)),
        tuple(notes),
    )


def _row(row: PartnerRow) -> Row:
    figures: tuple[Figure, ...] = (
        count(row.before.number) if row.before else NOTHING,
        count(row.current.number),
        words(row.change.text),
        words(f"{row.printed} (not what the counts make)" if row.is_misprinted else row.printed),
    )
    return Row(row.category, row.category, figures)
