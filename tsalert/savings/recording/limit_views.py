"""The page on which a manager sets above which amount a record needs a second officer."""

from flask import Blueprint, redirect, render_template, url_for
from flask.typing import ResponseReturnValue

from tsalert.core.actors import Permission
from tsalert.core.clock import utc_now
from tsalert.db import db
from tsalert.savings.recording import limits
from tsalert.savings.recording.record_schemas import LimitSchema
from tsalert.savings.rules import VERIFIED_ABOVE
from tsalert.staff.queries import officer_names
from tsalert.web.access import current_actor, requires
from tsalert.web.forms import load_form, redisplays

bp = Blueprint("verification", __name__, url_prefix="/savings/verification")


@bp.get("")
@requires(Permission.READ_FIGURES)
def show_limit() -> ResponseReturnValue:
    """Show the limit, what it was before, and the form to set another."""
    session = db.session()
    return render_template(
        "savings/verification.html",
        above=limits.current_limit(session),
        limits=limits.list_limits(session),
        first=VERIFIED_ABOVE,
        officers=officer_names(session),
    )


@bp.post("")
@requires(Permission.MANAGE_RATES)
@redisplays(show_limit)
def set_limit() -> ResponseReturnValue:
    """Set the limit for records made from now on."""
    limits.set_limit(**load_form(LimitSchema()), actor=current_actor(), now=utc_now())
    return redirect(url_for(".show_limit"), 303)
