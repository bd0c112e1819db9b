"""An incident that lies across the border, and a case; all of it invented."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from decimal import Decimal

import pytest
from sqlalchemy.orm import Session

from tsalert.cases import service as cases
from tsalert.cases.rules import NewCase, NewMoneyLine
from tsalert.cases.vocabulary import MoneyKind
from tsalert.core.actors import Actor
from tsalert.handover.rules import NewHandover
from tsalert.response import service as response
from tsalert.response.rules import NewCall, NewIncident
from tsalert.response.vocabulary import Category, Disposition, GradeName

NOON = datetime(2026, 6, 10, 12, 0, tzinfo=UTC)
MINUTE, HOUR = timedelta(minutes=1), timedelta(hours=1)
BODY = "Otherborough Trading Standards"
VICTIM, STREET, NUMBER = "Canary Featherstone", "12 Canary Hill", "07700 900123"


@pytest.fixture
def desk(officer: Callable[..., Actor]) -> Actor:
    """An officer on duty."""
    return officer(name="Dee Example")


@pytest.fixture
def incident_id(session: Session, desk: Actor) -> int:
    """An incident graded immediate whose call came at noon."""
    call = NewCall(
        disposition=Disposition.NEW_INCIDENT,
        happening=f"Men fell a tree at {VICTIM}'s and want cash",
        caller_name=VICTIM,
        phone=NUMBER,
        is_safe_to_call_back=False,
        address=STREET,
        postcode="ZZ2 1AB",
        trader="Two men, white van ZZ99 ZZZ",
        is_trader_on_site=True,
        is_vulnerable=True,
        incident=NewIncident(Category.DOORSTEP_CRIME, "gardening", GradeName.IMMEDIATE),
    )
    number = response.log_call(call, actor=desk, now=NOON).incident_id
    assert number is not None
    return number


@pytest.fixture
def case_id(session: Session, desk: Actor) -> int:
    """An open case with £3,950 paid."""
    new = NewCase("Tree work.", Category.DOORSTEP_CRIME, kind="gardening", victim_name=VICTIM, address=STREET)
    number = cases.open_case(new, actor=desk, now=NOON)
    cases.record_money(number, NewMoneyLine(MoneyKind.PAID, Decimal(3950)), actor=desk, now=NOON)
    return number


def written(**changes: object) -> NewHandover:
    """Return what an officer writes for the other body."""
    told: dict[str, object] = {
        "body": BODY,
        "facts": "Two men came to the door and asked for £3,950.",
        "risk": "They said that they come back on Friday.",
        "actions": "We attended. A valuer must still be asked.",
        "told": "Police, CAD 123.",
    }
    return NewHandover(**told | changes)  # type: ignore[arg-type]
