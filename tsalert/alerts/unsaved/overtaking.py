"""Refusing to write over what somebody else saved while a form was open."""

from sqlalchemy.orm import Session

from tsalert.alerts.models import Alert
from tsalert.alerts.proof import pull_proof
from tsalert.audit.queries import entries_about
from tsalert.core.errors import Overtaken
from tsalert.staff.queries import officer_names
from tsalert.web.filters import moment

_CHANGES = frozenset({"drafted", "edited"})


def require_unchanged(session: Session, alert: Alert, seen: str | None) -> None:
    """Refuse a change of an alert that reads otherwise by now than its form showed it.

    :param seen: the digest of what was shown; None where nobody says what they saw.
    :raises Overtaken: naming who changed it, and when.
    """
    if seen is None or seen == pull_proof(alert).digest:
        return
    raise Overtaken(f"{_last_writer(session, alert)} changed this alert {moment(alert.changed_at)}, while you wrote.")


def _last_writer(session: Session, alert: Alert) -> str:
    changes = [each for each in entries_about(session, "alert", alert.id) if each.action in _CHANGES]
    latest = changes[-1].officer_id if changes else None
    return officer_names(session).get(latest or 0, "Somebody")
