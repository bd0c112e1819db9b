"""Calls and officers that the tests of rapid response share."""

from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

import pytest
from sqlalchemy.orm import Session

from tsalert.core.actors import Actor
from tsalert.response import dispatching, service
from tsalert.response.dispatching import NewMilestone, Resolution
from tsalert.response.rules import NewCall, NewIncident
from tsalert.response.steps import Step
from tsalert.response.vocabulary import Category, Disposition, GradeName, RemoteResolution

NOON = datetime(2026, 6, 10, 12, 0, tzinfo=UTC)


def roof_call(**changes: Any) -> NewCall:
    """Return a call that proposes an immediate visit and becomes an incident graded so."""
    told: dict[str, Any] = {
        "disposition": Disposition.NEW_INCIDENT,
        "happening": "Men on the roof want £4,000 in cash",
        "caller_name": "Alex Example",
        "phone": "07700 900123",
        "address": "1 Example Road",
        "is_trader_on_site": True,
        "is_vulnerable": True,
        "incident": NewIncident(Category.DOORSTEP_CRIME, "roofing", GradeName.IMMEDIATE),
    }
    return NewCall(**told | changes)


def acts_on_the_board(first: int, second: int, duty: Actor) -> list[Callable[[], object]]:
    """Return what changes a board, one after the other and beginning with nothing."""
    return [
        lambda: None,
        lambda: dispatching.record_milestone(first, NewMilestone(Step.EN_ROUTE), actor=duty, now=NOON),
        lambda: dispatching.record_milestone(first, NewMilestone(Step.ON_SCENE), actor=duty, now=NOON),
        lambda: service.log_call(roof_call(), actor=duty, now=NOON),
        lambda: dispatching.resolve_remotely(second, Resolution(RemoteResolution.TRADER_LEFT), actor=duty, now=NOON),
    ]


@pytest.fixture
def duty(officer: Callable[..., Actor]) -> Actor:
    """The officer on duty."""
    return officer(name="Dee Example")


@pytest.fixture
def incident_id(session: Session, duty: Actor) -> int:
    """An incident graded immediate whose call came at noon."""
    logged = service.log_call(roof_call(), actor=duty, now=NOON)
    assert logged.incident_id is not None
    return logged.incident_id
