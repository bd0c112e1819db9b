"""The page of the timetable: what comes when, what was sent, and leaving the monthly summary."""

from flask import Blueprint, flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue

from tsalert.core.actors import Permission
from tsalert.core.clock import utc_now
from tsalert.db import db
from tsalert.quarterly.timetable import leaving, showing
from tsalert.quarterly.timetable.schemas import SummaryChoiceSchema
from tsalert.web.access import current_actor, requires
from tsalert.web.forms import load_form, redisplays

bp = Blueprint("board_timetable", __name__, url_prefix="/board-reports/timetable")


@bp.get("")
@requires(Permission.WRITE_REPORT)
def show_timetable() -> ResponseReturnValue:
    """Show the next twelve months, and what was sent."""
    shown = showing.show(db.session(), current_actor(), now=utc_now())
    return render_template("quarterly/timetable.html", shown=shown)


@bp.post("/summary")
@requires(Permission.SIGN_REPORT)
@redisplays(show_timetable)
def choose_summary() -> ResponseReturnValue:
    """Take or leave the monthly summary."""
    wanted = load_form(SummaryChoiceSchema())["wanted"]
    leaving.choose_summary(wanted=wanted, actor=current_actor(), now=utc_now())
    words = "You get the monthly summary." if wanted else "You get the monthly summary no longer."
    flash(words, "success")
    return redirect(url_for(".show_timetable"), 303)
