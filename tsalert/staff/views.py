"""An officer's own page."""

from flask import Blueprint, render_template
from flask.typing import ResponseReturnValue

from tsalert.db import db
from tsalert.staff import queries
from tsalert.web.access import current_actor, signed_in

bp = Blueprint("staff", __name__)


@bp.get("/account")
@signed_in
def show_account() -> ResponseReturnValue:
    """Show who is signed in and what they may do."""
    officer = queries.get_officer_by_id(db.session(), current_actor().officer_id)
    return render_template("staff/account.html", officer=officer)
