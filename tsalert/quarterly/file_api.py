"""The operation that gives a quarter's report as a file."""

from typing import Any

from flask import Response
from marshmallow import RAISE

from tsalert.core.actors import Permission
from tsalert.quarterly.file_schemas import ReportFileQuery
from tsalert.quarterly.file_views import file_response
from tsalert.web.access import requires
from tsalert.web.api import api_blueprint

files = api_blueprint("board_files", "board-reports/<quarter>/file", "A quarter's report as a file.")
blueprints = (files,)


@files.route("")
@requires(Permission.READ_FIGURES)
@files.arguments(ReportFileQuery, location="query", unknown=RAISE)
@files.response(200, content_type="application/octet-stream")
def get_file(asked: dict[str, Any], quarter: str) -> Response:
    """Return one edition of a report as PDF, Word, Excel, web page or JSON; the board's needs the right to export."""
    return file_response(quarter, asked)
