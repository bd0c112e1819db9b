"""How units are counted for a period: from an index that holds all of it, however many were ever fitted."""

from typing import Any

from sqlalchemy import event, text
from sqlalchemy.engine import Engine
from sqlalchemy.orm import Session

from tsalert.core.periods import parse_span
from tsalert.prevention.queries import unit_counts
from tsalert.prevention.rules import UnitKind


def test_no_unit_is_read_by_itself_to_be_counted(session: Session) -> None:
    asked: list[tuple[str, Any]] = []

    def keep(_connection: object, _cursor: object, statement: str, parameters: Any, *_: object) -> None:
        if "installed_unit" in statement:
            asked.append((statement, parameters))

    event.listen(Engine, "before_cursor_execute", keep)
    unit_counts(session, UnitKind.CALL_BLOCKER, parse_span("2022/23"))
    event.remove(Engine, "before_cursor_execute", keep)
    is_sqlite = session.get_bind().dialect.name == "sqlite"
    if not is_sqlite:
        session.execute(text("SET LOCAL enable_seqscan = off"))
    explain = "EXPLAIN QUERY PLAN " if is_sqlite else "EXPLAIN "
    plans = [str(session.connection().exec_driver_sql(explain + said, values).all()) for said, values in asked]
    assert len(plans) == 2
    assert [plan for plan in plans if "ix_installed_unit_counted" not in plan] == []
