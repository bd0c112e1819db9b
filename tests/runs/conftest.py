"""The published quarter's records, and a question about it."""

from collections.abc import Callable
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

import pytest
from msgspec.structs import replace
from sqlalchemy.orm import Session

from tsalert.core.actors import Actor
from tsalert.core.periods import parse_span
from tsalert.db import db
from tsalert.runs.rules import Question
from tsalert.savings.rates import drafting
from tsalert.savings.rates.rate_sets import get_rate_set
from tsalert.savings.rules import Evidence, InterventionType, NewIntervention
from tsalert.savings.service import record_intervention
from tsalert.savings.valuing.valuation import RateKind
from tsalert.staff.rules import RoleName

RECORDED = datetime(2023, 5, 1, 9, 0, tzinfo=UTC)
MADE = datetime(2023, 5, 2, 9, 0, tzinfo=UTC)
Record = Callable[..., str]


def question(label: str = "2022/23 Q1", **changes: str) -> Question:
    """Ask for the published table of a period."""
    asked = {"profile": "sbp-2021", "basis": "published", "recognition": "whole_term"}
    return Question(parse_span(label), **asked | changes)


@pytest.fixture
def record(officer: Callable[..., Actor]) -> Record:
    """Record one intervention of a type on a day."""
    actor = officer(RoleName.CASE_OFFICER)

    def make(kind: InterventionType, on_date: date, *, now: datetime = RECORDED, **details: Any) -> str:
        evidence = Evidence.BANK if {"prevented", "recovered", "future", "memo"} & set(details) else None
        new = NewIntervention(type=kind, on_date=on_date, evidence=evidence, **details)
        return record_intervention(new, actor=actor, now=now)

    return make


@pytest.fixture
def published_quarter(session: Session, record: Record) -> dict[str, str]:
    """Record April to June 2022 as published: £146,333."""
    return {
        "scam": record(InterventionType.SCAM_VICTIM, date(2022, 5, 3), prevented=Decimal(600)),
        "roof": record(InterventionType.DOORSTEP_CRIME, date(2022, 4, 1), prevented=Decimal(36500)),
        "drive": record(
            InterventionType.DOORSTEP_CRIME, date(2022, 6, 30), prevented=Decimal(4000), is_rapid_response=True
        ),
        "friends": record(InterventionType.FRIENDS_AGAINST_SCAMS, date(2022, 5, 12), units=112),
        "two": record(InterventionType.CALL_BLOCKER, date(2022, 6, 1), units=2),
        "one": record(InterventionType.CALL_BLOCKER, date(2022, 6, 2)),
    }


@pytest.fixture
def maker(officer: Callable[..., Actor]) -> Actor:
    return officer(RoleName.CASE_OFFICER, name="Mel Maker")


@pytest.fixture
def other_rates(maker: Actor) -> str:
    """Draft rates for the days of the published ones, by which a call blocker is worth £1,000 more."""
    name = drafting.copy_rate_set("nts-observed-2021-22", "board-2022", actor=maker, now=RECORDED)
    blocker = next(rate for rate in get_rate_set(db.session(), name).rates if rate.kind is RateKind.PER_UNIT)
    drafting.put_rate(name, replace(blocker, value=blocker.value + 1000), actor=maker, now=RECORDED)
    return name


@pytest.fixture
def manager(officer: Callable[..., Actor]) -> Actor:
    return officer(RoleName.MANAGER, name="Mo Manager")
