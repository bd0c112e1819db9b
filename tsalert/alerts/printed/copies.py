"""Alerts as they are handed to a printer: proofs before they are sent, then what everybody may hang up."""

from datetime import datetime

from sqlalchemy.orm import Session

from tsalert.alerts import proof, queries
from tsalert.alerts.models import Alert
from tsalert.alerts.printed import sheets as printing
from tsalert.alerts.printed.sheets import Copy, Form
from tsalert.alerts.rules import read_reference
from tsalert.alerts.steps import Status
from tsalert.core.errors import NotFound
from tsalert.documents.description import Document


def get_published(session: Session, reference: str, *, now: datetime) -> Alert:
    """Return an alert that anybody may print.

    :raises NotFound: it is none of ours, has ended, or was withdrawn.
    """
    wanted = read_reference(reference)
    alert = queries.find_published(session, wanted) if wanted else None
    if alert is None:
        raise NotFound("We have sent no alert with this number.")
    _require_current(session, alert, now)
    return alert


def get_printable(session: Session, alert_id: int, *, now: datetime) -> Alert:
    """Return an alert that officers may print: before it is sent, and while it applies.

    :raises NotFound: there is none, it has ended, or was withdrawn.
    """
    alert = queries.get_alert(session, alert_id)
    if alert.published_at is not None:
        _require_current(session, alert, now)
    return alert


def is_printable(alert: Alert, status: Status, *, now: datetime) -> bool:
    """Tell whether an alert may be printed, given where it stands."""
    return alert.published_at is None or (status is not Status.CANCELLED and alert.expires_at > now)


def document_of(alert: Alert, form: Form) -> Document:
    """Return an alert in a printed form; before it is sent, it says that it is a proof."""
    made_at = alert.published_at or alert.changed_at
    copy = Copy(proof.notice_of(alert), proof.letterhead(), made_at, is_proof=alert.published_at is None)
    return printing.draw(form, copy)


def newsletter_of(alert: Alert, *, join: str | None = None) -> str:
    """Return an alert's words for a newsletter; before it is sent, they say that they are a proof."""
    written = printing.newsletter(proof.notice_of(alert), proof.letterhead(), join=join)
    return written if alert.published_at else f"{printing.PROOF}\n\n{written}"


def _require_current(session: Session, alert: Alert, now: datetime) -> None:
    if queries.standing(session, alert) is Status.CANCELLED:
        raise NotFound("This alert was withdrawn. Please take down what you printed of it.")
    if alert.expires_at <= now:
        raise NotFound("This alert has ended. Please take down what you printed of it.")
