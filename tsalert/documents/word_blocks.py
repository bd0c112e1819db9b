"""The parts of a document as Word holds them."""

from collections.abc import Callable, Sequence
from io import BytesIO
from typing import Any

from docx.enum.text import WD_ALIGN_PARAGRAPH, WD_BREAK
from docx.opc.constants import RELATIONSHIP_TYPE
from docx.oxml.ns import qn
from docx.oxml.parser import OxmlElement
from docx.shared import Mm, Pt

from tsalert.documents.description import (
    Block,
    Facts,
    Heading,
    Image,
    Items,
    Lines,
    Look,
    PageBreak,
    Paragraph,
    Passage,
    Points,
    Signature,
    Span,
    Table,
    weights,
)
from tsalert.documents.pictures import as_png

STYLES = ("Title", "Heading 1", "Heading 2", "Heading 3", "List Bullet", "List Number", "Caption", "Table Grid")
_SIZES = {Look.LEAD: 14, Look.SMALL: 9, Look.DISPLAY: 26}
_CENTRED = (Look.CENTRED, Look.DISPLAY)
_ROOM_TO_SIGN = Mm(18)


def add(file: Any, block: Block) -> None:
    """Add a part at the end of a file."""
    _WRITERS[type(block)](file, block)


def child(parent: Any, name: str) -> Any:
    """Return the element of a name beneath another, made where there is none."""
    found = parent.find(qn(name))
    if found is None:
        found = OxmlElement(name)
        parent.append(found)
    return found


def _heading(file: Any, block: Heading) -> None:
    file.add_paragraph(block.text, style=f"Heading {block.level}")


def _paragraph(file: Any, block: Paragraph) -> None:
    paragraph = file.add_paragraph()
    run = paragraph.add_run(block.text)
    if block.look in _SIZES:
        run.font.size = Pt(_SIZES[block.look])
    if block.look in _CENTRED:
        paragraph.alignment = WD_ALIGN_PARAGRAPH.CENTER


def _lines(file: Any, block: Lines) -> None:
    file.add_paragraph("\n".join(block.lines))


def _items(file: Any, block: Items) -> None:
    _points(file, Points(tuple((Span(item),) for item in block.items), block.is_numbered))


def _passage(file: Any, block: Passage) -> None:
    _say(file.add_paragraph(), block.spans)


def _points(file: Any, block: Points) -> None:
    number = _new_count(file, block.first) if block.is_numbered else None
    for point in block.points:
        paragraph = file.add_paragraph(style="List Number" if block.is_numbered else "List Bullet")
        _say(paragraph, point)
        if number is not None:
            properties = child(paragraph._p.get_or_add_pPr(), "w:numPr")  # noqa: SLF001 -- no other door
            child(properties, "w:ilvl").set(qn("w:val"), "0")
            child(properties, "w:numId").set(qn("w:val"), str(number))


def _say(paragraph: Any, spans: Sequence[Span]) -> None:
    """Add stretches of text at the end of a paragraph."""
    for span in spans:
        run = paragraph.add_run(span.text)
        run.bold, run.italic = span.is_strong or None, span.is_emphasised or None
        if span.address:
            run.underline = True
            link = OxmlElement("w:hyperlink")
            link.set(qn("r:id"), paragraph.part.relate_to(span.address, RELATIONSHIP_TYPE.HYPERLINK, is_external=True))
            run._r.addprevious(link)  # noqa: SLF001 -- the library reads links and writes none
            link.append(run._r)  # noqa: SLF001


def _new_count(file: Any, first: int) -> int | None:
    """Return the number of a list that begins anew, or None where the template counts its own way."""
    style = file.styles["List Number"].element.find(f"{qn('w:pPr')}/{qn('w:numPr')}/{qn('w:numId')}")
    if style is None:
        return None
    numbering = file.part.numbering_part.element
    pattern = numbering.num_having_numId(int(style.get(qn("w:val")))).abstractNumId.val
    number = numbering.add_num(pattern)
    number.add_lvlOverride(ilvl=0).add_startOverride(first)
    return int(number.numId)


def _facts(file: Any, block: Facts) -> None:
    table = file.add_table(rows=0, cols=2, style="Table Grid")
    for name, held in block.pairs:
        cells = table.add_row().cells
        cells[0].paragraphs[0].add_run(name).bold = True
        cells[1].text = held
    _share(table, [1, 2], file)
    _mark(table, first_row=False, first_column=True)
    file.add_paragraph()


def _table(file: Any, block: Table) -> None:
    caption = file.add_paragraph(block.caption, style="Caption")
    caption.paragraph_format.keep_with_next = True
    table = file.add_table(rows=1, cols=len(block.head), style="Table Grid")
    _fill(table.rows[0].cells, block.head, block.numbers)
    for cell in table.rows[0].cells:
        for run in cell.paragraphs[0].runs:
            run.bold = True
    child(table.rows[0]._tr.get_or_add_trPr(), "w:tblHeader").set(qn("w:val"), "true")  # noqa: SLF001 -- no other door
    for row in block.rows:
        added = table.add_row()
        child(added._tr.get_or_add_trPr(), "w:cantSplit").set(qn("w:val"), "false")  # noqa: SLF001 -- no other door
        _fill(added.cells, row, block.numbers)
    _share(table, weights(block), file)
    _mark(table, first_row=True, first_column=False)
    child(table._tbl.tblPr, "w:tblCaption").set(qn("w:val"), block.caption)  # noqa: SLF001 -- no other door
    file.add_paragraph()


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


def _page_break(file: Any, _block: PageBreak) -> None:
    file.add_paragraph().add_run().add_break(WD_BREAK.PAGE)


def _signature(file: Any, block: Signature) -> None:
    paragraph = file.add_paragraph("\n".join(block.lines))
    paragraph.paragraph_format.space_before = _ROOM_TO_SIGN
    paragraph.paragraph_format.keep_together = True


def _image(file: Any, block: Image) -> None:
    picture = file.add_picture(BytesIO(as_png(block)), width=Mm(block.width_mm))
    picture._inline.docPr.set("descr", block.alternative)  # noqa: SLF001 -- no other door


_WRITERS: dict[type[Block], Callable[[Any, Any], None]] = {
    Heading: _heading,
    Paragraph: _paragraph,
    Lines: _lines,
    Items: _items,
    Passage: _passage,
    Points: _points,
    Facts: _facts,
    Table: _table,
    PageBreak: _page_break,
    Signature: _signature,
    Image: _image,
}
