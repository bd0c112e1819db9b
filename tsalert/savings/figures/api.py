"""Operations that give savings out by type, class, ward or quarter, and what a draft would change."""

from typing import Any

from marshmallow import RAISE

from tsalert.core.actors import Permission
from tsalert.core.clock import london_date, utc_now
from tsalert.db import db
from tsalert.savings.figures.claims import find_claim
from tsalert.savings.figures.overview import Wanted, overview
from tsalert.savings.figures.overview_schemas import (
    OverviewSchema,
    TrialSchema,
    WantedSavingsSchema,
    WantedTrialSchema,
    resolve,
)
from tsalert.savings.figures.what_if import try_rates
from tsalert.web.access import requires
from tsalert.web.api import api_blueprint

tables = api_blueprint("savings_tables", "savings/tables", "Savings by type, class, ward or quarter, on any basis.")


@tables.route("", methods=["GET"])
@requires(Permission.READ_FIGURES)
@tables.arguments(WantedSavingsSchema, location="query", unknown=RAISE)
@tables.response(200, OverviewSchema)
def show_savings(asked: dict[str, Any]) -> dict[str, Any]:
    """Give a table of savings, of the quarter that runs where no period is named."""
    period = resolve(asked["period"], asked["since"], london_date(utc_now()))
    shown = overview(db.session(), Wanted(period, asked["by"], asked["method"]))
    return {
        "by": asked["by"],
        "table": shown.table,
        "bases": shown.bases,
        "sets": shown.sets,
        "quoted_claim": find_claim(db.session()) if asked["since"] else None,
    }


@tables.route("/what-if", methods=["GET"])
@requires(Permission.READ_FIGURES)
@tables.arguments(WantedTrialSchema, location="query", unknown=RAISE)
@tables.response(200, TrialSchema)
def try_rate_set(asked: dict[str, Any]) -> dict[str, Any]:
    """Say what a rate set, such as a draft, would make of a period; nothing is written."""
    period = resolve(asked["period"], None, london_date(utc_now()))
    trial = try_rates(db.session(), period, asked["method"])
    return {"standing": trial.standing, "tried": trial.tried}
