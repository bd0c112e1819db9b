"""Who got an alert, and what became of each message, is deleted after its time; how many stays."""

from collections.abc import Callable
from datetime import datetime, timedelta

from sqlalchemy import Select, exists, select
from sqlalchemy.orm import Session

from tsalert.alerts.models import Alert, AlertEdition, AlertWardCount
from tsalert.audit import service as audit
from tsalert.core.actors import SERVICE
from tsalert.db import transaction
from tsalert.delivery.discarding import discard, may_go
from tsalert.delivery.models import Delivery

# No alert applies for longer than 366 days; a month later nobody asks any more who got it.
KEPT_FOR = timedelta(days=396)
_AT_ONCE, _ROUNDS = 5000, 20
# What told of alerts, with a message of it whose time is over: (its id, the message's id).
Due = Select[int, int]


def let_go(now: datetime) -> None:
    """Delete messages of alerts whose time is over, some at once; counts by ward are kept before."""
    let_go_of("alert", lambda: _due(now), now=now)


def let_go_of(subject: str, due: Callable[[], Due], *, now: datetime) -> None:
    """Delete the messages that are due, some at once, and note in the trail how many each record of a subject had."""
    for _ in range(_ROUNDS):
        with transaction() as session:
            if not _let_some_go(session, subject, due(), now):
                return


def are_gone(alert: Alert, now: datetime) -> bool:
    """Tell whether nobody can be told any more who got an alert."""
    return alert.published_at is not None and alert.published_at <= now - KEPT_FOR


def _let_some_go(session: Session, subject: str, due: Due, now: datetime) -> bool:
    """Delete as many messages of one record as one transaction takes; False where none is due."""
    found = session.execute(due.limit(1)).first()
    if found is None:
        return False
    which = due.selected_columns[0] == found[0]
    numbers = [number for _, number in session.execute(due.where(which).limit(_AT_ONCE))]
    discard(session, numbers)
    audit.record(session, SERVICE, "messages deleted", subject, found[0], now=now, count=len(numbers))
    return True


def _due(now: datetime) -> Due:
    is_counted = exists().where(AlertWardCount.alert_id == Alert.id)
    return (
        select(Alert.id, Delivery.id)
        .join(AlertEdition, AlertEdition.alert_id == Alert.id)
        .join(Delivery, Delivery.mailing_id == AlertEdition.mailing_id)
        .where(Alert.published_at <= now - KEPT_FOR, is_counted, *may_go())
        .order_by(Alert.id, Delivery.id)
    )
