"""Word files open in the council's own styles and hold the same as the PDF."""

from io import BytesIO
from pathlib import Path
from typing import Any
from xml.etree import ElementTree as ET
from zipfile import ZipFile

import docx
import pytest
from docx.enum.section import WD_ORIENT
from docx.enum.text import WD_ALIGN_PARAGRAPH
from docx.oxml.ns import qn
from docx.shared import Mm
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.documents.examples import LINK, MADE, document, everything
from tests.documents.reading import words
from tsalert.core.errors import Unavailable
from tsalert.documents.description import Items, Lines, Look, Paragraph, Table, TitleHere
from tsalert.documents.pdf import write_pdf
from tsalert.documents.word import write_word


def read(content: bytes) -> Any:
    return docx.Document(BytesIO(content))


def test_headings_lists_and_tables_have_the_styles_that_word_knows() -> None:
    file = read(write_word(everything()))
    styles = [(paragraph.style.name, paragraph.text) for paragraph in file.paragraphs]
    assert styles[0] == ("Title", "Case D26-00031-U")
    for expected in [("Heading 1", "Facts"), ("Heading 2", "In short"), ("List Bullet", "one"), ("Caption", "Money")]:
        assert expected in styles
    assert [cell.text for cell in file.tables[1].rows[1].cells] == ["2 June", "Paid in cash", "£1,600.00"]


def test_one_document_is_one_file_whenever_it_is_written() -> None:
    content = write_word(everything())
    parts = ZipFile(BytesIO(content)).infolist()
    assert {part.date_time for part in parts} == {(1980, 1, 1, 0, 0, 0)}, "no part says when it was packed"
    assert parts[0].filename == "[Content_Types].xml"
    assert content == write_word(everything())


def test_a_screen_reader_finds_title_language_and_the_heads_of_tables() -> None:
    content = write_word(everything())
    file = read(content)
    properties = file.core_properties
    assert (properties.title, properties.author, properties.language) == (
        "Case D26-00031-U",
        "Testshire Trading Standards",
        "en-GB",
    )
    assert properties.created == MADE
    head = file.tables[1].rows[0]._tr.trPr.find(qn("w:tblHeader"))
    assert head is not None
    assert file.tables[1]._tbl.tblPr.find(qn("w:tblCaption")).get(qn("w:val")) == "Money"
    styles = ZipFile(BytesIO(content)).read("word/styles.xml").decode()
    assert 'w:lang w:val="en-GB"' in styles


def test_running_text_keeps_its_bold_words_its_links_and_the_count_of_its_points() -> None:
    file = read(write_word(everything()))
    said = next(paragraph for paragraph in file.paragraphs if paragraph.text == "As ever it says here.")
    assert [run.text for run in said.runs if run.bold] == ["ever"]
    assert [(link.text, link.address) for link in said.hyperlinks] == [("here", LINK)]
    assert said.hyperlinks[0].runs[0].italic
    point = next(paragraph for paragraph in file.paragraphs if paragraph.text == "counted on")
    number = file.part.numbering_part.element.num_having_numId(point._p.pPr.numPr.numId.val)
    assert number.lvlOverride_lst[0].startOverride.val == 7


def test_a_picture_is_heard_by_its_words() -> None:
    file = read(write_word(everything()))
    assert file.inline_shapes[0]._inline.docPr.get("descr") == "A black circle"


def test_a_page_turns_for_a_wide_table_whose_totals_stand_out() -> None:
    file = read(write_word(everything()))
    assert [section.orientation for section in file.sections] == [
        WD_ORIENT.PORTRAIT,
        WD_ORIENT.LANDSCAPE,
        WD_ORIENT.PORTRAIT,
    ]
    figures = file.tables[2]
    assert figures._tbl.tblPr.find(qn("w:tblLook")).get(qn("w:firstColumn")) == "1"
    bold = [[bool(cell.paragraphs[0].runs[0].bold) for cell in row.cells] for row in figures.rows]
    assert bold == [[True, True], [True, False], [True, True]]
    assert "By hand." in [paragraph.text for paragraph in file.paragraphs]


def test_the_contents_lead_to_the_headings_they_name() -> None:
    file = read(write_word(everything()))
    links = [link for paragraph in file.paragraphs for link in paragraph.hyperlinks if link.fragment]
    heading = next(each for each in file.paragraphs if each.style.name == "Heading 1")
    assert [(link.text, link.fragment) for link in links] == [(heading.text, "section_1")]
    assert heading._p.find(qn("w:bookmarkStart")).get(qn("w:name")) == "section_1"


def test_the_title_of_a_letter_stands_below_the_address() -> None:
    letter = document(Lines(("The Occupier",)), TitleHere(), Paragraph("Dear reader,"))
    texts = [(each.style.name, each.text) for each in read(write_word(letter)).paragraphs]
    assert texts[:2] == [("Normal", "The Occupier"), ("Title", "Case D26-00031-U")]
    assert words(write_pdf(letter)).index("The Occupier") < words(write_pdf(letter)).index("Case D26-00031-U")


def test_a_second_list_counts_from_one() -> None:
    file = read(write_word(everything()))
    counts = [
        paragraph._p.pPr.numPr.numId.val for paragraph in file.paragraphs if paragraph.style.name == "List Number"
    ]
    assert counts[0] == counts[1] != counts[2]


def test_a_board_report_may_lie_on_its_side() -> None:
    section = read(write_word(everything(is_landscape=True))).sections[0]
    assert section.orientation == WD_ORIENT.LANDSCAPE
    assert section.page_width > section.page_height


def test_a_large_name_stands_in_the_middle() -> None:
    name = read(write_word(document(Paragraph("Nerys Nextdoor (invented)", Look.DISPLAY)))).paragraphs[-1]
    assert name.alignment == WD_ALIGN_PARAGRAPH.CENTER
    assert name.runs[0].font.size.pt == 26


def test_the_foot_has_the_reference_and_counts_pages() -> None:
    foot = read(write_word(everything())).sections[0].footer.paragraphs[-1]
    assert "D26-00031-U" in foot.text
    fields = [field.get(qn("w:instr")) for field in foot._p.iter(qn("w:fldSimple"))]
    assert fields == ["PAGE", "NUMPAGES"]


def test_the_council_writes_in_its_own_template(tmp_path: Path) -> None:
    template = docx.Document()
    template.sections[0].header.paragraphs[0].text = "Testshire Council"
    template.sections[0].footer.paragraphs[0].text = "Civic Centre, Testtown"
    template.styles["Heading 1"].font.name = "Arial"
    template.save(str(tmp_path / "brand.docx"))
    file = read(write_word(everything(), template=tmp_path / "brand.docx"))
    assert file.sections[0].header.paragraphs[0].text == "Testshire Council"
    assert file.sections[0].footer.paragraphs[0].text.startswith("Civic Centre, Testtown\nD26-00031-U  Page ")
    assert file.styles["Heading 1"].font.name == "Arial"


def test_a_template_without_some_styles_is_refused_by_their_names(tmp_path: Path) -> None:
    template = docx.Document()
    template.styles["Heading 2"].delete()
    template.styles["Caption"].delete()
    template.save(str(tmp_path / "brand.docx"))
    with pytest.raises(Unavailable, match="lacks these styles: Heading 2, Caption"):
        write_word(everything(), template=tmp_path / "brand.docx")


@pytest.mark.parametrize(("style", "other"), [("Title", "character"), ("Table Grid", "paragraph")])
def test_a_style_that_cannot_be_put_on_what_it_is_for_is_as_good_as_none(
    style: str, other: str, tmp_path: Path
) -> None:
    template = docx.Document()
    template.styles[style].element.set(qn("w:type"), other)
    template.save(str(tmp_path / "brand.docx"))
    with pytest.raises(Unavailable, match=f"lacks the style: {style}"):
        write_word(everything(), template=tmp_path / "brand.docx")


@pytest.mark.parametrize("number", ["0", "99"])
def test_a_template_whose_lists_have_lost_their_numbers_is_refused_in_words(number: str, tmp_path: Path) -> None:
    template = docx.Document()
    template.styles["List Number"].element.find(f".//{qn('w:numId')}").set(qn("w:val"), number)
    template.save(str(tmp_path / "brand.docx"))
    with pytest.raises(Unavailable, match="style List Number has lost its numbering"):
        write_word(everything(), template=tmp_path / "brand.docx")


def test_a_template_that_counts_by_another_style_keeps_its_way(tmp_path: Path) -> None:
    template = docx.Document()
    style = template.styles["List Number"].element
    style.pPr.remove(style.find(f".//{qn('w:numPr')}"))
    template.save(str(tmp_path / "brand.docx"))
    assert read(write_word(everything(), template=tmp_path / "brand.docx")).paragraphs


def test_what_marks_each_page_also_stands_on_first_and_even_ones_that_a_template_sets_apart(tmp_path: Path) -> None:
    template = docx.Document()
    template.settings.odd_and_even_pages_header_footer = True
    template.sections[0].different_first_page_header_footer = True
    template.sections[0].first_page_footer.paragraphs[0].text = "Civic Centre, Testtown"
    template.save(str(tmp_path / "brand.docx"))
    section = read(write_word(everything(), template=tmp_path / "brand.docx")).sections[0]
    feet = [each.paragraphs[-1].text for each in (section.footer, section.even_page_footer, section.first_page_footer)]
    assert all("D26-00031-U" in foot for foot in feet), feet
    assert feet[-1].startswith("Civic Centre, Testtown\n")


def test_a_foot_that_is_all_a_table_gets_a_line_beneath_it(tmp_path: Path) -> None:
    template = docx.Document()
    footer = template.sections[0].footer
    footer.is_linked_to_previous = False
    footer.add_table(1, 2, Mm(160))
    for paragraph in footer.paragraphs:
        paragraph._p.getparent().remove(paragraph._p)
    template.save(str(tmp_path / "brand.docx"))
    (foot,) = read(write_word(everything(), template=tmp_path / "brand.docx")).sections[0].footer.paragraphs
    assert "D26-00031-U" in foot.text


def test_a_template_that_is_no_word_file_is_refused_in_words(tmp_path: Path) -> None:
    (tmp_path / "brand.docx").write_text("not a Word file", encoding="utf-8")
    with pytest.raises(Unavailable, match="cannot be read"):
        write_word(everything(), template=tmp_path / "brand.docx")


def test_markup_is_only_text_and_every_script_stays() -> None:
    typed = "<w:t>x</w:t> ]]> &amp; =1+1 {MERGEFIELD} ਪੰਜਾਬੀ 王小明 \U0001f600"
    file = read(write_word(document(Paragraph(typed), Table("t", ("h",), ((typed,),)))))
    assert file.paragraphs[1].text == typed
    assert file.tables[0].rows[1].cells[0].text == typed


@given(st.text(max_size=60))
@settings(max_examples=60)
def test_whatever_is_typed_there_is_a_word_file(typed: str) -> None:
    content = write_word(document(Paragraph(typed), Items((typed,)), Table("t", ("h",), ((typed,),)), footer=typed))
    for name in ZipFile(BytesIO(content)).namelist():
        if name.endswith(".xml"):
            ET.fromstring(ZipFile(BytesIO(content)).read(name))
