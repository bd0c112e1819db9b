"""Withdrawing an alert, and telling those who got it."""

from flask import flash, redirect, url_for
from flask.typing import ResponseReturnValue

from tsalert.alerts import service
from tsalert.alerts.views import bp, show_alert
from tsalert.alerts.withdrawing import service as withdrawing
from tsalert.alerts.withdrawing.schemas import AlertWithdrawalSchema
from tsalert.core.actors import Permission
from tsalert.core.clock import utc_now
from tsalert.web.access import current_actor, requires
from tsalert.web.forms import load_form, redisplays

__all__ = ["bp"]
_WITHDRAWN = "Withdrawn. Nothing more of it goes out, and our site says why."
_WAITS = "This correction to those who got it goes out once somebody else approves it."


@bp.post("/alerts/<int:alert_id>/withdraw")
@requires(Permission.APPROVE_ALERT)
@redisplays(show_alert)
def withdraw_alert(alert_id: int) -> ResponseReturnValue:
    """Take it back for good, tell everybody why, and write to those who got it if that is wanted."""
    typed, actor, now = load_form(AlertWithdrawalSchema()), current_actor(), utc_now()
    correction_id = service.withdraw(
        alert_id, typed["reason"], tell_readers=typed["tell_readers"], actor=actor, now=now
    )
    if correction_id is None:
        flash(_WITHDRAWN, "success")
        return redirect(url_for(".show_alert", alert_id=alert_id), 303)
    flash(f"{_WITHDRAWN} {_WAITS}", "success")
    return redirect(url_for(".show_alert", alert_id=correction_id), 303)


@bp.post("/alerts/<int:alert_id>/correction")
@requires(Permission.DRAFT_ALERT)
@redisplays(show_alert)
def correct_alert(alert_id: int) -> ResponseReturnValue:
    """Write to those who got an alert that it was withdrawn."""
    correction_id = withdrawing.correct(alert_id, actor=current_actor(), now=utc_now())
    flash(_WAITS, "success")
    return redirect(url_for(".show_alert", alert_id=correction_id), 303)
