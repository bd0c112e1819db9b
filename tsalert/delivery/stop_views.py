"""The page of the one switch: all sending to many, stopped or started."""

from flask import Blueprint, flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue

from tsalert.core.actors import Permission
from tsalert.core.clock import utc_now
from tsalert.db import db
from tsalert.delivery import stopping
from tsalert.delivery.stop_schemas import SwitchSchema
from tsalert.web.access import current_actor, requires, signed_in
from tsalert.web.forms import load_form, redisplays

bp = Blueprint("sending", __name__, url_prefix="/sending")


@bp.get("")
@signed_in
def show_sending() -> ResponseReturnValue:
    """Show whether alerts and digests leave, and when they did not."""
    session = db.session()
    return render_template(
        "delivery/sending.html",
        stop=stopping.current_stop(session),
        waiting=stopping.count_waiting(session),
        past=stopping.past_stops(session),
    )


@bp.post("/stop")
@requires(Permission.STOP_SENDING)
@redisplays(show_sending)
def stop_sending() -> ResponseReturnValue:
    """Let nothing more leave for many."""
    stopping.stop_sending(load_form(SwitchSchema())["reason"], actor=current_actor(), now=utc_now())
    return _back("Stopped. Nothing more of any alert or digest leaves until somebody starts sending again.")


@bp.post("/start")
@requires(Permission.STOP_SENDING)
@redisplays(show_sending)
def start_sending() -> ResponseReturnValue:
    """Let what waits leave."""
    stopping.start_sending(load_form(SwitchSchema())["reason"], actor=current_actor(), now=utc_now())
    return _back("Started. What waited leaves now.")


def _back(message: str) -> ResponseReturnValue:
    flash(message, "success")
    return redirect(url_for(".show_sending"), 303)
