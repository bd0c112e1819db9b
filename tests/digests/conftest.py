"""Alerts that were sent, for the mails that tell of them."""

from collections.abc import Callable, Iterator
from datetime import datetime, timedelta

import pytest
from sqlalchemy import Engine, event, select, update
from sqlalchemy.orm import Session

from tests.alerts.conftest import new_draft, shown, subscribe
from tests.conftest import NOW
from tsalert.alerts import queries
from tsalert.alerts import service as alerts
from tsalert.alerts.models import Alert
from tsalert.core.actors import Actor
from tsalert.db import transaction
from tsalert.delivery.models import Delivery, Endpoint
from tsalert.delivery.rules import Status
from tsalert.digests import service
from tsalert.digests.models import DigestItem, DigestMailing

MORNING = (NOW + timedelta(days=1)).replace(hour=9, minute=30)
Publish = Callable[..., Alert]


@pytest.fixture
def publish(session: Session, officer: Callable[..., Actor]) -> Publish:
    """Send an alert as two officers do."""
    author, approver = officer(name="Alex Author"), officer(name="Avery Approver")
    subscribe(session, "at.once@example.org")
    session.commit()

    def send(now: datetime = NOW, **changes: object) -> Alert:
        alert_id = alerts.write_draft(new_draft(**changes), actor=author, now=now)
        alerts.submit(alert_id, actor=author, now=now)
        alerts.approve(alert_id, shown(alert_id), actor=approver, now=now)
        return queries.get_alert(session, alert_id)

    return send


@pytest.fixture
def looked() -> Iterator[Callable[[], int]]:
    """Return who says how many statements have read what everybody asked for."""
    found: list[str] = []

    def keep(_connection: object, _cursor: object, statement: str, *_rest: object) -> None:
        found.append(statement)

    event.listen(Engine, "before_cursor_execute", keep)
    yield lambda: sum("JOIN subscriber" in each and "subscription" in each for each in found)
    event.remove(Engine, "before_cursor_execute", keep)


def send_due(now: datetime) -> int:
    """Make the mails that are due and let their providers take them; return how many messages there are."""
    size = service.send_due(now)
    with transaction() as session:
        mine = (Delivery.mailing_id.in_(select(DigestMailing.mailing_id)), Delivery.status == Status.PENDING)
        session.execute(update(Delivery).where(*mine).values(status=Status.ACCEPTED))
    return size


def told(session: Session) -> set[tuple[str, str, str]]:
    """Return (address, reference, what is told) of everything that digests tell."""
    query = (
        select(Endpoint.address, Alert.reference, DigestItem.tells)
        .join(Delivery, Delivery.endpoint_id == Endpoint.id)
        .join(DigestItem, DigestItem.mailing_id == Delivery.mailing_id)
        .join(Alert, Alert.id == DigestItem.alert_id)
    )
    rows = [(address, reference, tells) for address, reference, tells in session.execute(query)]
    assert len(rows) == len(set(rows))
    return set(rows)
