"""The public pages: the quarters whose report is published, and the public edition of each."""

from collections.abc import Sequence
from hashlib import sha256
from typing import Any

from flask import Blueprint, render_template, request
from flask.typing import ResponseReturnValue

from tsalert.db import db
from tsalert.quarterly.addresses import quarter_of_slug
from tsalert.quarterly.content import Block, Chart, Report, Table
from tsalert.quarterly.published import queries
from tsalert.quarterly.published.queries import PublishedQuarter, Revision
from tsalert.quarterly.published.schemas import WantedRevisionSchema
from tsalert.quarterly.vocabulary import Unit
from tsalert.quarterly.writing.drawing import drawn
from tsalert.quarterly.writing.prose import html_of
from tsalert.web.access import public
from tsalert.web.caching import for_everybody
from tsalert.web.forms import read_form

bp = Blueprint("published", __name__, url_prefix="/published")
# A correction should be seen within minutes; what is published never changes otherwise.
SECONDS = 300


@bp.get("")
@public
def list_published() -> ResponseReturnValue:
    """Show the quarters of which a report is published."""
    found = queries.published_quarters(db.session())

    def draw() -> ResponseReturnValue:
        return render_template("quarterly/published.html", quarters=found)

    return for_everybody(mark_of_list(found), draw, seconds=SECONDS)


@bp.get("/<quarter>")
@public
def show_published(quarter: str) -> ResponseReturnValue:
    """Show the public edition of a quarter's report: the newest revision, or an earlier one, marked as superseded."""
    found, shown = wanted(quarter, read_form(WantedRevisionSchema(), request.args))

    def draw() -> ResponseReturnValue:
        report = queries.public_edition(db.session(), found.quarter, shown)
        parts = [(section, [_shown(block, report) for block in section.blocks]) for section in report.sections]
        return render_template(
            "quarterly/published_report.html", found=found, shown=shown, head=report.head, parts=parts, html_of=html_of
        )

    return for_everybody(mark_of(found, shown), draw, seconds=SECONDS)


def _shown(block: Block, report: Report) -> dict[str, Any]:
    """Return a block under the name of what it is; a chart whose figures are kept back is nothing."""
    match block:
        case Table():
            numeric = [number for number, column in enumerate(block.columns, 1) if column.unit is not Unit.WORDS]
            return {"table": block, "numeric": numeric}
        case Chart():
            return {"chart": drawn(block, report)}
    return {"prose": block}


def wanted(slug: str, asked: dict[str, Any]) -> tuple[PublishedQuarter, Revision]:
    """Return the quarter and revision that an address asks for.

    :raises NotFound: it is not published.
    """
    found = queries.get_published(db.session(), quarter_of_slug(slug))
    return found, found.revision(asked["revision"])


def mark_of(found: PublishedQuarter, shown: Revision) -> str:
    """Return the mark of a revision: its digest, and where it is superseded by which."""
    return shown.digest if shown == found.newest else f"{shown.digest}-{found.newest.number}"


def mark_of_list(found: Sequence[PublishedQuarter]) -> str:
    """Return the mark of the whole list."""
    return sha256("".join(each.digest for quarter in found for each in quarter.revisions).encode()).hexdigest()
