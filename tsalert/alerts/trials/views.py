"""The button by which an officer sends an alert to themselves."""

from flask import flash, redirect, url_for
from flask.typing import ResponseReturnValue

from tsalert.alerts.trials import service
from tsalert.alerts.trials.schemas import NewAlertTrialSchema
from tsalert.alerts.views import bp, show_alert
from tsalert.core.actors import Permission
from tsalert.core.clock import utc_now
from tsalert.web.access import current_actor, requires
from tsalert.web.forms import load_form, redisplays

__all__ = ["bp"]


@bp.post("/alerts/<int:alert_id>/tests")
@requires(Permission.DRAFT_ALERT)
@redisplays(show_alert)
def send_test(alert_id: int) -> ResponseReturnValue:
    """Send it to oneself alone, marked as a test."""
    told = load_form(NewAlertTrialSchema())
    service.send_to_oneself(alert_id, told["channel"], told["edition"], actor=current_actor(), now=utc_now())
    flash("The test is on its way to you, and to nobody else.", "success")
    return redirect(url_for("alerts.show_alert", alert_id=alert_id), 303)
