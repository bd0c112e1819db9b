"""The published quarter and year, worked out from records."""

from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest
from sqlalchemy.orm import Session

from tsalert.core.actors import Actor
from tsalert.core.periods import parse_period
from tsalert.savings.figures.table import ROUNDING_NOTE, SavingsTable
from tsalert.savings.queries import savings_table
from tsalert.savings.rules import Evidence, InterventionType, NewIntervention
from tsalert.savings.service import record_intervention
from tsalert.savings.valuing.profiles import COLUMNS

NOW = datetime(2023, 5, 1, 9, 0, tzinfo=UTC)
Q1 = parse_period("2022/23 Q1")
YEAR = parse_period("2021/22")
BLOCKER, FRIENDS = InterventionType.CALL_BLOCKER, InterventionType.FRIENDS_AGAINST_SCAMS
SCAM, DOORSTEP = InterventionType.SCAM_VICTIM, InterventionType.DOORSTEP_CRIME


@pytest.fixture
def record(officer: Callable[..., Actor]) -> Callable[..., str]:
    """Record one intervention of a type on a day."""
    actor = officer()

    def make(kind: InterventionType, on_date: date, **details: Any) -> str:
        evidence = Evidence.BANK if {"prevented", "recovered", "future"} & set(details) else None
        new = NewIntervention(type=kind, on_date=on_date, evidence=evidence, **details)
        return record_intervention(new, actor=actor, now=NOW)

    return make


def shown(table: SavingsTable, row: str) -> list[int | None]:
    """Return a row's figures as printed."""
    cells = [table.row(row).cell(column) for column in COLUMNS]
    return [int(cell.shown) if cell else None for cell in cells]


@pytest.mark.parametrize("money", ["prevented", "future"])
def test_the_first_quarter_of_2022_23_is_as_published(session: Session, record: Callable[..., str], money: str) -> None:
    record(SCAM, date(2022, 5, 3), **{money: Decimal(600)})
    record(DOORSTEP, date(2022, 4, 1), **{money: Decimal(36500)})
    record(DOORSTEP, date(2022, 6, 30), **{money: Decimal(4000)}, is_rapid_response=True)
    record(FRIENDS, date(2022, 5, 12), units=112)
    record(BLOCKER, date(2022, 6, 1), units=2)
    record(BLOCKER, date(2022, 6, 2))
    table = savings_table(session, Q1)
    assert shown(table, "scams") == [600, 324, None, 924]
    assert shown(table, "doorstep_crime") == [40_500, 21_870, None, 62_370]
    assert shown(table, "friends_against_scams") == [2_586, None, 4_035, 6_621]
    assert shown(table, "call_blockers") == [49_622, 26_796, None, 76_417]
    assert table.grand_total.shown == 146_333
    assert [row.number for row in table.rows] == [1, 2, 112, 3]
    assert ROUNDING_NOTE in table.notes  # 49,622 and 26,796 make 76,418


@pytest.mark.parametrize("money", ["prevented", "future"])
def test_the_year_2021_22_is_as_published(session: Session, record: Callable[..., str], money: str) -> None:
    for day, amount in [(date(2021, 4, 1), 12_000), (date(2021, 9, 9), 36_833), (date(2022, 3, 31), 18_000)]:
        record(DOORSTEP, day, **{money: Decimal(amount)})
    record(SCAM, date(2021, 12, 24), **{money: Decimal("143201.99")})
    record(SCAM, date(2021, 12, 24), **{money: Decimal("0.01")})
    record(FRIENDS, date(2021, 7, 1), units=953)
    record(BLOCKER, date(2021, 8, 2), units=5)
    table = savings_table(session, YEAR)
    assert table.total_without("financial", "friends_against_scams").shown == 292_738
    assert table.total_without("health", "friends_against_scams").shown == 158_078
    assert table.row("friends_against_scams").total.shown == 56_341
    assert table.grand_total.shown == 507_157
    assert shown(table, "call_blockers") == [82_703, 44_659, None, 127_362]
    assert ROUNDING_NOTE in table.notes


def test_three_and_two_blockers_in_two_quarters_are_five_in_the_year_with_a_line_to_reconcile(
    session: Session, record: Callable[..., str]
) -> None:
    record(BLOCKER, date(2021, 6, 30), units=3)
    record(BLOCKER, date(2021, 7, 1), units=2)
    quarters = [savings_table(session, parse_period(f"2021/22 Q{number}")) for number in (1, 2)]
    health = [quarter.row("call_blockers").cell("health") for quarter in quarters]
    assert [cell.shown for cell in health if cell] == [26_796, 17_864]
    year = savings_table(session, YEAR)
    assert shown(year, "call_blockers")[1] == 44_659
    line = next(line for line in year.reconciliation if (line.row, line.column) == ("Call blockers", COLUMNS["health"]))
    assert line.text == (
        "Call blockers, health and quality of life: the quarters as shown, £26,796 + £17,864, add up to £44,660; "
        "the year, worked out from its records, is £44,659."
    )
    assert all(not quarter.reconciliation for quarter in quarters)


def test_a_day_later_is_another_quarter(session: Session, record: Callable[..., str]) -> None:
    record(SCAM, date(2022, 6, 30), prevented=Decimal(100))
    record(SCAM, date(2022, 6, 30) + timedelta(days=1), prevented=Decimal(10))
    tables = [savings_table(session, parse_period(f"2022/23 Q{number}")) for number in (1, 2)]
    assert [shown(table, "scams")[0] for table in tables] == [100, 10]
    assert shown(savings_table(session, parse_period("2022/23")), "scams")[0] == 110
