"""Pages of indicators: what each means and is rated by, since when, and the form for a new version."""

from flask import Blueprint, flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue

from tsalert.core.actors import Permission
from tsalert.core.clock import london_date, utc_now
from tsalert.core.periods import quarter_of
from tsalert.db import db
from tsalert.reports import vocabulary
from tsalert.reports.indicator_schemas import NewIndicatorVersionSchema
from tsalert.reports.indicators import Indicator, get_indicator, indicators_on, list_versions
from tsalert.reports.setting import set_indicator
from tsalert.staff.queries import officer_names
from tsalert.web.access import current_actor, requires
from tsalert.web.forms import load_form, redisplays

bp = Blueprint("indicators", __name__, url_prefix="/indicators")
bp.context_processor(lambda: {"vocabulary": vocabulary})


@bp.get("")
@requires(Permission.READ_FIGURES)
def list_indicators() -> ResponseReturnValue:
    """Show every indicator as it holds for the quarter that runs."""
    last_day = quarter_of(london_date(utc_now())).last_day
    groups: dict[str, list[Indicator]] = {}
    for each in indicators_on(db.session(), last_day):
        groups.setdefault(each.measure.group, []).append(each)
    return render_template("reports/indicators.html", groups=groups)


@bp.get("/<name>")
@requires(Permission.READ_FIGURES)
def show_indicator(name: str) -> ResponseReturnValue:
    """Show every version of one indicator."""
    session = db.session()
    versions = list_versions(session, name)
    return render_template("reports/indicator.html", versions=versions, officers=officer_names(session))


@bp.get("/<name>/change")
@requires(Permission.MANAGE_INDICATORS)
def new_version(name: str) -> ResponseReturnValue:
    """Ask what an indicator is to be from a day on."""
    quarter = quarter_of(london_date(utc_now()))
    present = get_indicator(db.session(), name, quarter.last_day)
    return render_template("reports/new_indicator_version.html", present=present, quarter=quarter)


@bp.post("/<name>/change")
@requires(Permission.MANAGE_INDICATORS)
@redisplays(new_version)
def add_version(name: str) -> ResponseReturnValue:
    """Give an indicator a further version."""
    set_indicator(name, load_form(NewIndicatorVersionSchema()), actor=current_actor(), now=utc_now())
    flash("The indicator has a new version. Periods that are over keep what applied in them.")
    return redirect(url_for(".show_indicator", name=name), 303)
