"""Partners with contacts, an alert that was sent to them, and people who joined by a code."""

from collections.abc import Callable
from datetime import datetime, timedelta

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from tests.alerts.conftest import new_draft, settle, shown, subscribe
from tests.conftest import NOW
from tsalert.alerts import editions
from tsalert.alerts import service as alerts
from tsalert.alerts.rules import Edition
from tsalert.circulation import service
from tsalert.circulation.rules import NewContact, NewPartner
from tsalert.core.actors import Actor
from tsalert.delivery.models import Delivery
from tsalert.installation.service import mark_demo
from tsalert.staff.rules import RoleName
from tsalert.subscribers import partnering
from tsalert.subscribers.models import SignUp

WATCH = "watch@example.org"
LATER = NOW + timedelta(days=1)


@pytest.fixture
def manager(session: Session, officer: Callable[..., Actor]) -> Actor:
    mark_demo(session)
    session.commit()
    return officer(RoleName.MANAGER)


@pytest.fixture
def partner_id(session: Session, manager: Actor) -> int:
    """A library with one contact, who gets alerts and is asked for numbers."""
    number = service.add_partner(NewPartner("Bickley library", kind_id=2), actor=manager, now=NOW)
    service.save_contact(number, NewContact(WATCH, "Sam Example", "Librarian"), actor=manager, now=NOW)
    return number


@pytest.fixture
def sent(session: Session, partner_id: int, officer: Callable[..., Actor]) -> int:
    """An alert that was sent to the partner."""
    author, approver = officer(name="Alex Author"), officer(name="Avery Approver")
    alert_id = alerts.write_draft(new_draft(), actor=author, now=NOW)
    alerts.submit(alert_id, actor=author, now=NOW)
    alerts.approve(alert_id, shown(alert_id), actor=approver, now=NOW)
    settle(session, editions.mailings_of(session, alert_id)[Edition.PARTNER], "accepted")
    return alert_id


@pytest.fixture
def delivery_id(session: Session, sent: int) -> int:
    """The partner's own copy of the alert."""
    mailing_id = editions.mailings_of(session, sent)[Edition.PARTNER]
    return session.scalars(select(Delivery.id).where(Delivery.mailing_id == mailing_id)).one()


def join_by_code(session: Session, partner_id: int, address: str, *, at: datetime = NOW) -> None:
    """Let somebody join and confirm who came with a partner's code."""
    code = partnering.get_partner(session, partner_id).code
    endpoint_id = subscribe(session, address)
    asked = {"topics": ["all"], "source": "web", "asked_at": at, "confirmed_at": at}
    session.add(SignUp(endpoint_id=endpoint_id, partner_code=code, **asked))
    session.commit()
