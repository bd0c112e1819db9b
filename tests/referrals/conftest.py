"""A case with a victim, and a body that information goes to; all of it invented."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from decimal import Decimal

import pytest
from sqlalchemy.orm import Session

from tsalert.cases import service as cases
from tsalert.cases.rules import NewCase, NewMoneyLine
from tsalert.cases.vocabulary import MoneyKind
from tsalert.core.actors import Actor
from tsalert.referrals import bodies
from tsalert.referrals.rules import NewBody, NewReferral
from tsalert.referrals.vocabulary import BodyKind
from tsalert.response.vocabulary import Category
from tsalert.staff.rules import RoleName

NOON = datetime(2026, 6, 10, 12, 0, tzinfo=UTC)
HOUR = timedelta(hours=1)
VICTIM, STREET = "Canary Featherstone", "12 Canary Hill"


@pytest.fixture
def case_officer(officer: Callable[..., Actor]) -> Actor:
    """The officer of the case."""
    return officer(RoleName.CASE_OFFICER, name="Casey Example")


@pytest.fixture
def case_id(session: Session, case_officer: Actor) -> int:
    """An open case with £3,950 paid."""
    new = NewCase("Tree work.", Category.DOORSTEP_CRIME, kind="gardening", victim_name=VICTIM, address=STREET)
    number = cases.open_case(new, actor=case_officer, now=NOON)
    cases.record_money(number, NewMoneyLine(MoneyKind.PAID, Decimal(3950)), actor=case_officer, now=NOON)
    return number


@pytest.fixture
def body_id(session: Session, case_officer: Actor) -> int:
    """A police team in the list."""
    new = NewBody(BodyKind.POLICE, "Testshire Police, fraud desk (invented)", email="desk@police.example.org")
    return bodies.add_body(new, actor=case_officer, now=NOON)


def written(**changes: object) -> NewReferral:
    """Return what an officer passes on."""
    told: dict[str, object] = {
        "message": "Three men in a white van. Please give us a crime reference.",
        "kind": BodyKind.POLICE,
        "body": "Testshire Police",
        "shared": ("matter", "money"),
    }
    return NewReferral(**told | changes)  # type: ignore[arg-type]
