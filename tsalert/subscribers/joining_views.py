"""Pages on which residents join."""

from flask import Blueprint, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from tsalert.core.clock import utc_now
from tsalert.core.errors import RuleViolation
from tsalert.db import db
from tsalert.subscribers import queries, service, tokens
from tsalert.subscribers.rules import is_too_quick
from tsalert.subscribers.schemas import JoinSchema
from tsalert.web.access import public
from tsalert.web.forms import load_form, redisplays

bp = Blueprint("joining", __name__)


@bp.get("/join")
@public
def show_form() -> ResponseReturnValue:
    """Show the form to join."""
    return render_template("public/join.html", topics=queries.topics(db.session()), stamp=tokens.stamp(utc_now()))


@bp.post("/join")
@public
@redisplays(show_form)
def join() -> ResponseReturnValue:
    """Take a sign-up; the answer is the same for everybody, and for machines that fill every field."""
    typed, now = load_form(JoinSchema()), utc_now()
    if is_too_quick(tokens.read_stamp(typed["drawn"]), now):
        raise RuleViolation("That was very quick. If you are not a machine, press the button once more.")
    if not typed["trap"]:
        service.sign_up(typed["contact"], typed["wish"], network=request.remote_addr or "", now=now)
    return redirect(url_for(".show_next_step"), 303)


@bp.get("/join/next")
@public
def show_next_step() -> ResponseReturnValue:
    """Say what happens next."""
    return render_template("public/next_step.html")
