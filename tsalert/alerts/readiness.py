"""What must hold of an alert before it goes anywhere: to an approver, or out."""

from datetime import datetime

from sqlalchemy.orm import Session

from tsalert.alerts import marking, proof, rules
from tsalert.alerts.link_rules import check_links
from tsalert.alerts.models import Alert
from tsalert.alerts.templates.rules import require_filled


def texts_of(alert: Alert) -> dict[str, str]:
    """Return what officers write in an alert, by the field of its form."""
    return {
        "headline": alert.headline,
        "body": alert.body_markdown,
        "advice": alert.advice,
        "sms": alert.sms_text,
        "voice": alert.voice_text,
    }


def require_ready(session: Session, alert: Alert, *, now: datetime) -> None:
    """Refuse an alert that has ended, leads elsewhere, is not filled in, or may point to a person unanswered.

    :raises RuleViolation: naming the field at fault and what to do about it.
    """
    rules.check_expiry(alert.expires_at, now)
    require_filled(texts_of(alert))
    check_links(alert.body_markdown, alert.advice, public_url=proof.letterhead().public_url)
    marking.require_answered(session, alert)
