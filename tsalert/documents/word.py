"""A document as a Word file, in the styles of a template that the council can make its own."""

from collections.abc import Iterator
from io import BytesIO
from pathlib import Path
from typing import Any
from zipfile import ZIP_DEFLATED, ZipFile, ZipInfo

import docx
from docx.enum.section import WD_ORIENT
from docx.enum.text import WD_BREAK
from docx.oxml.ns import qn
from docx.oxml.parser import OxmlElement
from docx.shared import Mm

from tsalert.core.errors import Unavailable
from tsalert.documents import word_blocks
from tsalert.documents.cleaning import clean
from tsalert.documents.description import Document, Image, TitleHere, mapped
from tsalert.documents.letting_go import let_go
from tsalert.documents.word_xml import child

_LONG, _SHORT = Mm(297), Mm(210)


def write_word(document: Document, *, template: Path | None = None) -> bytes:
    """Return a document as a Word file.

    :param template: a .docx whose styles, head and margins are taken; what it says is kept at the beginning.
    :raises Unavailable: the template cannot be read, lacks styles, all of which are named, or numbers no list.
    """
    said = mapped(document, clean)
    file = _opened(template)
    _describe(file, said)
    _set_pages(file, said)
    if said.has_title_first:
        file.add_paragraph(said.title, style="Title")
    for block in said.blocks:
        if isinstance(block, TitleHere):
            file.add_paragraph(said.title, style="Title")
        else:
            word_blocks.add(file, block)
        if isinstance(block, Image):
            let_go()
    written = BytesIO()
    file.save(written)
    return _undated(written)


def _undated(written: BytesIO) -> bytes:
    """Pack the parts of a file without the time at which it is done: the same document is the same file."""
    again = BytesIO()
    with ZipFile(written) as parts, ZipFile(again, "w") as packed:
        for name in parts.namelist():
            packed.writestr(ZipInfo(name), parts.read(name), ZIP_DEFLATED)
    return again.getvalue()


def _opened(template: Path | None) -> Any:
    try:
        file = docx.Document(str(template) if template else None)
    except Exception as error:  # the library raises whatever its XML, ZIP and part readers do
        raise Unavailable("The Word template cannot be read. Ask the administrator.") from error
    known = {(style.name, style.type) for style in file.styles}
    lacking = [name for name, kind in word_blocks.STYLES.items() if (name, kind) not in known]
    if lacking:
        raise Unavailable(
            f"The Word template lacks {'these styles' if lacking[1:] else 'the style'}: {', '.join(lacking)}."
        )
    if not word_blocks.counts(file):
        raise Unavailable(
            "The Word template's style List Number has lost its numbering. Give it one, and save it again."
        )
    return file


def _describe(file: Any, said: Document) -> None:
    properties = file.core_properties
    properties.title, properties.author, properties.last_modified_by = said.title[:255], said.author[:255], ""
    properties.language = said.language
    properties.created = properties.modified = said.made_at
    properties.comments = ""
    defaults = file.styles.element.find(f"{qn('w:docDefaults')}/{qn('w:rPrDefault')}/{qn('w:rPr')}")
    if defaults is not None:
        child(defaults, "w:lang").set(qn("w:val"), said.language)


def _set_pages(file: Any, said: Document) -> None:
    for section in file.sections:
        if said.is_landscape:
            section.orientation, section.page_width, section.page_height = WD_ORIENT.LANDSCAPE, _LONG, _SHORT
        else:
            section.orientation, section.page_width, section.page_height = WD_ORIENT.PORTRAIT, _SHORT, _LONG
    for footer in _footers(file, said):
        _add_foot(footer, said.footer)


def _footers(file: Any, said: Document) -> Iterator[Any]:
    """Yield what stands at the foot of pages; the foot of a first page stays the template's own if only pages count."""
    section = file.sections[-1]
    yield section.footer
    if file.settings.odd_and_even_pages_header_footer:
        yield section.even_page_footer
    if section.different_first_page_header_footer and said.footer:
        yield section.first_page_footer


def _add_foot(footer: Any, text: str) -> None:
    """Add a text and the number of the page beneath what a template has there."""
    foot = footer.paragraphs[-1] if footer.paragraphs else footer.add_paragraph()
    if foot.text.strip():
        foot.add_run().add_break(WD_BREAK.LINE)
    foot.add_run(f"{text}  Page " if text else "Page ")
    _field(foot, "PAGE")
    foot.add_run(" of ")
    _field(foot, "NUMPAGES")


def _field(paragraph: Any, name: str) -> None:
    """Add a number that Word works out itself."""
    field = OxmlElement("w:fldSimple")
    field.set(qn("w:instr"), name)
    run = OxmlElement("w:r")
    child(run, "w:t").text = "1"
    field.append(run)
    paragraph._p.append(field)  # noqa: SLF001 -- fields have no door of their own in the library
