"""What was written down of a quarter's cases once it was over."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from decimal import Decimal

from sqlalchemy.orm import Session

from tests.cases.conftest import OPENED
from tsalert.cases import service
from tsalert.cases.late import LateCases, late_cases
from tsalert.cases.rules import NewMoneyLine
from tsalert.cases.vocabulary import MoneyKind
from tsalert.core.actors import Actor
from tsalert.core.periods import parse_period

QUARTER = parse_period("2025/26 Q4")
WITHIN = datetime(2026, 2, 1, tzinfo=UTC)


def test_a_case_opened_on_file_afterwards_and_money_told_later_are_late(
    session: Session, open_case: Callable[..., int], actor: Actor
) -> None:
    in_time = open_case(now=WITHIN)
    open_case(opened_at=WITHIN, now=OPENED)
    open_case(now=OPENED)
    assert late_cases(session, QUARTER) == LateCases(1, 0)
    for at in (WITHIN + timedelta(days=1), OPENED):
        service.record_money(in_time, NewMoneyLine(MoneyKind.PAID, Decimal(10)), actor=actor, now=at)
    assert late_cases(session, QUARTER) == LateCases(1, 1)
