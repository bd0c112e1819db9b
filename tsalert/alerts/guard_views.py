"""Approving an alert for a moment to come, and letting it cost more; these views stand among those of alerts."""

from flask.typing import ResponseReturnValue

from tsalert.alerts.confirming import confirm_approval
from tsalert.alerts.scheduling import service as scheduling
from tsalert.alerts.scheduling.schemas import AlertCallOffSchema, NewScheduleSchema
from tsalert.alerts.schemas import AlertApprovalSchema
from tsalert.alerts.sending_words import on_their_way
from tsalert.alerts.spending import service as spending
from tsalert.alerts.spending.schemas import SpendingLeaveSchema
from tsalert.alerts.views import bp, lead_to, show_alert
from tsalert.core.actors import Permission
from tsalert.core.clock import utc_now
from tsalert.web.access import current_actor, requires
from tsalert.web.filters import moment
from tsalert.web.forms import load_form, redisplays

__all__ = ["bp"]


@bp.post("/alerts/<int:alert_id>/schedule")
@requires(Permission.APPROVE_ALERT)
@redisplays(show_alert)
def schedule_alert(alert_id: int) -> ResponseReturnValue:
    """Approve exactly what was shown, for a moment to come."""
    typed, actor, now = load_form(NewScheduleSchema()), current_actor(), utc_now()
    confirm_approval(alert_id, typed, actor=actor, now=now)
    at = typed["starts_at"]
    scheduling.schedule(alert_id, typed["digest"], at, readers=typed["readers"], actor=actor, now=now)
    return lead_to(alert_id, f"Approved. It goes out on {moment(at)}.")


@bp.post("/alerts/<int:alert_id>/call-off")
@requires(Permission.APPROVE_ALERT)
@redisplays(show_alert)
def call_off_alert(alert_id: int) -> ResponseReturnValue:
    """Take the approval for a moment to come back."""
    scheduling.call_off(alert_id, load_form(AlertCallOffSchema())["reason"], actor=current_actor(), now=utc_now())
    return lead_to(alert_id, "Called off. It is a draft again, and does not go out.")


@bp.post("/alerts/<int:alert_id>/start")
@requires(Permission.APPROVE_ALERT)
@redisplays(show_alert)
def start_alert(alert_id: int) -> ResponseReturnValue:
    """Send exactly what was shown now, and not at its moment."""
    typed, actor, now = load_form(AlertApprovalSchema()), current_actor(), utc_now()
    confirm_approval(alert_id, typed, actor=actor, now=now)
    size = scheduling.start(alert_id, typed["digest"], readers=typed["readers"], actor=actor, now=now)
    return lead_to(alert_id, on_their_way(size))


@bp.post("/alerts/<int:alert_id>/spending-leave")
@requires(Permission.RAISE_SPENDING)
@redisplays(show_alert)
def let_alert_cost_more(alert_id: int) -> ResponseReturnValue:
    """Let this one alert, as it was shown, cost more than is left."""
    typed = load_form(SpendingLeaveSchema())
    spending.give_leave(alert_id, typed["digest"], typed["reason"], actor=current_actor(), now=utc_now())
    return lead_to(alert_id, "Kept. This alert may cost more, as long as nobody changes it.")
