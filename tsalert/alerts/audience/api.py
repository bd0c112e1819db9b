"""The operation that counts who would get an alert, and who would not."""

from tsalert.alerts import queries
from tsalert.alerts.audience.account import Account, account_of
from tsalert.alerts.audience.schemas import AlertAudienceSchema
from tsalert.core.actors import Permission
from tsalert.db import db
from tsalert.web.access import requires
from tsalert.web.api import api_blueprint

blp = api_blueprint("alert_audience", "alerts", "Who would get an alert, and why others would not.")
blueprints = (blp,)


@blp.route("/<int:alert_id>/audience")
@requires(Permission.READ_ALERT)
@blp.response(200, AlertAudienceSchema)
def get_audience(alert_id: int) -> Account:
    """Count who would get it if it were approved now, and for each reason who would not."""
    session = db.session()
    return account_of(session, queries.get_alert(session, alert_id))
