"""The ledger of circulation as a page and as a file."""

from typing import Any

from flask import Blueprint, render_template, request
from flask.typing import ResponseReturnValue
from marshmallow import EXCLUDE

from tsalert.circulation import ledger
from tsalert.circulation.schemas import CirculationLedgerQuerySchema
from tsalert.core.actors import Permission
from tsalert.core.clock import london_date, utc_now
from tsalert.core.periods import recent_periods
from tsalert.db import db
from tsalert.web.access import requires
from tsalert.web.exports import csv_response
from tsalert.web.forms import read_form

bp = Blueprint("circulation_ledger", __name__)


@bp.get("/circulation")
@requires(Permission.READ_FIGURES)
def show_ledger() -> ResponseReturnValue:
    """Show what was declared, acknowledged and observed, each for itself and dated."""
    asked, now = _asked(), utc_now()
    page = ledger.page_of(db.session(), **asked)
    narrowed = {name: asked[name] for name in ("alert_id", "partner_id")}
    periods = recent_periods(london_date(now))
    period = asked["period"]
    return render_template(
        "circulation/ledger.html",
        found=page.items,
        narrowed=narrowed,
        label=period.label if period else None,
        older=page.next,
        is_first=asked["after"] is None,
        figures=ledger.figures(db.session(), period, now=now) if period else None,
        period=period,
        periods=[(each.label, each.label) for each in periods],
        now=now,
    )


@bp.get("/circulation.csv")
@requires(Permission.READ_FIGURES)
def export_ledger() -> ResponseReturnValue:
    """Give the ledger as a file."""
    everything = ledger.page_of(db.session(), **_asked() | {"after": None, "limit": None})
    return csv_response("circulation.csv", ledger.HEAD, ledger.rows(everything.items, now=utc_now()))


def _asked() -> dict[str, Any]:
    asked: dict[str, Any] = read_form(CirculationLedgerQuerySchema(unknown=EXCLUDE), request.args)
    return asked
