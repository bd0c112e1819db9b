"""How units are counted for a period: from an index that holds all of it, however many were ever fitted."""

from sqlalchemy.orm import Session

from tests.plans import asking, plans
from tsalert.core.periods import parse_span
from tsalert.prevention.queries import unit_counts
from tsalert.prevention.rules import UnitKind


def test_no_unit_is_read_by_itself_to_be_counted(session: Session) -> None:
    with asking("installed_unit") as asked:
        unit_counts(session, UnitKind.CALL_BLOCKER, parse_span("2022/23"))
    found = plans(session, asked)
    assert len(found) == 2
    assert [plan for plan in found if "ix_installed_unit_counted" not in plan] == []
