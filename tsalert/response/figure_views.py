"""Pages of a period's rapid-response figures, the incidents behind them, and both as CSV files."""

from typing import Any

from flask import Blueprint, Response, render_template, request
from flask.typing import ResponseReturnValue

from tsalert.core.actors import Permission
from tsalert.core.clock import london_date, utc_now
from tsalert.core.periods import Period, quarter_of, recent_periods
from tsalert.db import db
from tsalert.places import queries as places
from tsalert.response import figure_lists, figure_telling
from tsalert.response.counting import By
from tsalert.response.figure_lists import Result, Wanted
from tsalert.response.figure_schemas import WantedListSchema, WantedPeriodSchema
from tsalert.response.figures import label
from tsalert.staff import queries as staff
from tsalert.web.access import current_actor, requires
from tsalert.web.exports import csv_response
from tsalert.web.forms import read_form

bp = Blueprint("response_figures", __name__)
_PAGE = 100


@bp.get("/response-figures")
@requires(Permission.READ_FIGURES)
def show_period() -> ResponseReturnValue:
    """Show the figures of a period, by default of the quarter that runs."""
    now = utc_now()
    return render_template(
        "response/figures.html",
        told=figure_telling.tell(db.session(), _period(), now=now),
        columns=figure_telling.COLUMNS,
        by=By,
        result=Result,
        periods=recent_periods(london_date(now)),
    )


@bp.get("/response-figures.csv")
@requires(Permission.READ_FIGURES)
def export_period() -> Response:
    """Give out a period's figures as a CSV file."""
    told = figure_telling.tell(db.session(), _period(), now=utc_now())
    return csv_response(f"rapid-response {_filed(told.period)}.csv", figure_telling.HEAD, figure_telling.table(told))


@bp.get("/response-figures/incidents")
@requires(Permission.READ_FIGURES)
def list_incidents() -> ResponseReturnValue:
    """List the incidents behind a figure."""
    wanted: Wanted = read_form(WantedListSchema(unknown="exclude"), request.args)
    listed = figure_lists.list_lines(db.session(), wanted, reader=current_actor(), now=utc_now())
    return render_template(
        "response/figure_incidents.html",
        wanted=wanted,
        page=figure_lists.cut_lines(listed, after=wanted.after, size=_PAGE),
        group=label(wanted.by, wanted.key, places.ward_names(db.session())) if wanted.by else None,
        **_names(),
    )


@bp.get("/response-figures/incidents.csv")
@requires(Permission.READ_FIGURES)
def export_incidents() -> Response:
    """Give out the incidents behind a figure as a CSV file."""
    wanted: Wanted = read_form(WantedListSchema(unknown="exclude"), request.args)
    listed = figure_lists.list_lines(db.session(), wanted, reader=current_actor(), now=utc_now())
    rows = figure_lists.list_rows(listed, **_names())
    name = f"rapid-response {_filed(wanted.period)} {wanted.result}.csv"
    return csv_response(name, figure_lists.LIST_HEAD, rows)


def _period() -> Period:
    wanted: Period | None = read_form(WantedPeriodSchema(), request.args)
    return wanted or quarter_of(london_date(utc_now()))


def _filed(period: Period) -> str:
    """Return a period's label as the name of a file can hold it."""
    return period.label.replace("/", "-")


def _names() -> dict[str, Any]:
    return {"wards": places.ward_names(db.session()), "names": staff.officer_names(db.session())}
