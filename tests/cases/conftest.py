"""Cases and incidents to test with; all of them invented."""

from collections.abc import Callable
from datetime import UTC, datetime
from functools import partial
from itertools import count
from typing import Any

import pytest
from sqlalchemy.orm import Session

from tsalert.cases import service
from tsalert.cases.rules import NewCase
from tsalert.core.actors import Actor
from tsalert.response.models import Incident
from tsalert.response.vocabulary import Category

OPENED = datetime(2026, 6, 10, 12, 0, tzinfo=UTC)
_numbers = count(1)


def described(**changes: Any) -> NewCase:
    """Return a doorstep-crime case as an officer would describe it."""
    usual = {
        "summary": "Gutter cleaning that became a new roof.",
        "category": Category.DOORSTEP_CRIME,
        "kind": "roofing",
    }
    return NewCase(**usual | changes)


@pytest.fixture
def actor(officer: Callable[..., Actor]) -> Actor:
    """An officer who may work on cases."""
    return officer()


@pytest.fixture
def open_case(actor: Actor) -> Callable[..., int]:
    """Open cases: ``open_case(category=Category.SCAM, kind="romance", now=…)`` returns the id."""

    def make(*, now: datetime = OPENED, **changes: Any) -> int:
        return service.open_case(described(**changes), actor=actor, now=now)

    return make


def add_incident(session: Session, **changes: Any) -> int:
    """Add an incident at a house in BR1; returns its id."""
    usual = {
        "reference": f"R26-{next(_numbers):05}-A",
        "category": Category.DOORSTEP_CRIME,
        "kind": "roofing",
        "address": "12 Example Road",
        "postcode": "BR1 3UH",
        "state": "triaged",
        "opened_at": OPENED,
    }
    row = Incident(**usual | changes)
    session.add(row)
    session.commit()
    return row.id


@pytest.fixture
def incident(session: Session) -> Callable[..., int]:
    """Make incidents: ``incident()`` returns the id of one."""
    return partial(add_incident, session)
