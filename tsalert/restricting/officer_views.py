"""The page of who is on a case."""

from flask import Blueprint, redirect, render_template, url_for
from flask.typing import ResponseReturnValue

from tsalert.cases import queries as cases
from tsalert.core.actors import Permission
from tsalert.core.clock import utc_now
from tsalert.db import db
from tsalert.restricting import service
from tsalert.restricting.schemas import CaseOfficerSchema
from tsalert.staff import queries as staff
from tsalert.tiers import queries as tiers
from tsalert.web.access import current_actor, requires
from tsalert.web.forms import load_form, redisplays

bp = Blueprint("case_officers", __name__)


@bp.get("/cases/<int:case_id>/officers")
@requires(Permission.READ_CASE)
def show_officers(case_id: int) -> ResponseReturnValue:
    """Show who is on a case, and put officers on it or take them off."""
    session, actor = db.session(), current_actor()
    case = cases.get_case(session, case_id)
    return render_template(
        "restricting/officers.html",
        case=case,
        on_it=tiers.officers_on(session, case_id),
        officers=staff.officer_names(session),
        active=staff.active_officers(session),
        may_say=service.may_say_who_is_on(session, case_id, actor),
    )


@bp.post("/cases/<int:case_id>/officers")
@requires(Permission.WORK_CASE)
@redisplays(show_officers)
def put_on(case_id: int) -> ResponseReturnValue:
    """Put an officer on a case."""
    service.put_on(case_id, load_form(CaseOfficerSchema())["officer_id"], actor=current_actor(), now=utc_now())
    return redirect(url_for(".show_officers", case_id=case_id), 303)


@bp.post("/cases/<int:case_id>/officers/<int:officer_id>/off")
@requires(Permission.WORK_CASE)
@redisplays(lambda case_id, **_: show_officers(case_id))
def take_off(case_id: int, officer_id: int) -> ResponseReturnValue:
    """Take an officer off a case."""
    service.take_off(case_id, officer_id, actor=current_actor(), now=utc_now())
    return redirect(url_for(".show_officers", case_id=case_id), 303)
