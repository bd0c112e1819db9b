"""Reading which alerts one officer sent alone, and what a manager said of each."""

from msgspec import Struct
from sqlalchemy import select
from sqlalchemy.orm import Session

from tsalert.alerts.models import Alert, AlertReview
from tsalert.keysets import Order, Page, read_page
from tsalert.staff.queries import officer_names


class SentAlone(Struct, frozen=True):
    """An alert that one officer sent, with its review once there is one."""

    alert: Alert
    sender: str
    review: AlertReview | None
    reviewer: str


def sent_alone(session: Session, *, after: int | None = None) -> Page[SentAlone]:
    """Return a page of the alerts that one officer sent: on the first those to review, then the latest reviewed.

    :param after: the number of a review.
    """
    names = officer_names(session)
    page = read_page(session, select(AlertReview), Order(AlertReview.id), after=after)
    known = select(Alert).where(Alert.id.in_([review.alert_id for review in page.items]))
    alerts = {alert.id: alert for alert in session.scalars(known)}
    waiting = [SentAlone(alert, names[alert.approved_by or 0], None, "") for alert in _to_review(session, after)]
    reviewed = page.told_by(
        lambda review: SentAlone(
            alert := alerts[review.alert_id], names[alert.approved_by or 0], review, names[review.reviewed_by]
        )
    )
    return Page([*waiting, *reviewed.items], page.next)


def _to_review(session: Session, after: int | None) -> list[Alert]:
    """Return the alerts that wait for their review, the oldest first; they stand on the first page alone."""
    if after is not None:
        return []
    reviewed = select(AlertReview.id).where(AlertReview.alert_id == Alert.id).exists()
    query = select(Alert).where(Alert.override_reason.is_not(None), ~reviewed)
    return list(session.scalars(query.order_by(Alert.approved_at, Alert.id)))
