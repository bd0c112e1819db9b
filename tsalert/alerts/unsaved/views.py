"""Where the form of an alert is kept while it is written, and where its officer finds it again."""

from flask import Blueprint, flash, jsonify, redirect, request, url_for
from flask.typing import ResponseReturnValue

from tsalert.alerts.presenting import page_number
from tsalert.alerts.unsaved import service
from tsalert.alerts.unsaved.rules import Copy
from tsalert.core.actors import Permission
from tsalert.core.clock import in_london, utc_now
from tsalert.core.errors import Overtaken, RuleViolation
from tsalert.web.access import current_actor, requires

bp = Blueprint("alert_unsaved", __name__, url_prefix="/alerts/unsaved")


@bp.post("")
@requires(Permission.DRAFT_ALERT)
def keep() -> ResponseReturnValue:
    """Keep what a form holds while it is written; the page says when, or why not."""
    try:
        at = service.keep(_sent(), actor=current_actor(), now=utc_now())
    except Overtaken as refusal:
        return jsonify(message=f"{refusal.message} Save to see what they saved."), 409
    except RuleViolation as refusal:
        return jsonify(message=refusal.message), 422
    return jsonify(saved=f"{in_london(at):%H:%M}")


@bp.post("/later")
@requires(Permission.DRAFT_ALERT)
def keep_for_later() -> ResponseReturnValue:
    """Keep a form that is not finished, by its button; it is found again on the list of alerts."""
    at = service.keep(_sent(), actor=current_actor(), now=utc_now())
    flash(f"Kept at {in_london(at):%H:%M}. Only you can see it, below, until you save it as an alert.", "success")
    return redirect(url_for("alerts.list_alerts"), 303)


@bp.post("/discard")
@requires(Permission.DRAFT_ALERT)
def discard() -> ResponseReturnValue:
    """Let go of what was typed."""
    service.discard(request.form.get("copy"), actor=current_actor(), now=utc_now())
    flash("Discarded.", "success")
    return redirect(url_for("alerts.list_alerts"), 303)


def _sent() -> Copy:
    return Copy(
        key=request.form.get("copy", ""),
        fields=dict(request.form.lists()),
        alert_id=page_number("alert"),
        original_id=page_number("original"),
        seen=request.form.get("shown") or None,
    )
