"""Pages of savings for managers: by type, class, ward or quarter, what a draft would change, and files of both."""

from typing import Any

from flask import Blueprint, Response, render_template, request
from flask.typing import ResponseReturnValue

from tsalert.core.actors import Permission
from tsalert.core.clock import london_date, utc_now
from tsalert.core.periods import Period, provisional, recent_periods
from tsalert.db import db
from tsalert.savings.figures import sheets
from tsalert.savings.figures.claims import find_claim
from tsalert.savings.figures.comparing_tables import compare_rows
from tsalert.savings.figures.overview import By, Overview, Wanted, overview
from tsalert.savings.figures.overview_schemas import ROLLING, WantedSavingsSchema, WantedTrialSchema, resolve
from tsalert.savings.figures.what_if import Trial, to_try, try_rates
from tsalert.savings.valuing.methods import Basis
from tsalert.savings.valuing.profiles import PROFILES
from tsalert.savings.valuing.recognition import Recognition
from tsalert.savings.valuing.valuation import EVIDENCE_GRADES
from tsalert.web.access import requires
from tsalert.web.exports import csv_response
from tsalert.web.forms import read_form
from tsalert.web.workbooks import Sheet, workbook_response

bp = Blueprint("overview", __name__)


@bp.get("/savings")
@requires(Permission.READ_FIGURES)
def show_savings() -> ResponseReturnValue:
    """Show a table of savings, and its totals on every basis beside it."""
    shown, asked = _shown()
    return render_template(
        "savings/overview.html",
        shown=shown,
        asked=asked,
        claim=find_claim(db.session()) if asked["since"] else None,
        grades=EVIDENCE_GRADES,
        not_audited=sheets.NOT_AUDITED,
        **_choices(shown.wanted.period),
    )


@bp.get("/savings.<any(csv, xlsx):kind>")
@requires(Permission.READ_FIGURES)
def export_savings(kind: str) -> Response:
    """Give a table of savings as a file."""
    shown, _ = _shown()
    name = sheets.filed(shown.wanted.period, f"by {shown.wanted.by}", method=shown.wanted.method)
    return _file(kind, name, sheets.of_overview(shown, today=london_date(utc_now())))


@bp.get("/savings/what-if")
@requires(Permission.READ_FIGURES)
def show_what_if() -> ResponseReturnValue:
    """Show what other rates, such as a draft, would make of a period; nothing is written."""
    trial = _trial() if request.args.get("trial") else None
    period = trial.standing.period if trial else resolve(None, None, london_date(utc_now()))
    return render_template(
        "savings/what_if.html",
        trial=trial,
        compared=compare_rows(trial.standing, trial.tried) if trial else (),
        sets=to_try(db.session()),
        **_choices(period),
    )


@bp.get("/savings/what-if.<any(csv, xlsx):kind>")
@requires(Permission.READ_FIGURES)
def export_what_if(kind: str) -> Response:
    """Give what other rates would make of a period as a file."""
    trial = _trial()
    name = sheets.filed(trial.standing.period, "what if", method=trial.tried.method)
    return _file(kind, name, sheets.of_trial(trial, today=london_date(utc_now())))


def _shown() -> tuple[Overview, dict[str, Any]]:
    asked = read_form(WantedSavingsSchema(), request.args)
    period = resolve(asked["period"], asked["since"], london_date(utc_now()))
    return overview(db.session(), Wanted(period, asked["by"], asked["method"])), asked


def _trial() -> Trial:
    asked = read_form(WantedTrialSchema(), request.args)
    period = resolve(asked["period"], None, london_date(utc_now()))
    return try_rates(db.session(), period, asked["method"])


def _file(kind: str, name: str, tables: list[Sheet]) -> Response:
    if kind == "csv":
        return csv_response(f"{name}.csv", tables[0].head, tables[0].rows)
    return workbook_response(f"{name}.xlsx", tables, title=name)


def _choices(period: Period) -> dict[str, Any]:
    today = london_date(utc_now())
    labels = [(ROLLING, "Rolling year: the last four complete quarters")]
    labels += [(each.label, f"{each.label}, {each.prose}") for each in recent_periods(today)]
    if period.label not in {label for label, _ in labels}:
        labels.insert(0, (period.label, period.prose))
    return {
        "provisional": provisional(period, today),
        "periods": labels,
        "by": By.options(),
        "basis": [(each.value, each.label) for each in Basis],
        "recognition": [(each.value, each.label) for each in Recognition],
        "profiles": [(each.slug, each.title) for each in PROFILES.values()],
    }
