"""A quarter's figures, section by section, as they were published."""

from collections.abc import Callable
from datetime import UTC, date, datetime
from decimal import Decimal

import pytest
from sqlalchemy import event
from sqlalchemy.engine import Engine
from sqlalchemy.orm import Session

from tests.quarterly.figures.conftest import AFTERWARDS, Assemble
from tests.reports.conftest import Quarter
from tsalert.core.errors import RuleViolation
from tsalert.core.periods import Period, parse_period
from tsalert.quarterly import keeping
from tsalert.quarterly.content import Chart
from tsalert.quarterly.figures.assembling import assemble
from tsalert.quarterly.figures.findings import counted
from tsalert.quarterly.vocabulary import SectionKey
from tsalert.reports.dashboard import read_dashboard
from tsalert.reports.memory import FiguresMemory
from tsalert.savings.figures.table import ROUNDING_NOTE
from tsalert.savings.rules import InterventionType

Q1, Q2 = parse_period("2022/23 Q1"), parse_period("2022/23 Q2")
Records = Callable[[Period], Quarter]


def test_the_first_quarter_of_2022_23_stands_as_published(quarter: Records, assembled: Assemble) -> None:
    quarter(Q1).record_first_of_2022_23()
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
    assert found.row("demand_by_type", "total") == ["76", "0", "76", "£505,804.50"]
    assert found.row("demand_trend", "2022/23 Q1") == ["233", "76", "157", "£505,804.50"]


def test_every_table_that_does_not_add_up_as_it_is_rounded_says_so(quarter: Records, assembled: Assemble) -> None:
    records = quarter(Q1)
    records.record(InterventionType.CALL_BLOCKER, date(2022, 6, 1), units=1)
    records.record(InterventionType.FRIENDS_AGAINST_SCAMS, date(2022, 4, 1), units=1)
    records.record(InterventionType.DOORSTEP_CRIME, date(2022, 6, 30), "40500")
    found = assembled(Q1)
    assert [row.figures[0].shown for row in found.tables["savings_estimated"].rows] == [
        "£16,564", "£8,932", "£36", "£25,531",
    ]  # fmt: skip
    noted = {key for key, table in found.tables.items() if ROUNDING_NOTE in table.notes}
    assert noted >= {"savings_estimated", "savings_by_class"}
    assert all(found.tables[key].notes.count(ROUNDING_NOTE) == 1 for key in noted)
    assert noted.isdisjoint({"savings_direct", "demand_by_type", "prevention_clocks"})


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
    assert found.shown("demand_typical_by_type", "total", "mean") == "n/a"
    assert keeping.thaw_sections(keeping.freeze(found.sections)) == found.sections


def test_a_first_quarter_says_that_its_records_begin_in_it(quarter: Records, assembled: Assemble) -> None:
    quarter(Q1).open_cases(2, board=2, detriment=Decimal(1200))
    told = "Records begin on 1 April 2022: before that, a nought means that nothing was recorded."
    assert told in assembled(Q1).tables["glance_count"].notes
    assert told in assembled(Q1).tables["demand_trend"].notes
    assert (
        told not in assembled(parse_period("2024/25 Q2"), datetime(2025, 1, 2, tzinfo=UTC)).tables["demand_trend"].notes
    )


def test_a_first_quarter_is_compared_with_no_year_that_nobody_wrote_down(quarter: Records, assembled: Assemble) -> None:
    quarter(Q1).open_cases(2, board=2, detriment=Decimal(1200))
    told = "Records begin on 1 April 2022: before that, a nought means that nothing was recorded."
    first = assembled(Q1)
    for key in ("headlines", "headlines_money", "savings_by_class"):
        assert told in first.tables[key].notes, key
    charts = {block.key: block for block in first.section(SectionKey.DEMAND).blocks if isinstance(block, Chart)}
    assert charts["demand_trend"].finding == "There were 2 enquiries in April to June 2022"
    year_after = assembled(parse_period("2023/24 Q1"), datetime(2023, 7, 2, tzinfo=UTC))
    for key in ("headlines", "headlines_money", "savings_by_class"):
        assert told not in year_after.tables[key].notes, key
    charts = {block.key: block for block in year_after.section(SectionKey.DEMAND).blocks if isinstance(block, Chart)}
    assert charts["demand_trend"].finding.endswith("fewer than the 2 of the same quarter last year")


def test_what_the_dashboard_has_read_is_not_read_again(session: Session, quarter: Records) -> None:
    quarter(Q1).open_cases(2, board=2, detriment=Decimal(1200))
    memory, asked = FiguresMemory(), list[str]()
    read_dashboard(session, memory, Q1, now=AFTERWARDS)

    def note(_connection: object, _cursor: object, statement: str, *_: object) -> None:
        asked.append(statement)

    event.listen(Engine, "before_cursor_execute", note)
    assemble(session, memory, Q1, now=AFTERWARDS)
    event.remove(Engine, "before_cursor_execute", note)
    assert asked
    clocks = [each for each in asked if "incident_clock" in each or "FROM attendance" in each]
    assert len(clocks) == 1, "of the quarter's incidents the dashboard keeps counts alone; no other period's are read"


def test_one_case_makes_a_quarter(quarter: Records, assembled: Assemble) -> None:
    quarter(Q1).open_cases(1, board=1, detriment=Decimal(1200))
    found = assembled(Q1)
    assert found.row("demand_by_type", "total") == ["1", "0", "1", "£1,200"]
    assert found.shown("demand_typical_by_type", "total", "median") == "£1,200"


def test_a_quarter_that_runs_is_marked_and_compares_nothing(quarter: Records, assembled: Assemble) -> None:
    quarter(Q1).open_cases(3, board=3, detriment=Decimal(300))
    found = assembled(Q1, datetime(2022, 6, 1, tzinfo=UTC))
    assert "provisional" in found.tables["glance_count"].notes[0]
    assert found.shown("glance_count", "enquiries", "change") == "not available"


def test_a_quarter_that_has_not_begun_is_refused(assembled: Assemble) -> None:
    with pytest.raises(RuleViolation):
        assembled(Q2, datetime(2022, 6, 1, tzinfo=UTC))


@pytest.mark.parametrize(
    ("number", "before", "is_provisional", "said"),
    [
        (1, 2, False, "There was 1 enquiry in April to June 2022, fewer than the 2 of the same quarter last year"),
        (
            1200,
            1,
            False,
            "There were 1,200 enquiries in April to June 2022, more than the 1 of the same quarter last year",
        ),
        (0, 0, False, "There were 0 enquiries in April to June 2022, as many as in the same quarter last year"),
        (3, 9, True, "There were 3 enquiries in April to June 2022 so far"),
    ],
)
def test_a_finding_is_a_sentence_about_its_figures(
    number: int, before: int, *, is_provisional: bool, said: str
) -> None:
    assert counted("enquiry", "enquiries", Q1, number, before, is_provisional=is_provisional) == said
