"""Operations on those whom an alert did not reach."""

from typing import Any

from tsalert.alerts import queries
from tsalert.alerts.missing import queries as missing
from tsalert.alerts.missing import service as resending
from tsalert.alerts.missing.queries import Reason, Way
from tsalert.alerts.missing.schemas import AlertResendSchema, Asked, MissingAskedSchema, MissingSchema
from tsalert.core.actors import Permission
from tsalert.core.clock import utc_now
from tsalert.db import db
from tsalert.staff.presence import require_presence
from tsalert.web.access import current_actor, requires
from tsalert.web.api import api_blueprint

blp = api_blueprint("missed_alerts", "alerts", "Who did not get an alert, and sending it again.")
blueprints = (blp,)


@blp.route("/<int:alert_id>/missing")
@requires(Permission.READ_ALERT)
@blp.arguments(MissingAskedSchema, location="query")
@blp.response(200, MissingSchema)
def list_missing(asked: dict[str, Any], alert_id: int) -> dict[str, Any]:
    """Return the people whom it did not reach, by reason and one by one."""
    return _missing(alert_id, asked["reason"], asked["after"])


@blp.route("/<int:alert_id>/resends", methods=["POST"])
@requires(Permission.APPROVE_ALERT)
@blp.arguments(AlertResendSchema)
@blp.response(201, MissingSchema)
def send_again(asked: Asked, alert_id: int) -> dict[str, Any]:
    """Send it again to the people whom it did not reach, in the approved words."""
    actor, now = current_actor(), utc_now()
    require_presence(actor, asked.password, now=now)
    resending.send_again(alert_id, asked.again, actor=actor, now=now)
    return _missing(alert_id, None, None)


def _missing(alert_id: int, reason: Reason | None, after: int | None) -> dict[str, Any]:
    session = db.session()
    queries.mailings_of(session, alert_id)
    alert = queries.get_alert(session, alert_id)
    page = missing.page_of(session, alert, [reason] if reason else [*Reason], after=after)
    return {
        "reasons": missing.by_reason(session, alert),
        "by_other_addresses": missing.sizes_of(session, alert)[Way.OTHER],
        "items": page.items,
        "next": page.next,
        "resends": missing.resends_of(session, alert_id),
    }
