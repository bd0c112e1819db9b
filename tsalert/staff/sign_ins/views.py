"""An officer's own page of where they are signed in."""

from flask import Blueprint, flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue

from tsalert.core.clock import utc_now
from tsalert.core.words import counted
from tsalert.db import db
from tsalert.staff import browsing
from tsalert.staff.sign_ins import queries, service
from tsalert.web.access import current_actor, signed_in

bp = Blueprint("sign_ins", __name__)


@bp.get("/account/sign-ins")
@signed_in
def list_own() -> ResponseReturnValue:
    """List where an officer is signed in, this browser among them."""
    found = queries.sign_ins_of(db.session(), current_actor().officer_id, now=utc_now(), this_one=_this_one())
    return render_template("staff/sign_ins.html", sign_ins=found)


@bp.post("/account/sign-ins/<int:sign_in_id>/end")
@signed_in
def end_own(sign_in_id: int) -> ResponseReturnValue:
    """Sign out one browser."""
    service.end_own(sign_in_id, actor=current_actor(), now=utc_now())
    return _back("That browser is signed out.")


@bp.post("/account/sign-ins/end-others")
@signed_in
def end_others() -> ResponseReturnValue:
    """Sign out every browser but this one."""
    ended = service.end_others(but=_this_one(), actor=current_actor(), now=utc_now())
    return _back(f"Signed out: {counted(ended, 'other browser')}.")


def _this_one() -> int | None:
    known = browsing.sign_in(now=utc_now())
    return known.id if known else None


def _back(said: str) -> ResponseReturnValue:
    flash(said, "success")
    return redirect(url_for(".list_own"), 303)
