"""Nobody is rung or texted at night unless somebody said why it cannot wait: the approver, not the author.

Whoever sends alone has said why already.
"""

from collections.abc import Collection
from datetime import datetime

from sqlalchemy.orm import Session

from tsalert.alerts import proof, queries, rules
from tsalert.alerts.models import Alert
from tsalert.alerts.night.models import NightReason
from tsalert.alerts.night.rules import wakes_people
from tsalert.audit import service as audit
from tsalert.core.actors import Actor, Permission
from tsalert.core.errors import RuleViolation
from tsalert.db import transaction

FIELD = "night_reason"


def give_reason(alert_id: int, shown: str, reason: str, *, actor: Actor, now: datetime) -> None:
    """Say why an alert, as it was shown, cannot wait until the morning; who says it twice is heard once.

    :raises NotAllowed: who says it wrote some of the alert, or is no officer.
    :raises Conflict: it has changed since it was shown.
    :raises RuleViolation: the reason says nothing.
    """
    actor.require(Permission.APPROVE_ALERT)
    _check(reason)
    with transaction() as session:
        alert = queries.get_alert(session, alert_id, lock=True)
        rules.require_other_eyes(queries.writers(session, alert_id), actor.officer_id)
        rules.require_same(shown, proof.pull_proof(alert).digest)
        _keep(session, alert, shown, reason, actor=actor, now=now)


def require_reason(
    session: Session, alert: Alert, digest: str, *, at: datetime, channels: Collection[str] | None = None
) -> None:
    """Refuse to ring and text people at night unless somebody said why; a step.

    :param channels: by which it goes; left out, all of the alert's.
    :raises RuleViolation: nobody did.
    """
    if lacks_reason(session, alert, digest, at=at, channels=alert.channels if channels is None else channels):
        raise RuleViolation(
            "It would ring or text people between 21:00 and 08:00. Say why it cannot wait until the morning.",
            field=FIELD,
        )


def lacks_reason(session: Session, alert: Alert, digest: str, *, at: datetime, channels: Collection[str]) -> bool:
    """Tell whether an alert would ring or text people at night by some channels, and nobody has said why."""
    wakes = wakes_people(channels, alert.urgency, alert.expires_at, at) and alert.override_reason is None
    return wakes and find_reason(session, alert.id, digest) is None


def say_why_again(session: Session, alert: Alert, reason: str | None, *, actor: Actor, now: datetime) -> None:
    """Keep why an alert that is sent again cannot wait until the morning, if that is said; a step.

    :raises RuleViolation: the reason says nothing.
    """
    if reason is not None:
        _check(reason)
        _keep(session, alert, alert.approved_digest or "", reason, actor=actor, now=now)


def find_reason(session: Session, alert_id: int, digest: str) -> NightReason | None:
    """Return why an alert, as it reads, cannot wait until the morning."""
    return session.get(NightReason, (alert_id, digest))


def _check(reason: str) -> None:
    if len(reason.strip()) < rules.SHORTEST_REASON:
        raise RuleViolation(f"Give a reason of at least {rules.SHORTEST_REASON} characters.", field=FIELD)


def _keep(session: Session, alert: Alert, digest: str, reason: str, *, actor: Actor, now: datetime) -> None:
    if find_reason(session, alert.id, digest) is None:
        given = {"given_by": actor.officer_id, "given_at": now, "reason": reason.strip()}
        session.add(NightReason(alert_id=alert.id, digest=digest, **given))
        session.flush()
        audit.record(session, actor, "let wake people", "alert", alert.id, now=now, reference=alert.reference)
