"""Operations on alerts of linked authorities."""

from typing import Any

from marshmallow import RAISE

from tsalert.core.actors import Permission
from tsalert.core.clock import utc_now
from tsalert.db import db
from tsalert.nearby import queries, service
from tsalert.nearby.queries import NearbyView
from tsalert.nearby.schemas import NearbyAlertListSchema, NearbyAlertSchema, NearbyBegunSchema
from tsalert.nearby.service import Begun
from tsalert.web.access import current_actor, requires
from tsalert.web.api import api_blueprint
from tsalert.web.fields import PlaceAsked

nearby = api_blueprint("nearby_alerts", "nearby-alerts", "Alerts of linked authorities.")
blueprints = (nearby,)


@nearby.route("")
@requires(Permission.READ_ALERT)
@nearby.arguments(PlaceAsked, location="query", unknown=RAISE)
@nearby.response(200, NearbyAlertListSchema)
def list_alerts(asked: dict[str, Any]) -> dict[str, Any]:
    """List the alerts of linked authorities, the newest first, and when their feeds were read."""
    page = queries.list_alerts(db.session(), now=utc_now(), **asked)
    return {"items": page.items, "feeds": queries.list_feeds(db.session()), "next": page.next}


@nearby.route("/<int:nearby_id>")
@requires(Permission.READ_ALERT)
@nearby.response(200, NearbyAlertSchema)
def get_alert(nearby_id: int) -> NearbyView:
    """Return one of their alerts."""
    return queries.get_alert(db.session(), nearby_id, now=utc_now())


@nearby.route("/<int:nearby_id>/use", methods=["POST"])
@requires(Permission.DRAFT_ALERT)
@nearby.response(201, NearbyBegunSchema)
def use_alert(nearby_id: int) -> Begun:
    """Begin an alert of ours with their words; it is written by POST /alerts and still goes through approval."""
    return service.use(nearby_id, actor=current_actor(), now=utc_now())
