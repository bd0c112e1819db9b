"""A report as an Excel workbook: notes first, then one table a sheet; text is text and never a formula."""

from collections.abc import Sequence
from datetime import UTC, datetime, time
from io import BytesIO
from typing import Any

from xlsxwriter import Workbook

from tsalert.documents.cleaning import clean
from tsalert.quarterly.content import Chart, Report, Table
from tsalert.quarterly.vocabulary import Edition
from tsalert.quarterly.writing import wording
from tsalert.quarterly.writing.data import for_readers
from tsalert.quarterly.writing.sheets import Looks, add_sheet, set_page

_OPTIONS = {"strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False, "in_memory": True}
_UNFIT = str.maketrans(dict.fromkeys("[]:*?/\\'", " "))  # what no sheet's name may have
_NAME = 31
_NOTES = "Notes"
_ABOUT = (
    "Each table of the report stands on a sheet of its own, with its chart; the text of the report is in its other "
    "formats. "
)
_EXACT = {
    Edition.PUBLIC: "Numbers are as the report shows them.",
    Edition.BOARD: "Numbers are exact, and shown rounded as in the report.",
}


def write_workbook(report: Report, *, made_at: datetime | None = None) -> bytes:
    """Return a report's tables and charts as a workbook.

    :param made_at: when the file is made; by default the day on which it was published or the quarter ended.
    """
    written, shown = BytesIO(), for_readers(report)
    day = report.head.published_on or report.head.last_day
    with Workbook(written, _OPTIONS) as book:
        created = (made_at or datetime.combine(day, time(12), UTC)).replace(tzinfo=None)
        title, author = wording.title_of(report.head), clean(report.head.author)
        book.set_properties({"title": title, "author": author, "created": created, "subject": report.head.period})
        book.set_custom_property("Language", "en-GB")
        looks = Looks.of(book)
        tables = shown.tables()
        names = [sheet_name(number, table.caption) for number, table in enumerate(tables, start=1)]
        _add_notes(book, looks, shown, list(zip(names, tables, strict=True)))
        for name, table in zip(names, tables, strict=True):
            page = book.add_worksheet(name)
            add_sheet(page, looks, table, _charts_of(shown, table))
            set_page(page, wording.footer_of(report.head))
    return written.getvalue()


def sheet_name(number: int, caption: str) -> str:
    """Return a name that Excel takes, unlike any other's."""
    said = f"{number}. {' '.join(clean(caption).translate(_UNFIT).split())}"
    # Excel counts in UTF-16, where some characters are two; half of one is left out.
    if len(said.encode("utf-16-le")) <= 2 * _NAME:
        return said.rstrip(". ")
    return said.encode("utf-16-le")[: 2 * (_NAME - 1)].decode("utf-16-le", "ignore").rstrip("., ") + "…"


def _charts_of(report: Report, table: Table) -> list[Chart]:
    blocks = (block for section in report.sections for block in section.blocks)
    return [block for block in blocks if isinstance(block, Chart) and block.table == table.key]


def _add_notes(book: Any, looks: Looks, report: Report, sheets: Sequence[tuple[str, Table]]) -> None:
    page = book.add_worksheet(_NOTES)
    page.set_column(0, 0, 24)
    page.set_column(1, 1, 80)
    page.write_string(0, 0, clean(wording.title_of(report.head)), looks.title)
    line = 1
    for name, held in wording.facts_of(report.head):
        page.write_string(line, 0, name, looks.strong)
        page.write_string(line, 1, clean(held), looks.text)
        line += 1
    notices = dict.fromkeys((*wording.notices_of(report), wording.KEPT_BACK, _ABOUT + _EXACT[report.head.edition]))
    for place, notice in enumerate(notices):
        page.write_string(line, 0, "" if place else "Please note", looks.strong)
        page.write_string(line, 1, notice, looks.text)
        line += 1
    for place, (name, table) in enumerate(sheets):
        page.write_string(line, 0, "" if place else "Sheets", looks.strong)
        page.write_url(line, 1, f"internal:'{name}'!A1", looks.link, clean(table.caption))
        line += 1
    set_page(page, wording.footer_of(report.head))
