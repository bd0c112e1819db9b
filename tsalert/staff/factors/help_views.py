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
from tsalert.staff.presence import asks_presence
from tsalert.web.access import current_actor, requires
from tsalert.web.forms import load_form, redisplays

bp = Blueprint("sign_in_help", __name__, url_prefix="/sign-in-help")


@bp.get("")
@requires(Permission.MANAGE_STAFF)
def list_officers() -> ResponseReturnValue:
    """List the officers, and how each signs in."""
    return render_template("staff/sign_in_help.html", standings=standings(db.session()))


@bp.get("/<int:officer_id>")
@requires(Permission.MANAGE_STAFF)
def show_officer(officer_id: int) -> ResponseReturnValue:
    """Offer what helps one officer."""
    officer = queries.get_person(db.session(), officer_id)
    return render_template("staff/sign_in_help_officer.html", officer=officer)


@bp.post("/<int:officer_id>/password-link")
@requires(Permission.MANAGE_STAFF)
@redisplays(show_officer)
@asks_presence
def make_link(officer_id: int) -> ResponseReturnValue:
    """Make a link with which an officer sets a password, and show it, this once."""
    token = passwords.make_link(officer_id, actor=current_actor(), now=utc_now())
    officer = queries.get_person(db.session(), officer_id)
    return render_template("staff/password_link_made.html", officer=officer, link=passwords.link_of(token))


@bp.get("/<int:officer_id>/second-step")
@requires(Permission.MANAGE_STAFF)
def show_reset(officer_id: int) -> ResponseReturnValue:
    """Ask who knows that an officer's device was lost."""
    officer = queries.get_person(db.session(), officer_id)
    neither = {officer_id, current_actor().officer_id}
    witnesses = [each for each in queries.active_officers(db.session()) if each[0] not in neither]
    told = {"officer": officer, "witnesses": witnesses}
    return render_template("staff/second_step_reset.html", **told)


@bp.post("/<int:officer_id>/second-step")
@requires(Permission.MANAGE_STAFF)
@redisplays(show_reset)
@asks_presence
def reset(officer_id: int) -> ResponseReturnValue:
    """Take a lost second step away."""
    why, now = load_form(ResetSchema()), utc_now()
    service.reset(officer_id, why, actor=current_actor(), now=now)
    flash("The second step is taken away. They sign in with their password and set up another one.", "success")
    return redirect(url_for(".list_officers"), 303)
