"""Checking once more all that an approval rests on, and handing an alert over. Steps of use cases."""

from datetime import datetime

from sqlalchemy.orm import Session

from tsalert.alerts import editions, following, posting, proof, readiness, rules
from tsalert.alerts.audience import later
from tsalert.alerts.models import Alert
from tsalert.alerts.night import reasons as night_reasons
from tsalert.alerts.proof import Proof
from tsalert.alerts.spending import service as spending
from tsalert.alerts.steps import Status
from tsalert.core.actors import Actor
from tsalert.core.errors import NotAllowed
from tsalert.webhooks.announcing import Facts, announce
from tsalert.webhooks.rules import EventKind, stamp


def check(session: Session, alert: Alert, shown: str, *, now: datetime) -> Proof:
    """Return what would go out now, if that is what was shown and nothing stands against it.

    :raises Conflict: it has changed since it was shown, or the alert that it continues was withdrawn.
    :raises RuleViolation: it has expired, links elsewhere, is not filled in, or holds what is not answered for.
    """
    following.require_standing(session, alert)
    readiness.require_ready(session, alert, now=now)
    pulled = proof.pull_proof(alert)
    rules.require_same(shown, pulled.digest)
    return pulled


def require_readers(session: Session, alert: Alert, size: int, *, now: datetime) -> None:
    """Refuse an alert that nobody would get, at once or later.

    Of an all-clear those count as later whom daily and weekly mails may have told of what is over.

    :param size: how many would get it at once.
    :raises RuleViolation: nobody would.
    """
    if not size:
        continues = alert.original.reference if alert.original else None
        rules.check_audience(sum(later.count_later(session, alert, now=now).values()), continues=continues)


def dispatch(session: Session, alert: Alert, shown: str, *, actor: Actor, now: datetime) -> int:
    """Queue a message for everybody; return how many there are. No provider is called here.

    The caller has entered the approval, and notes what was done.

    :raises Conflict: it has changed since it was shown.
    :raises RuleViolation: nobody would get it, it costs more than is left, or something stands against it.
    """
    pulled = check(session, alert, shown, now=now)
    night_reasons.require_reason(session, alert, pulled.digest, at=now)
    following.end(session, alert, actor=actor, now=now)
    size = posting.post(session, alert, pulled, now=now)
    require_readers(session, alert, size, now=now)
    spending.charge(session, alert, pulled, editions.mailings_of(session, alert.id).values(), now=now)
    alert.published_at = now
    announce(session, EventKind.ALERT_PUBLISHED, _told(alert, now), now=now)
    return size


def enter_approval(alert: Alert, shown: str, *, actor: Actor, now: datetime) -> None:
    """Enter who approved an alert, when, and what they were shown.

    :raises NotAllowed: it is no officer.
    """
    if actor.officer_id is None:
        raise NotAllowed("Only an officer can approve an alert.")
    alert.status = Status.APPROVED
    alert.approved_by, alert.approved_at, alert.approved_digest = actor.officer_id, now, shown


def _told(alert: Alert, now: datetime) -> Facts:
    """Return what other programs are told of an alert; its words are for its readers."""
    return {
        "reference": alert.reference,
        "kind": alert.kind,
        "urgency": alert.urgency,
        "topic": alert.topic,
        "wards": list(alert.wards),
        "published_at": stamp(now),
        "expires_at": stamp(alert.expires_at),
    }
