"""The public pages: the quarters whose report is published, and the public edition of each."""

from collections.abc import Sequence
from hashlib import sha256
from typing import Any

from flask import Blueprint, Response, current_app, render_template, request
from flask.blueprints import BlueprintSetupState
from flask.typing import ResponseReturnValue

from tsalert.config import Settings
from tsalert.core.clock import utc_now
from tsalert.db import db
from tsalert.quarterly.addresses import quarter_of_slug
from tsalert.quarterly.published import queries
from tsalert.quarterly.published.files import GIVEN, PublishedFiles
from tsalert.quarterly.published.queries import PublishedQuarter, Revision
from tsalert.quarterly.published.schemas import WantedFileSchema, WantedRevisionSchema
from tsalert.quarterly.writing import formats
from tsalert.quarterly.writing.formats import CONTENT_TYPES, Format, Making
from tsalert.quarterly.writing.page import page_of
from tsalert.web.access import public
from tsalert.web.caching import drawn_once, for_everybody
from tsalert.web.forms import read_form

bp = Blueprint("published", __name__, url_prefix="/published")
# A correction should be seen within minutes; what is published never changes otherwise.
SECONDS = 300
_FILES = "tsalert_published_files"


@bp.record_once
def _keep_files(state: BlueprintSetupState) -> None:
    state.app.extensions[_FILES] = PublishedFiles()


@bp.get("")
@public
def list_published() -> ResponseReturnValue:
    """Show the quarters of which a report is published."""
    found = queries.published_quarters(db.session())

    def draw() -> str:
        return render_template("quarterly/published.html", quarters=found)

    return drawn_once(mark_of_list(found), draw, seconds=SECONDS)


@bp.get("/<quarter>")
@public
def show_published(quarter: str) -> ResponseReturnValue:
    """Show the public edition of a quarter's report: the newest revision, or an earlier one, marked as superseded."""
    found, shown = wanted(quarter, read_form(WantedRevisionSchema(), request.args))

    def draw() -> str:
        page = page_of(queries.public_edition(db.session(), found.quarter, shown))
        return render_template("quarterly/published_report.html", found=found, shown=shown, page=page, files=GIVEN)

    return drawn_once(mark_of(found, shown), draw, seconds=SECONDS)


@bp.get("/<quarter>/file")
@public
def give_file(quarter: str) -> ResponseReturnValue:
    """Give the public edition as a file; one of a superseded revision says in its name which it is."""
    asked = read_form(WantedFileSchema(), request.args)
    found, shown = wanted(quarter, asked)
    return for_everybody(shown.mark, lambda: _file(found, shown, asked["kind"]), seconds=SECONDS)


def _file(found: PublishedQuarter, shown: Revision, kind: Format) -> Response:
    files: PublishedFiles = current_app.extensions[_FILES]
    settings: Settings = current_app.extensions["tsalert_settings"]
    report = queries.public_edition(db.session(), found.quarter, shown)
    making = Making(utc_now(), settings.document_fonts, settings.word_template)
    content = files.recall(shown.mark, kind, lambda: formats.content_of(report, kind, making))
    answer = Response(content, content_type=CONTENT_TYPES[kind])
    answer.headers["Content-Disposition"] = f'attachment; filename="{formats.name_of(report.head, kind)}"'
    return answer


def wanted(slug: str, asked: dict[str, Any]) -> tuple[PublishedQuarter, Revision]:
    """Return the quarter and revision that an address asks for.

    :raises NotFound: it is not published.
    """
    found = queries.get_published(db.session(), quarter_of_slug(slug))
    return found, found.revision(asked["revision"])


def mark_of(found: PublishedQuarter, shown: Revision) -> str:
    """Return the mark of a revision: its own, and which others stand beside it, since its page leads to them."""
    return "-".join((shown.mark, *(str(each.number) for each in found.revisions)))


def mark_of_list(found: Sequence[PublishedQuarter]) -> str:
    """Return the mark of the whole list."""
    return sha256("".join(each.mark for quarter in found for each in quarter.revisions).encode()).hexdigest()
