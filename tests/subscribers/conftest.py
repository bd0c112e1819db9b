"""People on the list, and shorthands to look at it."""

import io
from collections.abc import Callable, Collection
from typing import Any

import pytest
from sqlalchemy import Select, select
from sqlalchemy.orm import Session

from tests.conftest import NOW
from tsalert.core.actors import Actor, Permission, Via
from tsalert.delivery import queries as delivery
from tsalert.delivery.models import Endpoint, Mailing
from tsalert.installation.service import mark_demo
from tsalert.subscribers import service
from tsalert.subscribers.models import Subscription, Topic
from tsalert.subscribers.rows import HEADER
from tsalert.subscribers.rules import Frequency
from tsalert.subscribers.service import Fault, ImportReport
from tsalert.subscribers.waiting import digest_addresses

OPERATOR = Actor(None, "command", frozenset({Permission.MANAGE_SUBSCRIBERS}), Via.COMMAND)
CONSENT = "paper form,2024-05-01"

Import = Callable[..., tuple[ImportReport, list[Fault]]]


@pytest.fixture(autouse=True)
def drama_numbers(request: pytest.FixtureRequest) -> None:
    """Let the numbers in that nobody has, as a demonstration does, wherever there is a database."""
    if "session" in request.fixturenames:
        session = request.getfixturevalue("session")
        mark_demo(session)
        session.commit()


@pytest.fixture
def run_import(session: Session) -> Import:
    """Import rows: ``run_import("Pat Example,pat@example.org,,,,,,,,paper form,2024-05-01")``."""

    def run(*rows: str, **options: object) -> tuple[ImportReport, list[Fault]]:
        faults: list[Fault] = []
        lines = io.StringIO("\n".join([HEADER, *rows]), newline="")
        chosen = {"actor": OPERATOR, "now": NOW, "on_fault": faults.append} | options
        return service.import_subscribers(lines, **chosen), faults  # type: ignore[arg-type]

    return run


def held(session: Session, address: str) -> list[tuple[str, str, str | None]]:
    """Return (topic, frequency, reason it ended) of everything at an address, oldest first."""
    rows = session.execute(
        select(Topic.slug, Subscription.frequency, Subscription.ended_reason)
        .join(Topic, Topic.id == Subscription.topic_id)
        .join(Endpoint, Endpoint.id == Subscription.endpoint_id)
        .where(Endpoint.address == address)
        .order_by(Subscription.id)
    )
    return [(slug, frequency, reason) for slug, frequency, reason in rows]


def endpoint_id(session: Session, address: str) -> int:
    """Return the id of an address's endpoint."""
    return session.scalars(select(Endpoint.id).where(Endpoint.address == address)).one()


def status(session: Session, address: str) -> str:
    """Return the state of an address."""
    return session.scalars(select(Endpoint.status).where(Endpoint.address == address)).one()


def letters(session: Session) -> list[Mailing]:
    """Return every mailing, oldest first."""
    return list(session.scalars(select(Mailing).order_by(Mailing.id)))


def digest_audience(*asked: Frequency, channels: Collection[str], **wanted: Any) -> Select[int, str]:
    """Return the query of (endpoint id, channel) of those who hear of an alert by mails and can be written to."""
    reachable = delivery.reachable_endpoints().subquery("reachable")
    found = select(reachable.c.id, reachable.c.channel).where(reachable.c.channel.in_([*channels]))
    return found.where(reachable.c.id.in_(digest_addresses(*asked, **wanted)))
