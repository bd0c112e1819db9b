"""Tables as Word holds them: captioned, with heads that are heard as such."""

from collections.abc import Sequence
from typing import Any

from docx.enum.text import WD_ALIGN_PARAGRAPH
from docx.oxml.ns import qn
from docx.shared import Pt

from tsalert.documents.description import Facts, FigureTable, Table, weights
from tsalert.documents.word_xml import child

_SMALL = Pt(9)


def add_facts(file: Any, block: Facts) -> None:
    """Add names with what each of them holds."""
    table = file.add_table(rows=0, cols=2, style="Table Grid")
    for name, held in block.pairs:
        cells = table.add_row().cells
        cells[0].paragraphs[0].add_run(name).bold = True
        cells[1].text = held
    _share(table, [1, 2], file)
    _mark(table, first_row=False, first_column=True)
    file.add_paragraph()


def add_table(file: Any, block: Table) -> None:
    """Add a table under its caption."""
    _add(file, block, has_row_heads=False)
    file.add_paragraph()


def add_figures(file: Any, block: FigureTable) -> None:
    """Add a table of figures, with its notes."""
    table = _add(file, block, has_row_heads=True)
    for number, row in enumerate(table.rows[1:]):
        for cell in row.cells if number in block.totals else row.cells[:1]:
            _embolden(cell)
    for note in block.notes:
        file.add_paragraph().add_run(note).font.size = _SMALL
    file.add_paragraph()


def _add(file: Any, block: Table, *, has_row_heads: bool) -> Any:
    caption = file.add_paragraph(block.caption, style="Caption")
    caption.paragraph_format.keep_with_next = True
    table = file.add_table(rows=1 + len(block.rows), cols=len(block.head), style="Table Grid")
    # Cells are asked for once: the library reads the whole table again each time.
    rows = [row.cells for row in table.rows]
    _fill(rows[0], block.head, block.numbers)
    for cell in rows[0]:
        _embolden(cell)
    for cells, texts in zip(rows[1:], block.rows, strict=True):
        _fill(cells, texts, block.numbers)
    for row in table.rows:
        child(row._tr.get_or_add_trPr(), "w:cantSplit").set(qn("w:val"), "false")  # noqa: SLF001 -- no other door
    child(table.rows[0]._tr.get_or_add_trPr(), "w:tblHeader").set(qn("w:val"), "true")  # noqa: SLF001
    _share(table, weights(block), file)
    _mark(table, first_row=True, first_column=has_row_heads)
    child(table._tbl.tblPr, "w:tblCaption").set(qn("w:val"), block.caption)  # noqa: SLF001 -- no other door
    return table


def _embolden(cell: Any) -> None:
    for run in cell.paragraphs[0].runs:
        run.bold = True


def _fill(cells: Sequence[Any], texts: Sequence[str], numbers: Sequence[int]) -> None:
    for place, (cell, text) in enumerate(zip(cells, texts, strict=True)):
        cell.text = text
        if place in numbers:
            cell.paragraphs[0].alignment = WD_ALIGN_PARAGRAPH.RIGHT


def _share(table: Any, shares: Sequence[int], file: Any) -> None:
    """Give each column its part of the page."""
    section = file.sections[-1]
    room = section.page_width - section.left_margin - section.right_margin
    table.autofit = False
    for column, share in zip(table.columns, shares, strict=True):
        column.width = room * share // sum(shares)
        for cell in column.cells:
            cell.width = column.width


def _mark(table: Any, *, first_row: bool, first_column: bool) -> None:
    """Say which cells are heads, for those who hear the table."""
    look = child(table._tbl.tblPr, "w:tblLook")  # noqa: SLF001 -- no other door
    look.set(qn("w:firstRow"), str(int(first_row)))
    look.set(qn("w:firstColumn"), str(int(first_column)))
    look.set(qn("w:val"), f"{0x0020 * first_row + 0x0080 * first_column + 0x0600:04X}")
