"""Pages on which residents join."""

from flask import Blueprint, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from tsalert.core.clock import utc_now
from tsalert.db import db
from tsalert.subscribers import queries, service
from tsalert.subscribers.schemas import JoinSchema
from tsalert.visitors.schemas import is_machine
from tsalert.visitors.tokens import stamp
from tsalert.web.access import public
from tsalert.web.forms import load_form, redisplays

bp = Blueprint("joining", __name__)


@bp.get("/join")
@public
def show_form() -> ResponseReturnValue:
    """Show the form to join."""
    partner = request.args.get("partner", "")
    topics = queries.topics(db.session())
    return render_template("public/join.html", topics=topics, partner=partner, stamp=stamp(utc_now()))


@bp.post("/join")
@public
@redisplays(show_form)
def join() -> ResponseReturnValue:
    """Take a sign-up; the answer is the same for everybody, and for machines that fill every field."""
    typed, now = load_form(JoinSchema()), utc_now()
    if not is_machine(typed, now=now):
        service.sign_up(typed["contact"], typed["wish"], network=request.remote_addr or "", now=now)
    return redirect(url_for(".show_next_step"), 303)


@bp.get("/join/next")
@public
def show_next_step() -> ResponseReturnValue:
    """Say what happens next."""
    return render_template("public/next_step.html")
