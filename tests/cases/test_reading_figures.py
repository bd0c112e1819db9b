"""How a period's figures are read: from its own cases, however much was recorded in all the years."""

from collections.abc import Callable
from typing import Any

import pytest
from sqlalchemy.orm import Session

from tests.plans import asking, plans
from tsalert.cases.figures import case_figures
from tsalert.cases.losses import period_losses
from tsalert.core.periods import Period, parse_span

QUARTER = parse_span("2022/23 Q1")


@pytest.mark.parametrize("read", [case_figures, period_losses])
def test_the_money_of_a_period_is_found_from_its_cases(
    session: Session, read: Callable[[Session, Period], Any]
) -> None:
    with asking("money_line") as asked:
        read(session, QUARTER)
    (plan,) = plans(session, asked)
    assert "ix_money_line_case_id" in plan, plan
    assert "SCAN money_line" not in plan, plan
