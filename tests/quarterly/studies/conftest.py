"""Gardeners who came thirteen times, and who may write of them; all of it invented."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from decimal import Decimal

import pytest
from sqlalchemy.orm import Session

from tsalert.cases import service as cases
from tsalert.cases.rules import NewCase, NewMoneyLine, Progress
from tsalert.cases.vocabulary import Channel, Evidence, Impact, MoneyKind, Outcome, Status
from tsalert.core.actors import Actor
from tsalert.core.periods import parse_period
from tsalert.enforcement import service as enforcing
from tsalert.enforcement.rules import NewAction
from tsalert.enforcement.vocabulary import ActionKind
from tsalert.quarterly.studies import queries, service, signing
from tsalert.quarterly.studies.queries import Study
from tsalert.quarterly.studies.rules import Beginning, Signing, Writing
from tsalert.quarterly.studies.vocabulary import AgeBand, Item
from tsalert.response.vocabulary import Category
from tsalert.staff.rules import RoleName

NOON = datetime(2026, 6, 10, 12, 0, tzinfo=UTC)
THEN = datetime(2022, 5, 3, 12, 0, tzinfo=UTC)
DAY = timedelta(days=1)
QUARTER = parse_period("2022/23 Q1")
VICTIM, STREET, POSTCODE = "Canary Featherstone", "12 Canary Hill", "BR1 3UH"
TEXT = "A resident aged 75 to 84 was charged £19,000 for work worth £1,600 over 13 visits.\n\nThe trader was warned."
VISITS = (60, 180, 400, 950, 1200, 1500, 1750, 1800, 2000, 2100, 2200, 2250, 2250)


@pytest.fixture
def author(officer: Callable[..., Actor]) -> Actor:
    return officer(RoleName.CASE_OFFICER, name="Casey Example")


@pytest.fixture
def second(officer: Callable[..., Actor]) -> Actor:
    return officer(RoleName.CASE_OFFICER, name="Sacha Example")


@pytest.fixture
def manager(officer: Callable[..., Actor]) -> Actor:
    return officer(RoleName.MANAGER, name="Max Example")


def gardeners(actor: Actor, *, is_closed: bool = True) -> int:
    """Open the case of the gardeners, warn them, and close it."""
    new = NewCase(
        "Tidying a hedge became 13 visits.", Category.DOORSTEP_CRIME, Channel.DOORSTEP, "gardening",
        victim_name=VICTIM, address=STREET, postcode=POSTCODE, opened_at=THEN,
    )  # fmt: skip
    case_id = cases.open_case(new, actor=actor, now=THEN)
    for visit, amount in enumerate(VISITS, start=1):
        line = NewMoneyLine(MoneyKind.PAID, Decimal(amount), Evidence.BANK, visit=visit)
        cases.record_money(case_id, line, actor=actor, now=THEN)
    worth = NewMoneyLine(MoneyKind.VALUATION, Decimal(1600), Evidence.VALUER)
    cases.record_money(case_id, worth, actor=actor, now=THEN)
    warned = NewAction(ActionKind.WARNING, THEN.date(), "In writing.", "Bodgit Hedges")
    enforcing.record_action(case_id, warned, actor=actor, now=THEN + DAY)
    if is_closed:
        close(case_id, actor)
    return case_id


def close(case_id: int, actor: Actor) -> None:
    over = Progress(Status.CLOSED, outcome=Outcome.TRADER_WARNED, impact=Impact.FEELS_SAFER)
    cases.record_progress(case_id, over, actor=actor, now=THEN + DAY)


@pytest.fixture
def case_id(session: Session, author: Actor) -> int:
    return gardeners(author)


def begun(case_id: int, actor: Actor, quarter: str = "2022/23 Q1") -> int:
    new = Beginning(parse_period(quarter), AgeBand.FROM_75)
    return service.begin_study(case_id, new, actor=actor, now=NOON)


def writing(text: str = TEXT, **changes: object) -> Writing:
    told: dict[str, object] = {"title": "Thirteen visits for one hedge", "age_band": AgeBand.FROM_75, **changes}
    return Writing(text=text, **told)  # type: ignore[arg-type]


def read(session: Session, case_id: int, study_id: int, actor: Actor) -> Study:
    return queries.get_study(session, case_id, study_id, actor=actor, now=NOON)


def signed(session: Session, case_id: int, study_id: int, *actors: Actor) -> None:
    for actor in actors:
        digest = read(session, case_id, study_id, actor).text.digest
        signing.sign(case_id, study_id, Signing(digest, tuple(Item)), actor=actor, now=NOON)
