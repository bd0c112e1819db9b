"""Who got an alert, and what became of each message, is deleted after its time; how many stays."""

from datetime import datetime, timedelta

from sqlalchemy import ForeignKey, Select, delete, exists, select
from sqlalchemy.orm import Session

from tsalert.alerts.models import Alert, AlertEdition, AlertWardCount
from tsalert.audit import service as audit
from tsalert.core.actors import SERVICE
from tsalert.db import Base, transaction
from tsalert.delivery.models import Delivery, SentMessage
from tsalert.delivery.rules import Status

# No alert applies for longer than 366 days; a month later nobody asks any more who got it.
KEPT_FOR = timedelta(days=396)
_AT_ONCE, _ROUNDS = 5000, 20
_OPEN = (Status.PENDING, Status.CLAIMED, Status.UNKNOWN)


def let_go(now: datetime) -> None:
    """Delete messages of alerts whose time is over, some at once; counts by ward are kept before."""
    for _ in range(_ROUNDS):
        with transaction() as session:
            if not _let_some_go(session, now):
                return


def are_gone(alert: Alert, now: datetime) -> bool:
    """Tell whether nobody can be told any more who got an alert."""
    return alert.published_at is not None and alert.published_at <= now - KEPT_FOR


def _let_some_go(session: Session, now: datetime) -> bool:
    """Delete as many messages of one alert as one transaction takes; False where none is due."""
    found = session.execute(_due(now).limit(1)).first()
    if found is None:
        return False
    alert_id, ids = found[0], _due(now).where(AlertEdition.alert_id == found[0]).limit(_AT_ONCE)
    numbers = [number for _, number in session.execute(ids)]
    session.execute(delete(SentMessage).where(SentMessage.delivery_id.in_(numbers)))
    session.execute(delete(Delivery).where(Delivery.id.in_(numbers)))
    audit.record(session, SERVICE, "messages deleted", "alert", alert_id, now=now, count=len(numbers))
    return True


def _due(now: datetime) -> Select[int, int]:
    """Return the query of (alert id, message id) whose time is over; what something else stands by stays."""
    is_counted = exists().where(AlertWardCount.alert_id == Alert.id)
    return (
        select(Alert.id, Delivery.id)
        .join(AlertEdition, AlertEdition.alert_id == Alert.id)
        .join(Delivery, Delivery.mailing_id == AlertEdition.mailing_id)
        .where(Alert.published_at <= now - KEPT_FOR, is_counted, Delivery.status.not_in(_OPEN))
        .where(*(~exists().where(key.parent == Delivery.id) for key in _keys()))
        .order_by(Alert.id, Delivery.id)
    )


def _keys() -> list[ForeignKey]:
    """Return the columns of other tables that name a message, but for the recorder's."""
    return [
        key
        for table in Base.metadata.tables.values()
        if table is not SentMessage.__table__
        for key in table.foreign_keys
        if key.column is Delivery.__table__.c.id
    ]
