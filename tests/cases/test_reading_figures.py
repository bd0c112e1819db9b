"""How a period's figures are read: from its own cases, however much was recorded in all the years."""

from collections.abc import Callable
from typing import Any

import pytest
from sqlalchemy import event, text
from sqlalchemy.engine import Engine
from sqlalchemy.orm import Session

from tsalert.cases.figures import case_figures
from tsalert.cases.losses import period_losses
from tsalert.core.periods import Period, parse_span

QUARTER = parse_span("2022/23 Q1")


@pytest.mark.parametrize("read", [case_figures, period_losses])
def test_the_money_of_a_period_is_found_from_its_cases(
    session: Session, read: Callable[[Session, Period], Any]
) -> None:
    asked: list[tuple[str, Any]] = []

    def keep(_connection: object, _cursor: object, statement: str, parameters: Any, *_: object) -> None:
        if "money_line" in statement:
            asked.append((statement, parameters))

    event.listen(Engine, "before_cursor_execute", keep)
    read(session, QUARTER)
    event.remove(Engine, "before_cursor_execute", keep)
    ((statement, parameters),) = asked
    is_sqlite = session.get_bind().dialect.name == "sqlite"
    if not is_sqlite:
        session.execute(text("SET LOCAL enable_seqscan = off"))
    explain = "EXPLAIN QUERY PLAN " if is_sqlite else "EXPLAIN "
    plan = str(session.connection().exec_driver_sql(explain + statement, parameters).all())
    assert "ix_money_line_case_id" in plan, plan
    assert "SCAN money_line" not in plan, plan
