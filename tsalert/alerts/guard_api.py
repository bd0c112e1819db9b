"""Operations that guard an alert: approving it for a moment to come, what it may cost, and what it would repeat."""

from typing import Any

from tsalert.alerts import proof, queries
from tsalert.alerts.audience.reaching import count_readers
from tsalert.alerts.confirming import confirm_approval
from tsalert.alerts.nearness import find_near
from tsalert.alerts.scheduling import queries as schedules
from tsalert.alerts.scheduling import service as scheduling
from tsalert.alerts.scheduling.models import AlertSchedule
from tsalert.alerts.scheduling.schemas import (
    AlertCallOffSchema,
    AlertScheduleSchema,
    NewScheduleSchema,
    ScheduledListSchema,
)
from tsalert.alerts.schemas import AlertApprovalSchema
from tsalert.alerts.spending import budgets as budgeting
from tsalert.alerts.spending import service as spending
from tsalert.alerts.spending.rules import in_pounds
from tsalert.alerts.spending.schemas import BudgetSchema, NearAlertListSchema, SpendingLeaveSchema
from tsalert.core.actors import Permission
from tsalert.core.clock import utc_now
from tsalert.core.errors import NotFound
from tsalert.db import db
from tsalert.web.access import current_actor, requires
from tsalert.web.api import api_blueprint

blp = api_blueprint("alert_guards", "alerts", "When alerts go out, and what they may cost.")
blueprints = (blp,)


@blp.route("/scheduled")
@requires(Permission.READ_ALERT)
@blp.response(200, ScheduledListSchema)
def list_scheduled() -> dict[str, Any]:
    """List the scheduled alerts; first those that could not go out and wait for a person."""
    return {"items": schedules.list_standing(db.session())}


@blp.route("/<int:alert_id>/schedule")
@requires(Permission.READ_ALERT)
@blp.response(200, AlertScheduleSchema)
def get_schedule(alert_id: int) -> AlertSchedule:
    """Return the last schedule that an alert had, and what became of it."""
    return _latest(alert_id)


@blp.route("/<int:alert_id>/schedule", methods=["POST"])
@requires(Permission.APPROVE_ALERT)
@blp.arguments(NewScheduleSchema)
@blp.response(200, AlertScheduleSchema)
def schedule_alert(told: dict[str, Any], alert_id: int) -> AlertSchedule:
    """Approve what another officer wrote, as its digest names it, for a moment within 30 days."""
    actor, now = current_actor(), utc_now()
    confirm_approval(alert_id, told, actor=actor, now=now)
    scheduling.schedule(alert_id, told["digest"], told["starts_at"], readers=told["readers"], actor=actor, now=now)
    return _latest(alert_id)


@blp.route("/<int:alert_id>/call-off", methods=["POST"])
@requires(Permission.APPROVE_ALERT)
@blp.arguments(AlertCallOffSchema)
@blp.response(200, AlertScheduleSchema)
def call_off_alert(told: dict[str, Any], alert_id: int) -> AlertSchedule:
    """Take back an approval for a later moment; the alert is a draft again."""
    scheduling.call_off(alert_id, told["reason"], actor=current_actor(), now=utc_now())
    return _latest(alert_id)


@blp.route("/<int:alert_id>/start", methods=["POST"])
@requires(Permission.APPROVE_ALERT)
@blp.arguments(AlertApprovalSchema)
@blp.response(200, AlertScheduleSchema)
def start_alert(told: dict[str, Any], alert_id: int) -> AlertSchedule:
    """Send now what was approved for another moment, or could not start by itself."""
    actor, now = current_actor(), utc_now()
    confirm_approval(alert_id, told, actor=actor, now=now)
    scheduling.start(alert_id, told["digest"], readers=told["readers"], actor=actor, now=now)
    return _latest(alert_id)


@blp.route("/<int:alert_id>/spending")
@requires(Permission.READ_ALERT)
@blp.response(200, BudgetSchema)
def get_budget(alert_id: int) -> dict[str, Any]:
    """Return what its texts and calls would cost now, against what is left of this hour and this month."""
    return _budget(alert_id)


@blp.route("/<int:alert_id>/spending-leave", methods=["POST"])
@requires(Permission.RAISE_SPENDING)
@blp.arguments(SpendingLeaveSchema)
@blp.response(200, BudgetSchema)
def let_cost_more(told: dict[str, Any], alert_id: int) -> dict[str, Any]:
    """Let this one alert, as its digest names it, cost more than is left, also when it is sent again."""
    spending.give_leave(alert_id, told["digest"], told["reason"], actor=current_actor(), now=utc_now())
    return _budget(alert_id)


@blp.route("/<int:alert_id>/near")
@requires(Permission.READ_ALERT)
@blp.response(200, NearAlertListSchema)
def list_near(alert_id: int) -> dict[str, Any]:
    """List the alerts of the same case of the last minutes, and those of the last day under the same headline."""
    session = db.session()
    return {"items": find_near(session, queries.get_alert(session, alert_id), now=utc_now())}


def _budget(alert_id: int) -> dict[str, Any]:
    session, now = db.session(), utc_now()
    alert = queries.get_alert(session, alert_id)
    pulled = proof.pull_proof(alert)
    if alert.published_at is not None:
        cost, purses = in_pounds(spending.set_aside_for(session, alert_id)), spending.purses(session, now=now)
        has_leave = spending.find_leave(session, alert_id, pulled.digest) is not None
        return {"cost": cost, "purses": purses, "too_dear": None, "may_cost_more": has_leave}
    reach = count_readers(session, alert, now=now).at_once
    found = budgeting.find_budget(session, alert, pulled, reach, now=now)
    names = ("cost", "purses", "too_dear")
    return {name: getattr(found, name) for name in names} | {"may_cost_more": found.leave is not None}


def _latest(alert_id: int) -> AlertSchedule:
    session = db.session()
    found = schedules.find_latest(session, queries.get_alert(session, alert_id).id)
    if found is None:
        raise NotFound("This alert was never scheduled.")
    return found
