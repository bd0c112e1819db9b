"""Published alerts of several kinds."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy.orm import Session

from tests.alerts.conftest import new_draft, shown, subscribe
from tsalert.alerts import service
from tsalert.core.actors import Actor
from tsalert.core.clock import utc_now
from tsalert.places import service as places
from tsalert.places.rules import NamedWard
from tsalert.staff.rules import RoleName

BICKLEY = "E05013988"
Publish = Callable[..., int]


@pytest.fixture
def publish(session: Session, officer: Callable[..., Actor]) -> Publish:
    """Publish an alert that somebody gets: ``publish(headline="Roofers", wards=("Bickley",))``; returns its id."""
    writer, approver = officer(RoleName.CASE_OFFICER), officer(RoleName.MANAGER, name="Lee Example")
    places.add_wards([NamedWard(BICKLEY, "Bickley")], now=utc_now())
    subscribe(session, "pat@example.org", ward=BICKLEY)
    session.commit()

    def send(**changes: Any) -> int:
        now = utc_now()
        draft = new_draft(**{"expires_at": now + timedelta(days=7)} | changes)
        alert_id = service.write_draft(draft, actor=writer, now=now)
        service.submit(alert_id, actor=writer, now=now)
        service.approve(alert_id, shown(alert_id), actor=approver, now=now)
        return alert_id

    return send
