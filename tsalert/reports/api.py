"""The operation that gives out a period's figures."""

from typing import Any

from marshmallow import RAISE

from tsalert.core.actors import Permission
from tsalert.core.clock import utc_now
from tsalert.db import db
from tsalert.reports.queries import PeriodFigures, period_figures
from tsalert.reports.schemas import PeriodFiguresSchema, WantedFiguresSchema
from tsalert.web.access import requires
from tsalert.web.api import api_blueprint

blp = api_blueprint("figures", "figures", "The figures of a quarter or year, such as 2022/23 Q1.")
blueprints = (blp,)


@blp.route("")
@requires(Permission.READ_FIGURES)
@blp.arguments(WantedFiguresSchema, location="query", unknown=RAISE)
@blp.response(200, PeriodFiguresSchema)
def get_figures(wanted: dict[str, Any]) -> PeriodFigures:
    """Return the figures of a period; provisional until it has ended."""
    return period_figures(db.session(), wanted["period"], utc_now())
