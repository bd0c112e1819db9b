"""Tables as CSV files that a spreadsheet opens without running anything in them."""

import csv
import io
from collections.abc import Iterable, Sequence
from datetime import datetime
from decimal import Decimal

from flask import Response

from tsalert.core.clock import in_london

Cell = str | int | Decimal | datetime | None
# A cell that begins with one of these is a formula to a spreadsheet.
_DANGEROUS = ("=", "+", "-", "@", "\t", "\r", "\n")


def csv_response(name: str, head: Sequence[str], rows: Iterable[Sequence[Cell]]) -> Response:
    """Answer with a CSV file in UTF-8."""
    answer = Response(csv_text(head, rows), content_type="text/csv; charset=utf-8")
    answer.headers["Content-Disposition"] = f'attachment; filename="{name}"'
    return answer


def csv_text(head: Sequence[str], rows: Iterable[Sequence[Cell]]) -> str:
    """Write a table as CSV: instants as London's clocks show them, and no text that could be a formula."""
    written = io.StringIO()
    writer = csv.writer(written)
    writer.writerow(head)
    writer.writerows([_cell(value) for value in row] for row in rows)
    return written.getvalue()


def _cell(value: Cell) -> str:
    if isinstance(value, datetime):
        return f"{in_london(value):%Y-%m-%d %H:%M:%S}"
    if isinstance(value, str) and value.startswith(_DANGEROUS):
        return f"'{value}"
    return "" if value is None else str(value)
