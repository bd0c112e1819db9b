"""The page on which a quarter's report is read, and its files to take away."""

from typing import Any

from flask import Blueprint, Response, current_app, render_template, request
from flask.typing import ResponseReturnValue

from tsalert.config import Settings
from tsalert.core.actors import Permission
from tsalert.core.clock import utc_now
from tsalert.db import db
from tsalert.quarterly import editions, queries
from tsalert.quarterly.addresses import quarter_of_slug
from tsalert.quarterly.content import Report
from tsalert.quarterly.file_schemas import ReportFileQuery, ReportReadingQuery
from tsalert.quarterly.vocabulary import Edition
from tsalert.quarterly.writing import formats
from tsalert.quarterly.writing.formats import CONTENT_TYPES, Format, Making
from tsalert.quarterly.writing.page import page_of
from tsalert.reports.dashboard_views import kept_figures
from tsalert.web.access import current_actor, requires
from tsalert.web.forms import read_form

bp = Blueprint("board_files", __name__, url_prefix="/board-reports/<quarter>")


@bp.get("/read")
@requires(Permission.READ_FIGURES)
def read_report(quarter: str) -> ResponseReturnValue:
    """Show one edition of a report, all of it."""
    asked: dict[str, Any] = read_form(ReportReadingQuery(), request.args)
    report = _report(quarter, asked["edition"], asked["revision"])
    return render_template(
        "quarterly/read.html",
        page=page_of(report),
        head=report.head,
        slug=quarter,
        editions=Edition.options(),
        formats=list(Format),
        may_take=may_take(asked["edition"]),
    )


@bp.get("/file")
@requires(Permission.READ_FIGURES)
def give_file(quarter: str) -> Response:
    """Give one edition of a report as a file."""
    return file_response(quarter, read_form(ReportFileQuery(), request.args))


def file_response(quarter: str, asked: dict[str, Any]) -> Response:
    """Answer with a report's file; that of the board edition only to those who may take records out.

    :raises NotAllowed: the actor may not.
    """
    if not may_take(asked["edition"]):
        current_actor().require(Permission.EXPORT)
    report = _report(quarter, asked["edition"], asked["revision"])
    settings: Settings = current_app.extensions["tsalert_settings"]
    making = Making(utc_now(), settings.document_fonts, settings.word_template)
    content = formats.content_of(report, asked["kind"], making)
    answer = Response(content, content_type=CONTENT_TYPES[asked["kind"]])
    name = formats.name_of(report.head, asked["kind"])
    answer.headers["Content-Disposition"] = f'attachment; filename="{name}"'
    return answer


def may_take(edition: Edition) -> bool:
    """Tell whether whoever asks may take an edition out as a file."""
    return edition is Edition.PUBLIC or current_actor().may(Permission.EXPORT)


def _report(slug: str, edition: Edition, revision: int | None) -> Report:
    session = db.session()
    row = queries.get_report(session, quarter_of_slug(slug), revision)
    return editions.edition_of(session, row, edition, memory=kept_figures(), now=utc_now())
