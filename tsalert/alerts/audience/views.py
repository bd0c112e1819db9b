"""The page of who would get an alert, and why everybody else on the list would not."""

from flask import render_template
from flask.typing import ResponseReturnValue

from tsalert.alerts import queries
from tsalert.alerts.audience import settling
from tsalert.alerts.audience.account import account_of
from tsalert.alerts.views import bp
from tsalert.core.actors import Permission
from tsalert.db import db
from tsalert.web.access import requires

__all__ = ["bp"]


@bp.get("/alerts/<int:alert_id>/audience")
@requires(Permission.READ_ALERT)
def show_audience(alert_id: int) -> ResponseReturnValue:
    """Show who would get an alert now by channel, ward and kind, and how many are left out for which reason."""
    session = db.session()
    alert = queries.get_alert(session, alert_id)
    account, chosen = account_of(session, alert), settling.say_choice(session, alert)
    return render_template("alerts/audience.html", alert=alert, account=account, chosen=chosen)
