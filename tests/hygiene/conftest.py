"""People on the list, an alert that went out to them, and shorthands to see what became of an address."""

import io
from collections.abc import Callable
from datetime import datetime, timedelta

import pytest
from flask import current_app
from sqlalchemy import select, update
from sqlalchemy.orm import Session

from tests.conftest import NOW
from tsalert.config import Settings
from tsalert.core.actors import Actor, Permission, Via
from tsalert.db import transaction
from tsalert.delivery import queries as delivery_queries
from tsalert.delivery import service as delivery
from tsalert.delivery.counting import change_counts
from tsalert.delivery.models import Delivery, Endpoint
from tsalert.delivery.rules import Content, Lane, Status
from tsalert.delivery.tokens import make_signer
from tsalert.installation.service import mark_demo
from tsalert.subscribers import service as subscribers
from tsalert.subscribers.rows import HEADER

OPERATOR = Actor(None, "command", frozenset({Permission.MANAGE_SUBSCRIBERS}), Via.COMMAND)
DAY = timedelta(days=1)
WORDS = Content(subject="Doorstep crime", text="Do not open the door.", sms="Do not open the door.", voice="Beware.")


@pytest.fixture(autouse=True)
def drama_numbers(request: pytest.FixtureRequest) -> None:
    """Let the numbers in that nobody has, as a demonstration does, wherever there is a database."""
    if "session" in request.fixturenames:
        session = request.getfixturevalue("session")
        mark_demo(session)
        session.commit()


def enlist(*people: str, at: datetime = NOW) -> None:
    """Put people on the list: ``enlist("Pat Example,pat@example.org")`` or with ``,+447700900123`` behind."""
    rows = []
    for person in people:
        name, email, phone = [*person.split(","), ""][:3]
        rows.append(f"{name},{email},{phone},,,,,,,paper form,2024-05-01")
    lines = io.StringIO("\n".join([HEADER, *rows]), newline="")
    report = subscribers.import_subscribers(
        lines, actor=OPERATOR, now=at, on_fault=lambda fault: pytest.fail(str(fault))
    )
    assert report.bad == 0


def send(*, at: datetime = NOW, lane: Lane = Lane.BULK) -> int:
    """Send an alert to everybody who can be reached, and let their providers take it."""
    with transaction() as session:
        mailing_id = delivery.create_mailing(session, WORDS, lane=lane, now=at)
        count = delivery.enqueue(session, mailing_id, delivery_queries.reachable_endpoints(), now=at)
        assert count
        mine = Delivery.mailing_id == mailing_id
        for each in session.scalars(select(Delivery).where(mine)):
            each.status, each.sent_at, each.provider_ref = Status.ACCEPTED, at, f"SM{each.id:032}"
            key = mailing_id, each.channel
            change_counts(session, {(*key, Status.PENDING): -1, (*key, Status.ACCEPTED): 1})
        return mailing_id


def delivery_of(session: Session, mailing_id: int, address: str) -> int:
    """Return the number of the message of a mailing to an address."""
    mine = (Delivery.mailing_id == mailing_id, Endpoint.address == address)
    return session.scalars(select(Delivery.id).join(Endpoint, Endpoint.id == Delivery.endpoint_id).where(*mine)).one()


def message_id(delivery_id: int) -> str:
    """Return the Message-ID of a mail of ours."""
    settings: Settings = current_app.extensions["tsalert_settings"]
    return f"<{make_signer('message', (settings.secret_key,)).sign(delivery_id)}@alerts.example.org>"


def state(session: Session, address: str) -> str:
    """Return the state of an address."""
    session.expire_all()
    return session.scalars(select(Endpoint.status).where(Endpoint.address == address)).one()


@pytest.fixture
def sent_to_pat(session: Session) -> Callable[[], int]:
    """Send an alert to one subscriber and return the number of their message."""

    def go() -> int:
        enlist("Pat Example,pat@example.org")
        return delivery_of(session, send(), "pat@example.org")

    return go


def fail_all(session: Session, mailing_id: int, status: Status) -> None:
    """Give every message of a mailing a status, as if all had been reported."""
    session.execute(update(Delivery).where(Delivery.mailing_id == mailing_id).values(status=status))
