"""Somebody in a case who may be at risk; all of it invented."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy.orm import Session

from tsalert.cases import service as cases
from tsalert.cases.rules import NewCase
from tsalert.core.actors import Actor
from tsalert.response.vocabulary import Category
from tsalert.safeguarding import service
from tsalert.safeguarding.rules import NewConcern
from tsalert.safeguarding.vocabulary import Answer, Consent
from tsalert.staff.rules import RoleName

WEDNESDAY = datetime(2026, 6, 10, 12, 0, tzinfo=UTC)
DAY = timedelta(days=1)
PERSON = "Canary Featherstone"


@pytest.fixture
def case_officer(officer: Callable[..., Actor]) -> Actor:
    """The officer of the case."""
    return officer(RoleName.CASE_OFFICER, name="Casey Example")


@pytest.fixture
def lead(officer: Callable[..., Actor]) -> Actor:
    """Who watches over safeguarding."""
    return officer(RoleName.SAFEGUARDING_LEAD, name="Lee Example")


@pytest.fixture
def case_id(session: Session, case_officer: Actor) -> int:
    """An open case."""
    new = NewCase("Tree work.", Category.DOORSTEP_CRIME, kind="gardening", victim_name=PERSON)
    return cases.open_case(new, actor=case_officer, now=WEDNESDAY)


def told(**changes: object) -> NewConcern:
    """Return a concern as an officer writes it."""
    words: dict[str, object] = {
        "person": PERSON,
        "needs": Answer.YES,
        "needs_words": "Uses a frame, and has carers twice a day.",
        "harm": Answer.YES,
        "harm_words": "Paid £3,950 to men at the door.",
        "unable": Answer.NOT_KNOWN,
        "consent": Consent.GIVEN,
        "wishes": "To stay at home.",
    }
    return NewConcern(**words | changes)  # type: ignore[arg-type]


@pytest.fixture
def concern_id(session: Session, case_id: int, case_officer: Actor) -> int:
    """A concern raised on Wednesday, with consent."""
    return service.raise_concern(told(case_id=case_id), actor=case_officer, now=WEDNESDAY)
