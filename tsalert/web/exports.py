"""Answers that are files to keep: tables as CSV, which no spreadsheet takes for anything to run, and other text."""

from collections.abc import Iterable, Sequence
from datetime import datetime
from decimal import Decimal

from flask import Response

from tsalert.core.clock import in_london
from tsalert.core.spreadsheets import write_csv

Cell = str | int | Decimal | datetime | None
CSV = "text/csv; charset=utf-8"
# Without it Excel takes the file for one of another alphabet, and shows £ as Â£.
MARK_OF_UTF_8 = "\ufeff"


def file_response(name: str, text: str, content_type: str) -> Response:
    """Answer with a file to keep; a CSV begins with the mark by which Excel knows UTF-8."""
    answer = Response(MARK_OF_UTF_8 + text if content_type == CSV else text, content_type=content_type)
    answer.headers["Content-Disposition"] = f'attachment; filename="{name}"'
    return answer


def csv_response(name: str, head: Sequence[str], rows: Iterable[Sequence[Cell]]) -> Response:
    """Answer with a CSV file in UTF-8."""
    return file_response(name, csv_text(head, rows), CSV)


def csv_text(head: Sequence[str], rows: Iterable[Sequence[Cell]]) -> str:
    """Write a table as CSV, with instants as London's clocks show them."""
    return write_csv(head, ([_shown(value) for value in row] for row in rows))


def _shown(value: Cell) -> Cell:
    return f"{in_london(value):%Y-%m-%d %H:%M:%S}" if isinstance(value, datetime) else value
