"""Operations of the dashboard, of indicators and of partners' figures."""

from typing import Any

from marshmallow import RAISE

from tsalert.core.actors import Permission
from tsalert.core.clock import london_date, utc_now
from tsalert.core.periods import Period, quarter_of
from tsalert.db import db
from tsalert.reports import entering
from tsalert.reports.dashboard import Dashboard, read_dashboard
from tsalert.reports.dashboard_schemas import DashboardSchema, WantedDashboardSchema, resolve
from tsalert.reports.dashboard_views import kept_figures
from tsalert.reports.entering import ImportReport
from tsalert.reports.indicator_schemas import IndicatorsSchema, IndicatorVersionSchema, NewIndicatorVersionSchema
from tsalert.reports.indicators import Indicator, indicators_on, list_versions
from tsalert.reports.partner_files import NewFigure
from tsalert.reports.partner_schemas import (
    Correction,
    NewPartnerFigureSchema,
    PartnerCorrectionSchema,
    PartnerFigureSchema,
    PartnerImportReportSchema,
    PartnerImportSchema,
    PartnerTablesSchema,
    WantedPartnerFiguresSchema,
)
from tsalert.reports.partners import FigureView, PartnerTable, get_figure, partner_tables
from tsalert.reports.setting import NewVersion, set_indicator
from tsalert.web.access import current_actor, requires
from tsalert.web.api import api_blueprint

dashboard = api_blueprint("dashboard", "dashboard", "How a quarter, a year or the last four quarters went.")
indicators = api_blueprint("indicators", "indicators", "Indicators: wording, targets and ratings, with their dates.")
partners = api_blueprint("partner_figures", "partner-figures", "Figures that partners gave us, changes worked out.")
blueprints = (dashboard, indicators, partners)


@dashboard.route("")
@requires(Permission.READ_FIGURES)
@dashboard.arguments(WantedDashboardSchema, location="query", unknown=RAISE)
@dashboard.response(200, DashboardSchema)
def get_dashboard(wanted: dict[str, Any]) -> Dashboard:
    """Return a period's dashboard; ``period`` may be ``rolling``. Figures are no older than a minute."""
    now = utc_now()
    period = resolve(wanted["period"], london_date(now))
    return read_dashboard(db.session(), kept_figures(), period, ward=wanted["ward"], now=now)


@indicators.route("")
@requires(Permission.READ_FIGURES)
@indicators.response(200, IndicatorsSchema)
def list_indicators() -> dict[str, tuple[Indicator, ...]]:
    """List every indicator as it holds for the quarter that runs."""
    return {"items": indicators_on(db.session(), quarter_of(london_date(utc_now())).last_day)}


@indicators.route("/<name>")
@requires(Permission.READ_FIGURES)
@indicators.response(200, IndicatorsSchema)
def get_indicator(name: str) -> dict[str, list[Indicator]]:
    """List every version of one indicator, the one that begins last first."""
    return {"items": list_versions(db.session(), name)}


@indicators.route("/<name>", methods=["POST"])
@requires(Permission.MANAGE_INDICATORS)
@indicators.arguments(NewIndicatorVersionSchema)
@indicators.response(201, IndicatorVersionSchema)
def add_indicator_version(new: NewVersion, name: str) -> Indicator:
    """Give an indicator a further version; periods that are over keep what held in them."""
    version_id = set_indicator(name, new, actor=current_actor(), now=utc_now())
    return next(each for each in list_versions(db.session(), name) if each.id == version_id)


@partners.route("")
@requires(Permission.READ_FIGURES)
@partners.arguments(WantedPartnerFiguresSchema, location="query", unknown=RAISE)
@partners.response(200, PartnerTablesSchema)
def list_partner_figures(wanted: dict[str, Period | None]) -> dict[str, tuple[PartnerTable, ...]]:
    """List each partner's table of a period, or of its latest."""
    return {"items": partner_tables(db.session(), wanted["period"])}


@partners.route("", methods=["POST"])
@requires(Permission.MANAGE_INDICATORS)
@partners.arguments(NewPartnerFigureSchema)
@partners.response(201, PartnerFigureSchema)
def enter_partner_figure(new: NewFigure) -> FigureView:
    """Enter one figure."""
    return get_figure(db.session(), entering.enter_figure(new, actor=current_actor(), now=utc_now()))


@partners.route("/<int:figure_id>/correction", methods=["POST"])
@requires(Permission.MANAGE_INDICATORS)
@partners.arguments(PartnerCorrectionSchema)
@partners.response(201, PartnerFigureSchema)
def correct_partner_figure(found: Correction, figure_id: int) -> FigureView:
    """Put another count in a figure's place; what was entered before is kept."""
    new_id = entering.correct_figure(
        figure_id,
        found.number,
        found.reason,
        printed_percent=found.printed_percent,
        actor=current_actor(),
        now=utc_now(),
    )
    return get_figure(db.session(), new_id)


@partners.route("/import", methods=["POST"])
@requires(Permission.MANAGE_INDICATORS)
@partners.arguments(PartnerImportSchema)
@partners.response(200, PartnerImportReportSchema)
def import_partner_figures(sent: dict[str, Any]) -> ImportReport:
    """Take in every good row of a CSV file, and tell the others with what is wrong."""
    return entering.import_figures(sent["csv"], reason=sent["reason"], actor=current_actor(), now=utc_now())
