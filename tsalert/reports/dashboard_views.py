"""The dashboard of a quarter, a year or the last four quarters."""

from flask import Blueprint, current_app, render_template, request
from flask.blueprints import BlueprintSetupState
from flask.typing import ResponseReturnValue

from tsalert.core.actors import Permission
from tsalert.core.clock import london_date, utc_now
from tsalert.core.periods import recent_periods
from tsalert.db import db
from tsalert.places.queries import ward_options
from tsalert.reports.change import write_value
from tsalert.reports.dashboard import read_dashboard
from tsalert.reports.dashboard_charts import charts_of
from tsalert.reports.dashboard_schemas import ROLLING, WantedDashboardSchema, resolve
from tsalert.reports.memory import FiguresMemory
from tsalert.reports.vocabulary import Rag
from tsalert.web.access import requires
from tsalert.web.forms import read_form

bp = Blueprint("dashboard", __name__)
_MEMORY = "tsalert_figures"
_COLOURS = {Rag.GREEN: "green", Rag.AMBER: "orange", Rag.RED: "red", Rag.NOT_RATED: "grey"}


@bp.record_once
def _keep_figures(state: BlueprintSetupState) -> None:
    state.app.extensions[_MEMORY] = FiguresMemory()


@bp.get("/dashboard")
@requires(Permission.READ_FIGURES)
def show_dashboard() -> ResponseReturnValue:
    """Show how a period went, by default the quarter that runs."""
    session, now = db.session(), utc_now()
    today = london_date(now)
    wanted = read_form(WantedDashboardSchema(), request.args)
    period = resolve(wanted["period"], today)
    shown = read_dashboard(session, kept_figures(), period, ward=wanted["ward"], now=now)
    return render_template(
        "reports/dashboard.html",
        shown=shown,
        charts=charts_of(shown),
        asked=ROLLING if wanted["period"] == ROLLING else period.label,
        ward=wanted["ward"],
        wards=ward_options(session),
        periods=recent_periods(today),
        colours=_COLOURS,
        write=write_value,
    )


def kept_figures() -> FiguresMemory:
    """Return the figures that this process keeps."""
    memory: FiguresMemory = current_app.extensions[_MEMORY]
    return memory
