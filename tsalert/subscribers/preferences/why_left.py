"""Why people left: asked after they have, answered by choice in our words, and counted."""

from datetime import datetime

from tsalert.core.errors import RuleViolation
from tsalert.db import transaction
from tsalert.delivery.queries import get_endpoint
from tsalert.subscribers.preferences.models import LeavingReason
from tsalert.subscribers.preferences.rules import WhyLeft


def say_why(endpoint_id: int, reason: WhyLeft, *, now: datetime) -> None:
    """Keep why the readers of an address left; the last word counts, however often it is said.

    :raises NotFound: there is no such address.
    :raises RuleViolation: its readers have not left.
    """
    with transaction() as session:
        end = get_endpoint(session, endpoint_id)
        if not (end.is_suppressed or end.is_forgotten):
            raise RuleViolation("Alerts still go to this address.")
        session.merge(LeavingReason(endpoint_id=endpoint_id, reason=reason, at=now))
