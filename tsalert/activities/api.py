"""Operations on activities; holding and correcting, which change savings, are with those."""

from typing import Any

from marshmallow import RAISE
from msgspec.structs import asdict

from tsalert.activities import queries, service
from tsalert.activities.figures import activity_totals, total_rows
from tsalert.activities.queries import ActivityFilter, ActivityView
from tsalert.activities.recognition_api import blp as recognitions
from tsalert.activities.rules import Plan
from tsalert.activities.schemas import (
    ActivityCancellationSchema,
    ActivityFilterSchema,
    ActivityPeriodSchema,
    ActivitySchema,
    ActivityTotalsSchema,
    PlanChangeSchema,
    PlanSchema,
    WholeActivitySchema,
)
from tsalert.activities.service import Seen
from tsalert.activities.zone_api import blp as zones
from tsalert.core.actors import Permission
from tsalert.core.clock import utc_now
from tsalert.db import db
from tsalert.keysets import Page
from tsalert.web.access import current_actor, requires
from tsalert.web.api import api_blueprint, page_of
from tsalert.web.fields import ListPlace

activities = api_blueprint("activities", "activities", "Talks, sessions, training, community days and campaigns.")
blueprints = (activities, zones, recognitions)


@activities.route("")
@requires(Permission.READ_FIGURES)
@activities.arguments(ActivityFilterSchema, location="query", unknown=RAISE)
@activities.response(200, page_of(ActivitySchema, ListPlace))
def list_activities(wanted: ActivityFilter) -> Page[ActivityView]:
    """List activities, the latest first."""
    return queries.list_activities(db.session(), wanted)


@activities.route("", methods=["POST"])
@requires(Permission.RECORD_INTERVENTION)
@activities.arguments(PlanSchema)
@activities.response(201, WholeActivitySchema)
def plan_activity(plan: Plan) -> dict[str, Any]:
    """Record an activity that is planned, or took place and is not told yet."""
    return whole(service.plan_activity(plan, actor=current_actor(), now=utc_now()))


@activities.route("/totals")
@requires(Permission.READ_FIGURES)
@activities.arguments(ActivityPeriodSchema, location="query", unknown=RAISE)
@activities.response(200, ActivityTotalsSchema)
def get_totals(asked: dict[str, Any]) -> dict[str, Any]:
    """Give the activities of a period in numbers; one of several days belongs to the period of its last."""
    found = activity_totals(db.session(), asked["period"])
    return {
        "period": found.period,
        "sessions": found.sessions,
        "friends_trained": found.friends_trained,
        "practitioners_trained": found.practitioners_trained,
        "zones_in_force": found.zones.in_force,
        "totals": [{"group": group, "what": what, "number": number} for group, what, number in total_rows(found)],
    }


@activities.route("/<int:activity_id>")
@requires(Permission.READ_FIGURES)
@activities.response(200, WholeActivitySchema)
def get_activity(activity_id: int) -> dict[str, Any]:
    """Return one activity with what it said before each correction."""
    return whole(activity_id)


@activities.route("/<int:activity_id>", methods=["PUT"])
@requires(Permission.RECORD_INTERVENTION)
@activities.arguments(PlanChangeSchema)
@activities.response(200, WholeActivitySchema)
def change_plan(told: dict[str, Any], activity_id: int) -> dict[str, Any]:
    """Write the plan of an activity anew."""
    service.change_plan(Seen(activity_id, told["of_version"]), told["plan"], actor=current_actor(), now=utc_now())
    return whole(activity_id)


@activities.route("/<int:activity_id>/cancellation", methods=["POST"])
@requires(Permission.RECORD_INTERVENTION)
@activities.arguments(ActivityCancellationSchema)
@activities.response(200, WholeActivitySchema)
def cancel_activity(told: dict[str, Any], activity_id: int) -> dict[str, Any]:
    """Say that an activity does not take place, and why."""
    seen = Seen(activity_id, told["of_version"])
    service.cancel_activity(seen, told["reason"], actor=current_actor(), now=utc_now())
    return whole(activity_id)


def whole(activity_id: int) -> dict[str, Any]:
    """Return an activity as the API gives it."""
    found = queries.get_activity(db.session(), activity_id)
    return asdict(found) | {"corrections": queries.corrections_of(db.session(), activity_id)}
