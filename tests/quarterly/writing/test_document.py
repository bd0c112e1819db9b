"""The board's report on paper says what its figures say, to readers who see it and readers who hear it."""

from datetime import UTC, datetime
from io import BytesIO
from typing import Any

import docx
import pytest
from msgspec.structs import replace

from tests.documents.reading import alternatives, opened, tags, words
from tests.quarterly.samples import DEMAND, DRAFT, PUBLIC, REPORT, SAVINGS, saying
from tsalert.documents.description import Document, Drawing, FigureTable, Heading, Turn
from tsalert.documents.pdf import write_pdf
from tsalert.documents.word import write_word
from tsalert.quarterly.content import Report, Section, Table
from tsalert.quarterly.vocabulary import Edition, SectionKey, Status
from tsalert.quarterly.writing import wording
from tsalert.quarterly.writing.document import document_of
from tsalert.quarterly.writing.formats import Format, Making, content_of

HOSTILE = "<script>alert(1)</script> =cmd|'/c calc'!A1 \u202eturned པཇབ አማርኛ"


def kinds(document: Document, kind: type[Any]) -> list[Any]:
    return [block for block in document.blocks if type(block) is kind]


def test_sections_are_numbered_and_annexes_have_their_letters() -> None:
    headings = [block.text for block in kinds(document_of(REPORT), Heading) if block.level == 1]
    assert headings == [
        "1. Purpose and recommendations",
        "2. Performance at a glance",
        "3. Demand and detriment",
        "4. Savings",
        "5. Enforcement",
        "6. Implications",
        "Annex A: method and rates",
        "Annex C: glossary",
    ]


def test_a_table_with_many_columns_lies_on_its_side_and_no_other() -> None:
    assert [turn.is_landscape for turn in kinds(document_of(REPORT), Turn)] == [True, False]


def test_a_draft_says_so_on_each_page() -> None:
    assert document_of(DRAFT).footer.endswith("DRAFT, PROVISIONAL · Revision 1")
    said = words(write_pdf(document_of(DRAFT)))
    assert said.count("DRAFT, PROVISIONAL · Revision 1") == len(opened(write_pdf(document_of(DRAFT))).pages)
    assert "DRAFT" not in document_of(REPORT).footer
    signed = replace(REPORT, head=replace(REPORT.head, status=Status.SIGNED))
    assert "SIGNED, not yet published" in document_of(signed).footer


def test_a_screen_reader_finds_all_that_pdf_ua_asks_for() -> None:
    file = opened(write_pdf(document_of(REPORT)))
    assert str(file.docinfo["/Title"]) == wording.title_of(REPORT.head)
    assert str(file.Root.Lang) == "en-GB"
    assert file.Root.MarkInfo.Marked
    assert b"pdfuaid:part>1<" in file.Root.Metadata.read_bytes()
    assert [str(entry.title) for entry in file.open_outline().root] == list(wording.headings_of(REPORT))
    found = tags(file)
    assert {"Title", "TOC", "H1", "H2", "Table", "Caption", "THead", "Figure", "L", "Strong", "Em", "Link"} <= set(
        found
    )
    assert found.count("TH") == sum(len(table.columns) + 1 for table in REPORT.tables())
    assert scopes(file.Root.StructTreeRoot) == {"/Column"}
    assert alternatives(file) == [
        "Scams cost victims most: £163,211. One bar for each type of case.",
        "Enquiries rose to 1,213. Two lines over four quarters.",
        "Scams and doorstep crime make most of the savings. One bar for each row, a part for each kind of saving.",
    ]


def scopes(node: Any) -> set[str]:
    """Return which ways the heads of tables point."""
    found: set[str] = set()
    for part in node.K if "/K" in node and hasattr(node.K, "__iter__") else []:
        if not hasattr(part, "keys"):
            continue
        found |= scopes(part)
        if part.get("/S") == "/TH":
            attributes = part.A if isinstance(part.A, list) or part.A._type_name == "array" else [part.A]
            found |= {str(each.Scope) for each in attributes if "/Scope" in each}
    return found


@pytest.mark.parametrize("report", [REPORT, DRAFT, PUBLIC], ids=["board", "draft", "public"])
def test_every_figure_of_every_table_is_on_paper(report: Report) -> None:
    document = document_of(report)
    said = " ".join(words(write_pdf(document)).split())
    file = docx.Document(BytesIO(write_word(document)))
    grids = [[[cell.text for cell in row.cells] for row in table.rows] for table in file.tables]
    for table in report.tables():
        shown = [[row.title, *(figure.shown for figure in row.figures)] for row in table.rows]
        assert any(grid[1:] == shown for grid in grids)
        for row in shown:
            assert " ".join(row[1:]) in said
    assert "£115,962" in said


def test_totals_and_notes_stand_with_their_table() -> None:
    shown = next(block for block in kinds(document_of(REPORT), FigureTable) if block.caption == SAVINGS.caption)
    assert (shown.totals, shown.notes, shown.numbers) == ((4,), SAVINGS.notes, (1, 2, 3, 4, 5))


def test_word_has_the_headings_and_the_drawings_with_their_words() -> None:
    file = docx.Document(BytesIO(write_word(document_of(REPORT))))
    headings = [each.text for each in file.paragraphs if each.style and each.style.name == "Heading 1"]
    assert headings == list(wording.headings_of(REPORT))
    assert [shape._inline.docPr.get("descr") for shape in file.inline_shapes] == [
        block.alternative for block in kinds(document_of(REPORT), Drawing)
    ]
    assert file.core_properties.title == wording.title_of(REPORT.head)


def test_what_is_exempt_says_so_in_the_board_edition() -> None:
    said = words(write_pdf(document_of(REPORT)))
    assert said.count(wording.EXEMPT) == 2
    assert "must not be passed on" in said


def test_a_hostile_text_is_shown_as_it_was_typed_and_turns_nothing_round() -> None:
    said = words(write_pdf(document_of(saying(HOSTILE))))
    assert "<script>alert(1)</script> =cmd|'/c calc'!A1 turned" in said
    assert "[Tibetan]" in said
    assert "[Ethiopic]" in said


@pytest.mark.parametrize(("edition", "has_word_file"), [(Edition.BOARD, True), (Edition.PUBLIC, False)])
def test_whoever_is_given_a_word_file_is_told_that_it_shows_every_character(
    edition: Edition, *, has_word_file: bool
) -> None:
    written = saying("Seen by አበበ.")
    report = replace(written, head=replace(written.head, edition=edition))
    said = words(content_of(report, Format.PDF, Making(datetime(2022, 7, 20, 12, tzinfo=UTC))))
    assert "[Ethiopic]" in said
    assert ("Word file" in said) is has_word_file


def test_a_row_whose_name_no_font_can_write_is_drawn_and_named() -> None:
    odd = replace(DEMAND, rows=(replace(DEMAND.rows[0], title="አማርኛ \x0b <b>"), *DEMAND.rows[1:]))
    sections = tuple(
        replace(each, blocks=tuple(odd if block is DEMAND else block for block in each.blocks))
        for each in REPORT.sections
    )
    document = document_of(replace(REPORT, sections=sections))
    assert words(write_pdf(document)).count("[Ethiopic]") > 1  # in the drawing as well as in the table
    assert write_word(document)


def test_a_hundred_pages_of_text_are_printed() -> None:
    text = "\n\n".join(f"**{number}** {'words that go on and on ' * 20}" for number in range(600))
    assert len(opened(write_pdf(document_of(saying(text)))).pages) > 80


def test_an_empty_report_and_an_empty_table_say_so() -> None:
    empty = Table("none", "Nothing at all", "Row", DEMAND.columns, ())
    report = replace(REPORT, sections=(Section(SectionKey.HEADLINES, ()), Section(SectionKey.DEMAND, (empty,))))
    said = words(write_pdf(document_of(report)))
    assert wording.NOTHING in said
    assert wording.NO_ROWS in said
    assert write_pdf(document_of(replace(REPORT, sections=())))
