"""Lines of a run as a file that is sent while it is worked out, so that no run is too long to download."""

from collections.abc import Iterator
from itertools import islice

from flask import Response, stream_with_context

from tsalert.core.spreadsheets import write_csv, write_rows
from tsalert.db import db
from tsalert.runs.queries import Run
from tsalert.runs.reading import HEAD, rows_of_lines
from tsalert.web.exports import CSV

_AT_A_TIME = 500


def csv_of_lines(run: Run) -> Iterator[str]:
    """Yield a run's lines as CSV, some hundred at a time."""
    yield write_csv(HEAD, ())
    rows = rows_of_lines(db.session(), run)
    while some := list(islice(rows, _AT_A_TIME)):
        yield write_rows(some)


def lines_response(run: Run) -> Response:
    """Answer with a run's lines."""
    answer = Response(stream_with_context(csv_of_lines(run)), content_type=CSV)
    answer.headers["Content-Disposition"] = f'attachment; filename="run-{run.id}-lines.csv"'
    return answer
