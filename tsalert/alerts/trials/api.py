"""Operations on tests of alerts; they go to the token's owner alone."""

from collections.abc import Sequence
from typing import Any

from tsalert.alerts import queries as alerts
from tsalert.alerts.trials import queries, service
from tsalert.alerts.trials.models import AlertTrial
from tsalert.alerts.trials.schemas import AlertTrialSchema, NewAlertTrialSchema
from tsalert.core.actors import Permission
from tsalert.core.clock import utc_now
from tsalert.db import db
from tsalert.web.access import current_actor, requires
from tsalert.web.api import api_blueprint

blp = api_blueprint("alert_trials", "alerts", "Tests of alerts, to the officer who asks for one.")
blueprints = (blp,)


@blp.route("/<int:alert_id>/tests", methods=["POST"])
@requires(Permission.DRAFT_ALERT)
@blp.arguments(NewAlertTrialSchema)
@blp.response(201, AlertTrialSchema)
def send_test(told: dict[str, Any], alert_id: int) -> AlertTrial:
    """Send it to yourself, marked as a test."""
    service.send_to_oneself(alert_id, told["channel"], told["edition"], actor=current_actor(), now=utc_now())
    return queries.trials_of(db.session(), alert_id)[0]


@blp.route("/<int:alert_id>/tests")
@requires(Permission.READ_ALERT)
@blp.response(200, AlertTrialSchema(many=True))
def list_tests(alert_id: int) -> Sequence[AlertTrial]:
    """List its latest tests, the newest first."""
    return queries.trials_of(db.session(), alerts.get_alert(db.session(), alert_id).id)
