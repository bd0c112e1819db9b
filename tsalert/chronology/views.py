"""The page of a case's timeline."""

from flask import Blueprint, render_template, request, url_for
from flask.typing import ResponseReturnValue

from tsalert.cases import queries as cases
from tsalert.chronology.queries import timeline
from tsalert.chronology.rules import EventKind
from tsalert.chronology.schemas import AskedSchema
from tsalert.core.actors import Permission
from tsalert.core.clock import utc_now
from tsalert.db import db
from tsalert.staff import queries as staff
from tsalert.web.access import current_actor, reads, requires
from tsalert.web.forms import read_form

bp = Blueprint("chronology", __name__)


@bp.get("/cases/<int:case_id>/timeline")
@requires(Permission.READ_CASE)
@reads("case", "case_id")
def show_timeline(case_id: int) -> ResponseReturnValue:
    """Show everything that happened in a case, narrowed to the kinds asked for."""
    asked = read_form(AskedSchema(), request.args)
    page = timeline(db.session(), case_id, asked, reader=current_actor(), now=utc_now())

    kinds = [kind.value for kind in asked.kinds]
    return render_template(
        "chronology/timeline.html",
        case=cases.get_case(db.session(), case_id),
        page=page,
        asked=asked,
        kinds=EventKind,
        officers=staff.officer_names(db.session()),
        first=url_for(".show_timeline", case_id=case_id, kind=kinds) if asked.after else None,
        later=url_for(".show_timeline", case_id=case_id, kind=kinds, after=page.next) if page.next else None,
    )
