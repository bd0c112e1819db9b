"""A quarter's figures, section by section, as they were published."""

from collections.abc import Callable
from datetime import UTC, date, datetime
from decimal import Decimal

import pytest

from tests.quarterly.figures.conftest import Assemble
from tests.reports.conftest import Quarter
from tsalert.core.errors import RuleViolation
from tsalert.core.periods import Period, parse_period
from tsalert.quarterly import keeping
from tsalert.savings.rules import InterventionType

Q1, Q2 = parse_period("2022/23 Q1"), parse_period("2022/23 Q2")
Records = Callable[[Period], Quarter]


def fill_first_quarter(records: Quarter) -> None:
    """Record what the published first quarter of 2022/23 is made of."""
    records.open_cases(233, board=76, detriment=Decimal("505804.50"))
    records.log_reports(30, immediate=7, intervened=5)
    records.record(InterventionType.SCAM_VICTIM, date(2022, 5, 3), "600")
    records.record(InterventionType.DOORSTEP_CRIME, date(2022, 6, 30), "40500")
    records.record(InterventionType.FRIENDS_AGAINST_SCAMS, date(2022, 4, 1), units=112)
    records.record(InterventionType.CALL_BLOCKER, date(2022, 6, 1), units=3)


def test_the_first_quarter_of_2022_23_stands_as_published(quarter: Records, assembled: Assemble) -> None:
    fill_first_quarter(quarter(Q1))
    found = assembled(Q1)
    glance = {"enquiries": "233", "scam_doorstep_abuse_cases": "76", "reports": "30", "immediate": "7"}
    assert {name: found.shown("glance_count", name, "current") for name in glance} == glance
    assert found.shown("glance_money", "detriment", "current") == "£505,804.50"
    assert found.shown("glance_share", "share_met", "current") == "100% (7 of 7)"
    assert found.shown("glance_money", "total_savings", "current") == "£146,333"
    assert found.shown("glance_count", "rapid_response_interventions", "current") == "5"
    assert found.row("savings_table", "scams") == ["1", "£600", "£324", "n/a", "£924"]
    assert found.row("savings_table", "doorstep_crime") == ["1", "£40,500", "£21,870", "n/a", "£62,370"]
    assert found.row("savings_table", "friends_against_scams") == ["112", "£2,586", "n/a", "£4,035", "£6,621"]
    assert found.row("savings_table", "call_blockers") == ["3", "£49,622", "£26,796", "n/a", "£76,417"]
    assert found.shown("savings_table", "total", "total") == "£146,333"
    assert found.row("demand_by_type", "total") == ["76", "76", "£505,804.50"]
    assert found.row("demand_trend", "2022/23 Q1") == ["233", "76", "£505,804.50"]


def test_the_second_quarter_of_2022_23_stands_as_published(quarter: Records, assembled: Assemble) -> None:
    records = quarter(Q2)
    records.open_cases(248, board=60, detriment=Decimal(99_761))
    records.log_reports(34, immediate=5, intervened=0)
    found = assembled(Q2)
    glance = {"enquiries": "248", "scam_doorstep_abuse_cases": "60", "reports": "34", "immediate": "5"}
    assert {name: found.shown("glance_count", name, "current") for name in glance} == glance
    assert found.shown("glance_money", "detriment", "current") == "£99,761"
    assert found.row("savings_table", "total") == ["n/a", "£0", "£0", "£0", "£0"]


@pytest.mark.parametrize("label", ["2022/23 Q1", "2000/01 Q1"])
def test_an_empty_quarter_and_one_without_a_year_before_can_be_told(label: str, assembled: Assemble) -> None:
    found = assembled(parse_period(label))
    assert found.shown("glance_count", "enquiries", "change") == "no change (0 to 0)"
    assert found.shown("demand_typical_by_type", "all", "mean") == "n/a"
    assert keeping.thaw_sections(keeping.freeze(found.sections)) == found.sections


def test_one_case_makes_a_quarter(quarter: Records, assembled: Assemble) -> None:
    quarter(Q1).open_cases(1, board=1, detriment=Decimal(1200))
    found = assembled(Q1)
    assert found.row("demand_by_type", "total") == ["1", "1", "£1,200"]
    assert found.shown("demand_typical_by_type", "all", "median") == "£1,200"


def test_a_quarter_that_runs_is_marked_and_compares_nothing(quarter: Records, assembled: Assemble) -> None:
    quarter(Q1).open_cases(3, board=3, detriment=Decimal(300))
    found = assembled(Q1, datetime(2022, 6, 1, tzinfo=UTC))
    assert "provisional" in found.tables["glance_count"].notes[0]
    assert found.shown("glance_count", "enquiries", "change") == "not available"


def test_a_quarter_that_has_not_begun_is_refused(assembled: Assemble) -> None:
    with pytest.raises(RuleViolation):
        assembled(Q2, datetime(2022, 6, 1, tzinfo=UTC))
