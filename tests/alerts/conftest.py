"""People to be alerted, and alerts in every state."""

from collections.abc import Callable, Sequence
from datetime import datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import select, update
from sqlalchemy.orm import Session

from tests.conftest import NOW
from tsalert.alerts import proof, queries, service
from tsalert.alerts.rules import Channel, Draft
from tsalert.cases.models import CaseFile
from tsalert.core.actors import Actor
from tsalert.db import db
from tsalert.delivery import service as delivery
from tsalert.delivery.counting import change_counts, complete_if_done
from tsalert.delivery.models import Delivery, Endpoint
from tsalert.delivery.rules import Channel as DeliveryChannel
from tsalert.delivery.rules import EndpointStatus
from tsalert.subscribers.models import Subscriber, SubscriberEndpoint, Subscription, Topic

Subscribe = Callable[..., int]


def new_draft(**changes: Any) -> Draft:
    """Return a draft that could be sent as it stands."""
    words: dict[str, Any] = {
        "headline": "Roofers in Bickley",
        "body": "They *knock* and say that a tile is loose.",
        "advice": "Say no.",
        "sms": "Roofers are knocking in Bickley.",
        "topic": "doorstep-crime",
        "channels": (Channel.EMAIL, Channel.SMS),
        "expires_at": NOW + timedelta(days=7),
    }
    return Draft(**words | changes)


def subscribe(session: Session, address: str, *, ward: str | None = None, topic: str = "all", **facts: str) -> int:
    """Put somebody on the list, confirmed; returns their endpoint."""
    channel = DeliveryChannel.EMAIL if "@" in address else DeliveryChannel.SMS
    status = EndpointStatus(facts.get("status", "active"))
    endpoint_id = delivery.find_or_add_endpoint(session, channel, address, status=status, now=NOW)
    kind, formats = facts.get("kind", "resident"), facts.get("formats", "").split()
    person = Subscriber(kind=kind, language="en", ward=ward, formats=formats, created_at=NOW)
    session.add(person)
    session.flush()
    session.add(SubscriberEndpoint(subscriber_id=person.id, endpoint_id=endpoint_id, channel=channel))
    topic_id = session.scalars(select(Topic.id).where(Topic.slug == topic)).one()
    frequency = facts.get("frequency", "immediate")
    session.add(
        Subscription(
            subscriber_id=person.id,
            endpoint_id=endpoint_id,
            topic_id=topic_id,
            frequency=frequency,
            source="phone",
            started_at=NOW,
        )
    )
    session.flush()
    return endpoint_id


def add_case(session: Session, **facts: Any) -> int:
    """Open a case that an alert can be begun from; returns its id."""
    case = CaseFile(
        reference="D26-00031-U",
        category="doorstep_crime",
        channel="doorstep",
        kind="roofing",
        opened_at=NOW,
        status="open",
        source="rapid_response",
        chosen_for_vulnerability=True,
        **facts,
    )
    session.add(case)
    session.commit()
    return case.id


def shown(alert_id: int) -> str:
    """Return the digest that a page shows an approver now."""
    return proof.pull_proof(queries.get_alert(db.session(), alert_id)).digest


def settle(
    session: Session, mailing_id: int, status: str, *, now: datetime = NOW, channels: Sequence[str] = ("email", "sms")
) -> None:
    """Let every message of a mailing meet the same fate on some channels."""
    for channel in channels:
        mine = (Delivery.mailing_id == mailing_id, Delivery.channel == channel)
        count = len(session.scalars(select(Delivery.id).where(*mine)).all())
        session.execute(update(Delivery).where(*mine).values(status=status))
        change_counts(session, {(mailing_id, channel, "pending"): -count, (mailing_id, channel, status): count})
    complete_if_done(session, mailing_id, now)
    session.commit()


def got(session: Session, alert_id: int) -> list[str]:
    """Return the addresses that messages of an alert went to."""
    mailings = queries.mailings_of(session, alert_id)
    query = select(Endpoint.address).join(Delivery, Delivery.endpoint_id == Endpoint.id)
    return sorted(session.scalars(query.where(Delivery.mailing_id.in_(mailings))))


@pytest.fixture
def people(session: Session) -> None:
    """Three addresses that get every alert: two mails and a telephone."""
    for address in ("ann@example.org", "bob@example.org", "+447700900001"):
        subscribe(session, address)
    session.commit()


@pytest.fixture
def author(officer: Callable[..., Actor]) -> Actor:
    return officer(name="Alex Author")


@pytest.fixture
def approver(officer: Callable[..., Actor]) -> Actor:
    return officer(name="Avery Approver")


@pytest.fixture
def pending(author: Actor, people: None) -> int:
    """An alert that waits for approval."""
    alert_id = service.write_draft(new_draft(), actor=author, now=NOW)
    service.submit(alert_id, actor=author, now=NOW)
    return alert_id


@pytest.fixture
def sending(pending: int, approver: Actor) -> int:
    """An approved alert, of which nothing has gone out yet."""
    service.approve(pending, shown(pending), actor=approver, now=NOW)
    return pending
