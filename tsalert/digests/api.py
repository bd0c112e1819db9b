"""The operation on daily and weekly mails."""

from typing import Any

from marshmallow import RAISE

from tsalert.alerts import queries as alerts
from tsalert.core.actors import Permission
from tsalert.core.clock import utc_now
from tsalert.core.errors import NotFound
from tsalert.db import db
from tsalert.digests import queries
from tsalert.digests.schemas import AlertInDigestsSchema, DigestListSchema
from tsalert.web.access import requires
from tsalert.web.api import api_blueprint
from tsalert.web.fields import PageAsked

blp = api_blueprint("digest_list", "digests", "Daily and weekly mails: what the next hold, and which went out.")
blueprints = (blp,)


@blp.route("")
@requires(Permission.READ_ALERT)
@blp.arguments(PageAsked, location="query", unknown=RAISE)
@blp.response(200, DigestListSchema)
def list_digests(asked: dict[str, Any]) -> dict[str, Any]:
    """List the next daily and weekly mails and those that were made, newest first."""
    session = db.session()
    page = queries.list_sent(session, **asked)
    return {"coming": queries.coming(session, now=utc_now()), "items": page.items, "next": page.next}


@blp.route("/alerts/<int:alert_id>")
@requires(Permission.READ_ALERT)
@blp.response(200, AlertInDigestsSchema(many=True))
def show_alert_in_digests(alert_id: int) -> list[queries.Carried]:
    """Say what daily and weekly mails told of an alert that was sent, and what the next would tell."""
    session = db.session()
    alert = alerts.get_alert(session, alert_id)
    if alert.published_at is None:
        raise NotFound("This alert has not been sent.")
    return queries.of_alert(session, alert, now=utc_now())
