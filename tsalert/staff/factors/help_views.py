"""Where administrators help officers who cannot sign in: a link for a password, a second step that was lost."""

from flask import Blueprint, flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue

from tsalert.core.actors import Permission
from tsalert.core.clock import utc_now
from tsalert.db import db
from tsalert.staff import queries
from tsalert.staff.factors import service
from tsalert.staff.factors.queries import standings
from tsalert.staff.factors.schemas import ResetSchema
from tsalert.staff.passwords import service as passwords
from tsalert.web.access import current_actor, requires
from tsalert.web.forms import load_form, redisplays

bp = Blueprint("sign_in_help", __name__, url_prefix="/sign-in-help")


@bp.get("")
@requires(Permission.MANAGE_STAFF)
def list_officers() -> ResponseReturnValue:
    """List the officers, and how each signs in."""
    return render_template("staff/sign_in_help.html", standings=standings(db.session()))


@bp.post("/<int:officer_id>/password-link")
@requires(Permission.MANAGE_STAFF)
def make_link(officer_id: int) -> ResponseReturnValue:
    """Make a link with which an officer sets a password, and show it, this once."""
    token = passwords.make_link(officer_id, actor=current_actor(), now=utc_now())
    officer = queries.get_officer_by_id(db.session(), officer_id)
    return render_template("staff/password_link_made.html", officer=officer, link=passwords.link_of(token))


@bp.get("/<int:officer_id>/second-step")
@requires(Permission.MANAGE_STAFF)
def show_reset(officer_id: int) -> ResponseReturnValue:
    """Ask who knows that an officer's device was lost."""
    officer = queries.get_officer_by_id(db.session(), officer_id)
    neither = {officer_id, current_actor().officer_id}
    witnesses = [each for each in queries.active_officers(db.session()) if each[0] not in neither]
    return render_template("staff/second_step_reset.html", officer=officer, witnesses=witnesses)


@bp.post("/<int:officer_id>/second-step")
@requires(Permission.MANAGE_STAFF)
@redisplays(show_reset)
def reset(officer_id: int) -> ResponseReturnValue:
    """Take a lost second step away."""
    service.reset(officer_id, load_form(ResetSchema()), actor=current_actor(), now=utc_now())
    flash("The second step is taken away. They sign in with their password and set up another one.", "success")
    return redirect(url_for(".list_officers"), 303)
