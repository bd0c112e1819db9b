"""Alerts that were sent, for the mails that tell of them."""

from collections.abc import Callable
from datetime import datetime, timedelta

import pytest
from sqlalchemy.orm import Session

from tests.alerts.conftest import new_draft, shown, subscribe
from tests.conftest import NOW
from tsalert.alerts import queries
from tsalert.alerts import service as alerts
from tsalert.alerts.models import Alert
from tsalert.core.actors import Actor

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
