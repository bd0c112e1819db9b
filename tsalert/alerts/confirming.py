"""What an approval says beside yes, alike on pages and by API: that it is the officer, and why it cannot wait."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from tsalert.alerts.night import reasons as night_reasons
from tsalert.core.actors import Actor
from tsalert.staff.presence import require_presence


def confirm_approval(alert_id: int, said: Mapping[str, Any], *, actor: Actor, now: datetime) -> None:
    """Make sure that the officer sits there, and keep why the alert may wake people, if they said so.

    :param said: what ``AlertApprovalSchema`` loaded.
    :raises RuleViolation: the password is needed or wrong, or the reason says nothing.
    """
    require_presence(actor, said["password"], now=now)
    if said["night_reason"] is not None:
        night_reasons.give_reason(alert_id, said["digest"], said["night_reason"], actor=actor, now=now)
