"""Answers that are Excel workbooks: one table a sheet, numbers as numbers, text as text and never a formula."""

from collections.abc import Sequence
from decimal import Decimal
from io import BytesIO
from typing import Any

from flask import Response
from msgspec import Struct

from tsalert.web.exports import Cell

_XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
_PLAIN = {"strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False, "in_memory": True}
_MONEY = "£#,##0.00########;-£#,##0.00########"
_WHOLE = "£#,##0;-£#,##0"
_COUNT = "#,##0"
# What a spreadsheet keeps of a number; one with more digits is written as text, so that none is lost.
_DIGITS = 15
_WIDEST = 90
_SHEET_TITLE = 31


class Sheet(Struct, frozen=True):
    """One table: a Decimal is pounds, an int a count; the first column names the row."""

    title: str
    head: Sequence[str]
    rows: Sequence[Sequence[Cell]]


def workbook_response(name: str, sheets: Sequence[Sheet], *, title: str) -> Response:
    """Answer with a workbook to keep."""
    answer = Response(write_workbook(sheets, title=title), content_type=_XLSX)
    answer.headers["Content-Disposition"] = f'attachment; filename="{name}"'
    return answer


def write_workbook(sheets: Sequence[Sheet], *, title: str) -> bytes:
    """Return a workbook with a table on each sheet."""
    from xlsxwriter import Workbook  # noqa: PLC0415 - most processes never write one

    written = BytesIO()
    with Workbook(written, _PLAIN) as book:
        book.set_properties({"title": title})
        formats = {form: book.add_format({"num_format": form}) for form in (_MONEY, _WHOLE, _COUNT)}
        text = book.add_format({"text_wrap": True, "valign": "top"})
        head = book.add_format({"bold": True, "text_wrap": True, "bottom": 1, "valign": "top"})
        for sheet in sheets:
            page = book.add_worksheet(sheet.title[:_SHEET_TITLE])
            page.freeze_panes(1, 1)
            page.repeat_rows(0)
            for place, words in enumerate(sheet.head):
                page.write_string(0, place, words, head)
                page.set_column(place, place, _width(sheet, place))
            for line, row in enumerate(sheet.rows, start=1):
                for place, cell in enumerate(row):
                    _write(page, line, place, cell, formats, text)
    return written.getvalue()


def _write(page: Any, line: int, place: int, cell: Cell, formats: dict[str, Any], text: Any) -> None:
    if cell is None:
        return
    if isinstance(cell, Decimal) and len(cell.normalize().as_tuple().digits) <= _DIGITS:
        is_whole = cell == cell.to_integral_value() and cell.as_tuple().exponent == 0
        page.write_number(line, place, cell, formats[_WHOLE if is_whole else _MONEY])
    elif isinstance(cell, int):
        page.write_number(line, place, cell, formats[_COUNT])
    else:
        page.write_string(line, place, str(cell), text)


def _width(sheet: Sheet, place: int) -> int:
    longest = max((len(str(row[place])) for row in sheet.rows if row[place] is not None), default=0)
    return min(_WIDEST, max(12, longest + 2))
