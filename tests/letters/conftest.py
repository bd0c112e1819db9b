"""A case whose victim gets letters; all of it invented."""

from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

import pytest
from sqlalchemy.orm import Session

from tsalert.cases import service as cases
from tsalert.cases.rules import NewCase, NewMoneyLine
from tsalert.cases.vocabulary import MoneyKind
from tsalert.core.actors import Actor
from tsalert.enforcement import queries as enforcement
from tsalert.enforcement import service as enforcing
from tsalert.enforcement.rules import NewCancellation
from tsalert.enforcement.vocabulary import ContractKind, Place
from tsalert.letters.rules import NewLetter
from tsalert.letters.vocabulary import LetterKind
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
def contract_id(session: Session, case_id: int, case_officer: Actor) -> int:
    """A contract of the first of June without any notice."""
    new = NewCancellation("Felling a tree", ContractKind.SERVICE, Place.OFF_PREMISES, date(2026, 6, 1))
    enforcing.record_cancellation(case_id, new, actor=case_officer, now=NOON)
    return enforcement.recorded(session, case_id).cancellations[0].id


def letter(**changes: object) -> NewLetter:
    """Return a letter as an officer sends it off."""
    told: dict[str, object] = {
        "kind": LetterKind.VISIT,
        "recipient": f"{VICTIM}\n{STREET}",
        "title": "Our visit to you",
        "body": f"Dear {VICTIM},\n\n# What you can do\n\n- Pay nothing more.\n- Ring us.\n\nYours sincerely,",
    }
    return NewLetter(**told | changes)  # type: ignore[arg-type]
