"""The workbook holds the report's figures as numbers, its words as words, and runs nothing that anybody typed."""

from decimal import Decimal
from io import BytesIO
from typing import Any
from zipfile import ZipFile

import openpyxl
import pytest
from msgspec.structs import replace

from tests.quarterly.samples import DEMAND, DRAFT, PUBLIC, REPORT, SAVINGS, count
from tsalert.quarterly.content import Chart, Column, Figure, Report, Row, Section, Table
from tsalert.quarterly.vocabulary import ChartKind, SectionKey, Unit
from tsalert.quarterly.writing import wording
from tsalert.quarterly.writing.cells import Number, cell_of, number_shown
from tsalert.quarterly.writing.workbook import sheet_name, write_workbook

INJECTION = "=cmd|'/c calc'!A1"


def opened(report: Report) -> Any:
    return openpyxl.load_workbook(BytesIO(write_workbook(report)))


def grid(page: Any, table: Table) -> list[list[Any]]:
    """Return the cells of a table, from the line beneath its head."""
    lines = [[cell.value for cell in row[: len(table.columns) + 1]] for row in page.iter_rows()]
    head = lines.index([table.head, *(column.title for column in table.columns)])
    assert page.freeze_panes == f"B{head + 2}"
    return lines[head + 1 : head + 1 + len(table.rows)]


def test_each_table_has_a_sheet_after_the_notes() -> None:
    book = opened(REPORT)
    assert book.sheetnames == [
        "Notes",
        "1. Performance at a glance, Ap…",
        "2. Detriment by type of case",
        "3. Enquiries by quarter",
        "4. Savings, estimated under th…",
    ]
    notes = [str(cell.value) for row in book["Notes"].iter_rows() for cell in row if cell.value]
    assert notes[0] == wording.title_of(REPORT.head)
    assert {"Board", "20 July 2022", wording.KEPT_BACK, "Detriment by type of case"} <= set(notes)
    assert book.properties.title == wording.title_of(REPORT.head)
    assert book.properties.creator == REPORT.head.author
    assert book.custom_doc_props["Language"].value == "en-GB"


@pytest.mark.parametrize("report", [REPORT, DRAFT, PUBLIC], ids=["board", "draft", "public"])
def test_the_figures_are_those_of_the_report_and_numbers(report: Report) -> None:
    book = opened(report)
    for page, table in zip(book.worksheets[1:], report.tables(), strict=True):
        for cells, row in zip(grid(page, table), table.rows, strict=True):
            assert cells[0] == row.title
            for cell, figure in zip(cells[1:], row.figures, strict=True):
                if figure.value is None:
                    assert cell == figure.shown
                else:
                    share = Decimal(100 if figure.shown.endswith("%") else 1)
                    told = number_shown(figure) if report is PUBLIC else Decimal(figure.value)
                    assert told is not None
                    assert Decimal(str(cell)) == told / share


@pytest.mark.parametrize(
    ("figure", "form"),
    [
        (Figure("1,213", 1213), "#,##0;-#,##0"),
        (Figure("£163,211", Decimal("163210.55")), "[$£-809]#,##0;-[$£-809]#,##0"),
        (Figure("-£1,000", Decimal("-1000.25")), "[$£-809]#,##0;-[$£-809]#,##0"),
        (Figure("£12.50", Decimal("12.5")), "[$£-809]#,##0.00;-[$£-809]#,##0.00"),
        (Figure("97.5%", Decimal("97.5")), "#,##0.0%;-#,##0.0%"),
        (Figure("46 minutes", 46), '#,##0" minutes";-#,##0" minutes"'),
    ],
)
def test_a_number_is_shown_as_in_the_report(figure: Figure, form: str) -> None:
    found = cell_of(figure)
    assert isinstance(found, Number)
    assert found.form == form


def test_a_sheet_has_no_longer_name_than_excel_counts() -> None:
    name = sheet_name(3, "\U0001f600" * 40)
    assert len(name.encode("utf-16-le")) // 2 <= 31, "Excel counts such a character twice"
    assert name.startswith("3. \U0001f600")
    assert name.encode()


def test_a_mean_without_end_is_a_number_to_the_millionth() -> None:
    mean = cell_of(Figure("£7,303", Decimal(175_273) / 24))
    assert isinstance(mean, Number)
    assert mean.value == Decimal("7303.041667")
    share = cell_of(Figure("33%", Decimal(100) / 3))
    assert isinstance(share, Number)
    assert cell_of(Figure("£0", Decimal("0.49999999"))) == "£0", "a format would show another pound"


@pytest.mark.parametrize(
    "figure",
    [
        Figure("[c]", 3),
        Figure("£5,000 to £10,000", Decimal(7300)),
        Figure("up from 0", 3),
        Figure("12", 13),
        Figure("1,234,567,890,123,456", 1234567890123456),
        Figure('5 "quoted"', 5),
        Figure("not available"),
    ],
    ids=lambda figure: figure.shown,
)
def test_what_no_format_shows_is_written_in_words(figure: Figure) -> None:
    assert cell_of(figure) == figure.shown


def test_charts_are_drawn_from_the_cells_and_have_words() -> None:
    parts = ZipFile(BytesIO(write_workbook(REPORT)))
    charts = [parts.read(f"xl/charts/chart{number}.xml").decode() for number in (1, 2, 3)]
    assert "Enquiries rose to 1,213" in charts[1]
    assert "'3. Enquiries by quarter'!$B$4:$B$7" in charts[1]
    assert "a:pattFill" in charts[2]
    drawings = "".join(parts.read(name).decode() for name in parts.namelist() if name.startswith("xl/drawings/drawing"))
    assert 'descr="Scams cost victims most: £163,211. One bar for each type of case."' in drawings


@pytest.mark.parametrize("kind", list(ChartKind))
def test_a_chart_has_a_look_of_its_own_for_each_of_many_columns(kind: ChartKind) -> None:
    columns = tuple(Column(f"c{number}", f"Column {number}", Unit.COUNT) for number in range(7))
    table = Table("many", "Many", "Row", columns, (Row("r", "R", tuple(count(number) for number in range(7))),))
    chart = Chart("c", "A finding", "Bars", kind, "many", tuple(column.key for column in columns))
    told = replace(REPORT, sections=(Section(SectionKey.DEMAND, (chart, table)),))
    assert ZipFile(BytesIO(write_workbook(told))).read("xl/charts/chart1.xml").count(b"<c:ser>") == 7


def test_a_figure_that_is_kept_back_is_in_no_chart() -> None:
    parts = ZipFile(BytesIO(write_workbook(REPORT)))
    assert "'2. Detriment by type of case'!$C$6:$C$7" in parts.read("xl/charts/chart1.xml").decode()
    gap = replace(DEMAND, rows=(DEMAND.rows[0], DEMAND.rows[2], DEMAND.rows[1]))
    chart = Chart("c", "A finding", "Bars", ChartKind.BARS, gap.key, ("lost",))
    told = replace(REPORT, sections=(Section(SectionKey.DEMAND, (chart, gap)),))
    assert "xl/charts/chart1.xml" not in ZipFile(BytesIO(write_workbook(told))).namelist()


def test_nothing_that_was_typed_is_run() -> None:
    rows = (replace(SAVINGS.rows[0], title=INJECTION), *SAVINGS.rows[1:])
    hostile = replace(
        SAVINGS, caption=f"{INJECTION}[]:*?/\\", head=INJECTION, rows=rows, notes=(INJECTION, "\u202eturned")
    )
    chart = Chart("c", INJECTION, INJECTION, ChartKind.STACKED, hostile.key, ("total",))
    head = replace(REPORT.head, author=INJECTION, reason=INJECTION)
    book = opened(replace(REPORT, head=head, sections=(Section(SectionKey.SAVINGS, (chart, hostile, DEMAND)),)))
    cells = [cell for page in book.worksheets for row in page.iter_rows() for cell in row if cell.value is not None]
    assert {cell.data_type for cell in cells} == {"s", "n"}
    assert [cell.value for cell in cells if cell.value == INJECTION]
    assert "turned" in [cell.value for cell in cells]


def test_names_of_sheets_are_unlike_and_such_as_excel_takes() -> None:
    names = [
        sheet_name(number, caption) for number, caption in enumerate(["History", "a/b:c", "x" * 90, "x" * 90, "'"], 1)
    ]
    assert len({name.casefold() for name in names}) == 5
    assert all(0 < len(name) <= 31 and not set(name) & set("[]:*?/\\'") for name in names)


def test_a_table_without_rows_and_a_report_without_tables_are_written() -> None:
    empty = Table("none", "Nothing at all", "Row", DEMAND.columns, ())
    book = opened(replace(REPORT, sections=(Section(SectionKey.DEMAND, (empty,)),)))
    assert book.worksheets[1]["A2"].value == wording.NO_ROWS
    assert opened(replace(REPORT, sections=())).sheetnames == ["Notes"]
