"""The page on which an officer erases a subscriber who asked for it."""

from flask import Blueprint, flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue

from tsalert.core.actors import Permission
from tsalert.core.clock import utc_now
from tsalert.db import db
from tsalert.retention.own import service
from tsalert.retention.own.schemas import OfficerEraseSchema
from tsalert.subscribers import directory
from tsalert.subscribers.preferences.rules import TYPED_TO_ERASE
from tsalert.web.access import current_actor, reads, requires
from tsalert.web.forms import load_form, redisplays
from tsalert.web.refusing import refuses_on

bp = Blueprint("erasing", __name__, url_prefix="/subscribers/<int:subscriber_id>")


@bp.get("/erase")
@requires(Permission.MANAGE_SUBSCRIBERS)
@reads("subscriber", "subscriber_id")
def show_erasing(subscriber_id: int) -> ResponseReturnValue:
    """Say what is erased and what must be kept."""
    view = directory.get_subscriber(db.session(), subscriber_id)
    return render_template("preferences/officer_erase.html", view=view, word=TYPED_TO_ERASE)


@bp.post("/erase")
@requires(Permission.MANAGE_SUBSCRIBERS)
@refuses_on(show_erasing)
@redisplays(show_erasing)
def erase(subscriber_id: int) -> ResponseReturnValue:
    """Erase a subscriber."""
    typed = load_form(OfficerEraseSchema())["typed"]
    service.erase(subscriber_id, typed, actor=current_actor(), now=utc_now())
    flash("They are erased.", "success")
    return redirect(url_for("subscribers.list_subscribers"), 303)
