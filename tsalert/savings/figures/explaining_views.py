"""The page behind every figure: how it was worked out."""

from urllib.parse import urlencode

from flask import Blueprint, Response, render_template, request, url_for
from flask.typing import ResponseReturnValue

from tsalert.activities.queries import behind_savings
from tsalert.core.actors import Permission
from tsalert.core.clock import london_date, utc_now
from tsalert.core.periods import provisional
from tsalert.db import db
from tsalert.places.queries import ward_names
from tsalert.savings.figures import explaining, sheets
from tsalert.savings.figures.explaining import MOMENTS, Figure
from tsalert.savings.figures.schemas import FigureSchema
from tsalert.savings.valuing.valuation import EVIDENCE_GRADES
from tsalert.web.access import requires
from tsalert.web.exports import csv_response
from tsalert.web.workbooks import workbook_response

bp = Blueprint("explaining", __name__)
# As many records as one file names; the address of the last one leads to the rest.
_MOST = 10_000
_ASKED = ("profile", "basis", "recognition", "trial")
_NAMED = ("period", "row", "column", "ward", "after", *_ASKED)


@bp.get("/savings/explain")
@requires(Permission.READ_FIGURES)
def explain() -> ResponseReturnValue:
    """Show how a figure was worked out: records, rates, formula, exact and shown value."""
    asked = _asked()
    wanted = FigureSchema().load(asked)
    session = db.session()
    explanation = explaining.explain(session, wanted["figure"], after=wanted["after"])
    more = None
    if explanation.next:
        more = f"{url_for('.explain')}?{urlencode(asked | {'after': explanation.next})}"
    return render_template(
        "savings/explanation.html",
        explanation=explanation,
        provisional=provisional(explanation.figure.period, london_date(utc_now())),
        kept={name: text for name, text in asked.items() if name != "after"},
        more=more,
        grades=EVIDENCE_GRADES,
        moments=MOMENTS,
        wards=ward_names(session),
        activities=behind_savings(session, [each.version.reference for each in explanation.records]),
    )


@bp.get("/savings/explain.<any(csv, xlsx):kind>")
@requires(Permission.READ_FIGURES)
def export_explanation(kind: str) -> Response:
    """Give a figure's formulas and records as a file; the CSV holds the records."""
    wanted = FigureSchema().load(_asked())
    figure: Figure = wanted["figure"]
    told = explaining.explain(db.session(), figure, after=wanted["after"], size=_MOST)
    name = sheets.filed(figure.period, figure.row, figure.column, figure.ward, method=figure.method)
    formulas, records, notes = sheets.of_explanation(told, today=london_date(utc_now()))
    if kind == "csv":
        return csv_response(f"{name}.csv", records.head, records.rows)
    return workbook_response(f"{name}.xlsx", [formulas, records, notes], title=name)


def _asked() -> dict[str, str]:
    """Return the named parts of the address that say something; no others, since they go into links again."""
    return {name: request.args[name] for name in _NAMED if request.args.get(name, "").strip()}
