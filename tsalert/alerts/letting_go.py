"""Who got an alert, and what became of each message, is deleted after its time; how many stays."""

from datetime import datetime, timedelta

from sqlalchemy import exists, select

from tsalert.alerts.models import Alert, AlertEdition, AlertWardCount
from tsalert.delivery.discarding import Due, let_go_of, may_go
from tsalert.delivery.models import Delivery

# No alert applies for longer than 366 days; a month later nobody asks any more who got it.
KEPT_FOR = timedelta(days=396)


def let_go(now: datetime) -> None:
    """Delete messages of alerts whose time is over, some at once; counts by ward are kept before."""
    let_go_of("alert", _due(now), now=now)


def are_gone(alert: Alert, now: datetime) -> bool:
    """Tell whether nobody can be told any more who got an alert."""
    return alert.published_at is not None and alert.published_at <= now - KEPT_FOR


def _due(now: datetime) -> Due:
    is_counted = exists().where(AlertWardCount.alert_id == Alert.id)
    return (
        select(Alert.id, Delivery.id)
        .join(AlertEdition, AlertEdition.alert_id == Alert.id)
        .join(Delivery, Delivery.mailing_id == AlertEdition.mailing_id)
        .where(Alert.published_at <= now - KEPT_FOR, is_counted, *may_go())
        .order_by(Alert.id, Delivery.id)
    )
