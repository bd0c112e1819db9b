"""The page on which officers have landlines asked by a call, and see what came of it."""

from flask import Blueprint, flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue

from tsalert.core.actors import Permission
from tsalert.core.clock import utc_now
from tsalert.db import db
from tsalert.places import queries as places
from tsalert.subscribers import asked, queries, service
from tsalert.subscribers.schemas import LandlineSchema
from tsalert.subscribers.wording import SOURCES
from tsalert.web.access import current_actor, requires
from tsalert.web.forms import load_form, load_page, redisplays

bp = Blueprint("landlines", __name__)


@bp.get("/subscribers/landlines")
@requires(Permission.MANAGE_SUBSCRIBERS)
def list_landlines() -> ResponseReturnValue:
    """Show the landlines that were asked, and the form to ask another."""
    session = db.session()
    return render_template(
        "subscribers/landlines.html",
        page=asked.asked_landlines(session, **load_page()),
        sources=SOURCES,
        topics=queries.topics(session),
        wards=places.ward_options(session),
    )


@bp.post("/subscribers/landlines")
@requires(Permission.MANAGE_SUBSCRIBERS)
@redisplays(list_landlines)
def ask_landline() -> ResponseReturnValue:
    """Have a landline rung, by day, and asked."""
    contact, wish = load_form(LandlineSchema())
    service.ask_by_call(contact, wish, actor=current_actor(), now=utc_now())
    flash("We will ring the number between 08:00 and 21:00 and ask.", "success")
    return redirect(url_for(".list_landlines"), 303)
