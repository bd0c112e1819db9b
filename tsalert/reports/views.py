"""The page of a period's figures."""

from flask import Blueprint, render_template, request
from flask.typing import ResponseReturnValue

from tsalert.core.actors import Permission
from tsalert.core.clock import london_date, utc_now
from tsalert.core.periods import quarter_of, recent_periods
from tsalert.db import db
from tsalert.reports import indicators
from tsalert.reports.queries import LARGE_SAVING, period_figures
from tsalert.reports.schemas import WantedSchema
from tsalert.savings.valuing.profiles import COLUMNS
from tsalert.web.access import requires
from tsalert.web.forms import read_form

bp = Blueprint("reports", __name__)


@bp.get("/figures")
@requires(Permission.READ_FIGURES)
def show_period() -> ResponseReturnValue:
    """Show the figures of a quarter or year, by default of the quarter that runs."""
    now = utc_now()
    today = london_date(now)
    period = read_form(WantedSchema(), request.args)["period"] or quarter_of(today)
    figures = period_figures(db.session(), period, now)
    known = indicators.indicators_on(db.session(), period.last_day)
    return render_template(
        "reports/period.html",
        figures=figures,
        groups=indicators.by_group(indicators.read_all(figures, known)),
        percent=indicators.percent,
        columns=COLUMNS,
        large_saving=LARGE_SAVING,
        periods=recent_periods(today),
        has_begun=period.first_day <= today,
    )
