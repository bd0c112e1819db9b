"""The page behind every figure: how it was worked out."""

from urllib.parse import urlencode

from flask import Blueprint, render_template, request, url_for
from flask.typing import ResponseReturnValue

from tsalert.core.actors import Permission
from tsalert.db import db
from tsalert.places.queries import ward_names
from tsalert.savings import explaining
from tsalert.savings.explaining import MOMENTS
from tsalert.savings.figure_schemas import FigureSchema
from tsalert.savings.valuation import EVIDENCE_GRADES
from tsalert.web.access import requires

bp = Blueprint("explaining", __name__)
ASKED = ("profile", "basis", "recognition", "trial")
_NAMED = ("period", "row", "column", "ward", "after", *ASKED)


@bp.get("/savings/explain")
@requires(Permission.READ_FIGURES)
def explain() -> ResponseReturnValue:
    """Show how a figure was worked out: records, rates, formula, exact and shown value."""
    asked = {name: request.args[name] for name in _NAMED if request.args.get(name, "").strip()}
    wanted = FigureSchema().load(asked)
    session = db.session()
    explanation = explaining.explain(session, wanted["figure"], after=wanted["after"])
    more = None
    if explanation.next:
        more = f"{url_for('.explain')}?{urlencode(asked | {'after': explanation.next})}"
    return render_template(
        "savings/explanation.html",
        explanation=explanation,
        asked=asked,
        more=more,
        grades=EVIDENCE_GRADES,
        moments=MOMENTS,
        wards=ward_names(session),
    )
