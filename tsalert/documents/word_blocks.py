"""The parts of a document as Word holds them."""

from collections.abc import Callable, Sequence
from io import BytesIO
from typing import Any

from docx.enum.section import WD_ORIENT, WD_SECTION
from docx.enum.style import WD_STYLE_TYPE
from docx.enum.text import WD_ALIGN_PARAGRAPH, WD_BREAK
from docx.opc.constants import RELATIONSHIP_TYPE
from docx.oxml.ns import qn
from docx.shared import Mm, Pt

from tsalert.documents.description import (
    Block,
    Contents,
    Drawing,
    Facts,
    FigureTable,
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
    Turn,
)
from tsalert.documents.pictures import as_png
from tsalert.documents.word_tables import add_facts, add_figures, add_table
from tsalert.documents.word_xml import child, lead, mark

_COUNTED = "List Number"
_OF_TEXT = ("Title", "Heading 1", "Heading 2", "Heading 3", "List Bullet", _COUNTED, "Caption")
# Every style that a file needs, with what Word lets it be put on.
STYLES = dict.fromkeys(_OF_TEXT, WD_STYLE_TYPE.PARAGRAPH) | {"Table Grid": WD_STYLE_TYPE.TABLE}
_SIZES = {Look.LEAD: 14, Look.SMALL: 9, Look.DISPLAY: 26}
_CENTRED = (Look.CENTRED, Look.DISPLAY)
_ROOM_TO_SIGN = Mm(18)


def add(file: Any, block: Block) -> None:
    """Add a part at the end of a file."""
    _WRITERS[type(block)](file, block)


def _heading(file: Any, block: Heading) -> None:
    paragraph = file.add_paragraph(block.text, style=f"Heading {block.level}")
    if block.level == 1:
        number = len(file.element.xpath("//w:bookmarkStart")) + 1
        mark(paragraph, _named(number), number)


def _named(number: int) -> str:
    """Return how the mark on a heading of the first level is called."""
    return f"section_{number}"


def _contents(file: Any, block: Contents) -> None:
    file.add_paragraph().add_run(block.title).bold = True
    for number, entry in enumerate(block.entries, start=1):
        paragraph = file.add_paragraph()
        lead(paragraph.add_run(entry), anchor=_named(number))


def _turn(file: Any, block: Turn) -> None:
    if len(file.element.body) > 1:
        file.add_section(WD_SECTION.NEW_PAGE)
    section = file.sections[-1]
    sides = sorted((section.page_width, section.page_height), reverse=block.is_landscape)
    section.page_width, section.page_height = sides
    section.orientation = WD_ORIENT.LANDSCAPE if block.is_landscape else WD_ORIENT.PORTRAIT


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
        paragraph = file.add_paragraph(style=_COUNTED if block.is_numbered else "List Bullet")
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
            lead(run, id=paragraph.part.relate_to(span.address, RELATIONSHIP_TYPE.HYPERLINK, is_external=True))


def counts(file: Any) -> bool:
    """Tell whether numbered lists have what their style says that they count by, where it says so itself."""
    number = _counted_by(file)
    try:
        return number is None or file.part.numbering_part.element.num_having_numId(number) is not None
    except (KeyError, NotImplementedError):  # the file has no such count, or none at all
        return False


def _counted_by(file: Any) -> int | None:
    """Return the number of the count that numbered lists go by, or None where the template counts its own way."""
    found = file.styles[_COUNTED].element.find(f"{qn('w:pPr')}/{qn('w:numPr')}/{qn('w:numId')}")
    return None if found is None else int(found.get(qn("w:val")))


def _new_count(file: Any, first: int) -> int | None:
    """Return the number of a list that begins anew, or None where the template counts its own way."""
    counted_by = _counted_by(file)
    if counted_by is None:
        return None
    numbering = file.part.numbering_part.element
    pattern = numbering.num_having_numId(counted_by).abstractNumId.val
    number = numbering.add_num(pattern)
    number.add_lvlOverride(ilvl=0).add_startOverride(first)
    return int(number.numId)


def _page_break(file: Any, _block: PageBreak) -> None:
    file.add_paragraph().add_run().add_break(WD_BREAK.PAGE)


def _signature(file: Any, block: Signature) -> None:
    paragraph = file.add_paragraph("\n".join(block.lines))
    paragraph.paragraph_format.space_before = _ROOM_TO_SIGN
    paragraph.paragraph_format.keep_together = True


def _image(file: Any, block: Image) -> None:
    picture = file.add_picture(BytesIO(as_png(block)), width=Mm(block.width_mm))
    picture._inline.docPr.set("descr", block.alternative)  # noqa: SLF001 -- no other door


def _drawing(file: Any, block: Drawing) -> None:
    file.add_paragraph(block.caption, style="Caption").paragraph_format.keep_with_next = True
    _image(file, block)


_WRITERS: dict[type[Block], Callable[[Any, Any], None]] = {
    Heading: _heading,
    Paragraph: _paragraph,
    Lines: _lines,
    Items: _items,
    Passage: _passage,
    Points: _points,
    Facts: add_facts,
    Table: add_table,
    FigureTable: add_figures,
    Contents: _contents,
    Turn: _turn,
    PageBreak: _page_break,
    Signature: _signature,
    Image: _image,
    Drawing: _drawing,
}
