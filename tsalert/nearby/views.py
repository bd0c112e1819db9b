"""Pages on which officers see alerts of linked authorities, and begin alerts of ours with them."""

from flask import Blueprint, flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue

from tsalert.core.actors import Permission
from tsalert.core.clock import utc_now
from tsalert.db import db
from tsalert.nearby import queries, service
from tsalert.nearby.rules import State
from tsalert.web.access import current_actor, requires
from tsalert.web.fields import PlaceAsked
from tsalert.web.forms import load_page
from tsalert.web.refusing import refuses_on

bp = Blueprint("nearby", __name__, url_prefix="/nearby-alerts")


@bp.get("")
@requires(Permission.READ_ALERT)
def list_alerts() -> ResponseReturnValue:
    """Show what linked authorities have alerted of, the newest first."""
    session, asked = db.session(), load_page(PlaceAsked)
    found = queries.list_alerts(session, now=utc_now(), **asked)
    page = {"alerts": found.items, "feeds": queries.list_feeds(session), "is_first": asked["after"] is None}
    return render_template("nearby/list.html", **page, older=found.next)


@bp.get("/<int:nearby_id>")
@requires(Permission.READ_ALERT)
def show_alert(nearby_id: int) -> ResponseReturnValue:
    """Show one of their alerts."""
    found = queries.get_alert(db.session(), nearby_id, now=utc_now())
    return render_template("nearby/alert.html", found=found, states=State)


@bp.post("/<int:nearby_id>/use")
@requires(Permission.DRAFT_ALERT)
@refuses_on(show_alert)
def use_alert(nearby_id: int) -> ResponseReturnValue:
    """Open the form of a new alert with their words."""
    begun = service.use(nearby_id, actor=current_actor(), now=utc_now())
    told = (
        f"These are the words of {begun.authority}. Change them to fit us: who it concerns here, and who to ring here."
    )
    flash(told, "success")
    return redirect(url_for("alerts.new_alert", copy=begun.copy), 303)
