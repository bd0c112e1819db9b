"""Pages of the bodies that information is passed to."""

from typing import Any

from flask import Blueprint, redirect, render_template, url_for
from flask.typing import ResponseReturnValue

from tsalert.core.actors import Permission
from tsalert.core.clock import london_date, utc_now
from tsalert.db import db
from tsalert.referrals import bodies, rules
from tsalert.referrals.schemas import NewBodySchema
from tsalert.referrals.vocabulary import BodyKind
from tsalert.web.access import current_actor, requires
from tsalert.web.forms import load_change, load_form, redisplays

bp = Blueprint("bodies", __name__)


@bp.get("/partner-bodies")
@requires(Permission.READ_CASE)
def list_bodies() -> ResponseReturnValue:
    """List the bodies in use, with those whose contacts nobody saw for a year."""
    return render_template(
        "referrals/bodies.html",
        found=bodies.list_bodies(db.session()),
        kinds=BodyKind,
        today=london_date(utc_now()),
        is_unverified=rules.is_unverified,
    )


@bp.get("/partner-bodies/new")
@requires(Permission.WORK_CASE)
def new_body() -> ResponseReturnValue:
    """Show the form for a body."""
    return _form(known=None)


@bp.post("/partner-bodies")
@requires(Permission.WORK_CASE)
@redisplays(new_body)
def add_body() -> ResponseReturnValue:
    """Add a body."""
    bodies.add_body(load_form(NewBodySchema()), actor=current_actor(), now=utc_now())
    return redirect(url_for(".list_bodies"), 303)


@bp.get("/partner-bodies/<int:body_id>")
@requires(Permission.WORK_CASE)
def edit_body(body_id: int) -> ResponseReturnValue:
    """Show a body to be changed, or verified as it stands."""
    return _form(known=bodies.get_body(db.session(), body_id))


@bp.post("/partner-bodies/<int:body_id>")
@requires(Permission.WORK_CASE)
@redisplays(edit_body)
def change_body(body_id: int) -> ResponseReturnValue:
    """Change a body, which verifies it."""
    new, seen = load_change(NewBodySchema())
    bodies.change_body(body_id, new, seen=seen, actor=current_actor(), now=utc_now())
    return redirect(url_for(".list_bodies"), 303)


@bp.post("/partner-bodies/<int:body_id>/end")
@requires(Permission.WORK_CASE)
@redisplays(edit_body)
def end_body(body_id: int) -> ResponseReturnValue:
    """Take a body off the list."""
    bodies.end_body(body_id, actor=current_actor(), now=utc_now())
    return redirect(url_for(".list_bodies"), 303)


def _form(*, known: Any) -> str:
    mark = bodies.mark_of_body(known) if known else None
    return render_template("referrals/body.html", known=known, kinds=BodyKind, seen=mark)
