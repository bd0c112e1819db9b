"""The page of how the list of subscribers grew."""

from flask import Blueprint, Response, render_template
from flask.typing import ResponseReturnValue

from tsalert.core.actors import Permission
from tsalert.core.clock import utc_now
from tsalert.db import db
from tsalert.reports import growth
from tsalert.web.access import requires
from tsalert.web.exports import Cell, csv_response

bp = Blueprint("growth", __name__)


@bp.get("/list-growth")
@requires(Permission.READ_SUBSCRIBERS)
def show_growth() -> ResponseReturnValue:
    """Show how many joined and left, why, and where the list reaches."""
    found = growth.read_growth(db.session(), now=utc_now())
    charts = [growth.chart_of_list(found), growth.chart_of_changes(found)] if found.months else []
    reasons = sorted({reason for each in found.months for reason in each.reasons})
    return render_template("reports/growth.html", growth=found, charts=charts, reasons=reasons)


@bp.get("/list-growth.csv")
@requires(Permission.READ_SUBSCRIBERS)
def export_growth() -> Response:
    """Give the months of the list as CSV."""
    found = growth.read_growth(db.session(), now=utc_now())
    reasons = sorted({reason for each in found.months for reason in each.reasons})
    head = ["month", "joined", "left", "listed", *(f"left: {reason}" for reason in reasons)]
    rows: list[list[Cell]] = [
        [f"{each.month:%Y-%m}", each.joined, each.left, each.listed, *(each.reasons.get(one, 0) for one in reasons)]
        for each in found.months
    ]
    return csv_response("list-growth.csv", head, rows)
