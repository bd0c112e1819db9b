"""The page of the paging policy: what is in force, what was, and a form for what is to come."""

from flask import Blueprint, flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue

from tsalert.core.actors import Permission
from tsalert.core.clock import utc_now
from tsalert.db import db
from tsalert.paging import policies
from tsalert.paging.schemas import PolicyFormSchema, write_steps
from tsalert.staff import queries as staff
from tsalert.web.access import current_actor, for_walls, requires
from tsalert.web.forms import load_form, redisplays

bp = Blueprint("paging", __name__)


@bp.get("/paging/policy")
@requires(Permission.MANAGE_RESPONSE)
def show_policy() -> ResponseReturnValue:
    """Show every version of the policy, and the newest as a form."""
    session, now = db.session(), utc_now()
    in_force = policies.policy_in_force(session, at=now)
    return render_template(
        "paging/policy.html",
        versions=policies.list_policies(session),
        in_force=in_force.id if in_force else None,
        names=staff.officer_names(session),
        write_steps=write_steps,
    )


@bp.get("/board/troubles")
@requires(Permission.SEE_BOARD)
@for_walls
def show_troubles() -> ResponseReturnValue:
    """Say again what stands above every page while pages fail, for a screen that nobody loads anew."""
    return render_template("paging/troubles.html", width="ts-wide")


@bp.post("/paging/policy")
@requires(Permission.MANAGE_RESPONSE)
@redisplays(show_policy)
def set_policy() -> ResponseReturnValue:
    """Add a version of the policy."""
    told = load_form(PolicyFormSchema())
    policies.set_policy(**told, actor=current_actor(), now=utc_now())
    flash("Saved. Pages that have begun carry on under the policy they began with.", "success")
    return redirect(url_for(".show_policy"), 303)
