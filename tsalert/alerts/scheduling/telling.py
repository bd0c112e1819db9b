"""The mail to whoever approved an alert that did not start in its time; a step."""

from datetime import datetime

from sqlalchemy.orm import Session

from tsalert.alerts import proof
from tsalert.alerts.models import Alert
from tsalert.alerts.scheduling.models import AlertSchedule
from tsalert.core.actors import Permission
from tsalert.delivery.rules import Content
from tsalert.staff.queries import Person, officers_who_may
from tsalert.staff.writing import write_to
from tsalert.web.filters import moment


def tell(session: Session, alert: Alert, held: AlertSchedule, *, now: datetime) -> int:
    """Write to the approver and the author, or to managers where neither works here; return to how many."""
    return write_to(session, _people(session, alert, held), _content(alert, held), now=now)


def _people(session: Session, alert: Alert, held: AlertSchedule) -> list[Person]:
    concerned = {held.scheduled_by, alert.author_id}
    found = [each for each in officers_who_may(session, {Permission.READ_ALERT}) if each.id in concerned]
    return found or officers_who_may(session, {Permission.REVIEW_OVERRIDE})


def _content(alert: Alert, held: AlertSchedule) -> Content:
    text = (
        f"Alert {alert.reference} was to go out on {moment(held.starts_at)} and did not. {held.held_because}\n\n"
        "Nobody has got it. Read it again, then send it or call it off:\n\n"
        f"{proof.letterhead().public_url}/alerts/{alert.id}\n"
    )
    return Content(subject=f"{alert.reference} has not gone out: decide", text=text)
