"""An officer's own page."""

from flask import Blueprint, flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue

from tsalert.core.clock import utc_now
from tsalert.db import db
from tsalert.staff import queries, service
from tsalert.staff.schemas import ShortcutSchema
from tsalert.web.access import current_actor, signed_in
from tsalert.web.forms import load_form, redisplays

bp = Blueprint("staff", __name__)


@bp.get("/account")
@signed_in
def show_account() -> ResponseReturnValue:
    """Show who is signed in and what they may do."""
    officer = queries.get_officer_by_id(db.session(), current_actor().officer_id)
    return render_template("staff/account.html", officer=officer)


@bp.post("/account/shortcut")
@signed_in
@redisplays(show_account)
def choose_shortcut() -> ResponseReturnValue:
    """Choose the key that opens the form for a call, or switch it off."""
    service.choose_shortcut(**load_form(ShortcutSchema()), actor=current_actor(), now=utc_now())
    flash("Your keyboard shortcut is saved.", "success")
    return redirect(url_for(".show_account"), 303)
