"""A figure that is hidden in one place is told by nothing that stands in another."""

from collections.abc import Callable
from decimal import Decimal

import pytest
from sqlalchemy.orm import Session

from tests.quarterly.figures.conftest import AFTERWARDS, Assemble, Assembled, assembled, quarter  # noqa: F401 - fixtures
from tests.reports.conftest import Quarter
from tsalert.core.actors import Actor
from tsalert.core.periods import Period, parse_period
from tsalert.quarterly.content import SUPPRESSED
from tsalert.quarterly.disclosure.publishing import for_public
from tsalert.reports.indicators import get_indicator
from tsalert.reports.setting import NewVersion, set_indicator
from tsalert.reports.vocabulary import Audience
from tsalert.savings.rules import InterventionType
from tsalert.staff.rules import RoleName

Q1, YEAR_BEFORE = parse_period("2022/23 Q1"), parse_period("2021/22 Q1")
Filled = Callable[[Period], Quarter]


def published(found: Assembled) -> Assembled:
    return Assembled(for_public(found.sections, []))


def test_a_headline_does_not_tell_the_few_of_the_year_before(
    quarter: Filled,  # noqa: F811
    assembled: Assemble,  # noqa: F811
) -> None:
    """50 beside "+47" are the 3 that the table of indicators hides."""
    quarter(Q1).open_cases(50, board=30, detriment=Decimal(90_000))
    quarter(YEAR_BEFORE).open_cases(3, board=3, detriment=Decimal(1_200))
    found = published(assembled(Q1))
    assert found.shown("headlines", "enquiries", "current") == "50"
    assert found.shown("glance_count", "enquiries", "last_year") == SUPPRESSED
    assert found.shown("headlines", "enquiries", "change") == SUPPRESSED


def test_a_headline_of_money_does_not_tell_the_one_saving_of_the_year_before(
    quarter: Filled,  # noqa: F811
    assembled: Assemble,  # noqa: F811
) -> None:
    """£12,000 beside "+20%" are one person's £10,000 to within fifty."""
    now = quarter(Q1)
    for amount in ("3000", "4000", "5000"):
        now.record(InterventionType.SCAM_VICTIM, Q1.first_day, amount)
    quarter(YEAR_BEFORE).record(InterventionType.SCAM_VICTIM, YEAR_BEFORE.first_day, "10000")
    found = published(assembled(Q1))
    assert found.shown("savings_by_class", YEAR_BEFORE.label, "prevented") == SUPPRESSED
    assert found.shown("headlines_money", "prevented", "current") == "£12,000"
    assert found.shown("headlines_money", "prevented", "change") == SUPPRESSED


def test_the_change_of_four_quarters_does_not_tell_the_few_of_the_four_before(
    quarter: Filled,  # noqa: F811
    assembled: Assemble,  # noqa: F811
) -> None:
    quarter(Q1).open_cases(50, board=30, detriment=Decimal(90_000))
    quarter(parse_period("2020/21 Q2")).open_cases(3, board=3, detriment=Decimal(1_200))
    found = published(assembled(Q1))
    assert found.shown("demand_trend", "2020/21 Q2", "enquiries") == SUPPRESSED
    assert found.shown("glance_count", "enquiries", "current") == "50"
    assert found.shown("glance_count", "enquiries", "rolling_change") == SUPPRESSED
    assert found.shown("glance_money", "detriment", "rolling_change") == SUPPRESSED


def test_the_order_of_rows_does_not_tell_between_which_amounts_a_hidden_one_lies(
    quarter: Filled,  # noqa: F811
    assembled: Assemble,  # noqa: F811
) -> None:
    """The kinds stand in one order, whatever was lost by them; here doorstep crime cost most."""
    quarter(Q1).open_cases(30, board=30, detriment=Decimal(90_000))
    rows = published(assembled(Q1)).tables["demand_typical_by_type"].rows
    assert [row.key for row in rows] == ["scam", "doorstep_crime", "financial_abuse", "total"]


@pytest.mark.parametrize("untold", [1, 4])
def test_few_cases_that_tell_no_loss_are_no_difference_of_two_columns(
    quarter: Filled,  # noqa: F811
    assembled: Assemble,  # noqa: F811
    untold: int,
) -> None:
    records = quarter(Q1)
    records.open_cases(30, board=30, detriment=Decimal(90_000))
    records.open_untold(untold)
    found = published(assembled(Q1))
    assert found.shown("quality_incomplete", "no_loss", "number") == SUPPRESSED
    for key in ("demand_by_type", "demand_by_channel"):
        for row in found.tables[key].rows:
            told = dict(zip((column.key for column in found.tables[key].columns), row.figures, strict=True))
            shown = SUPPRESSED not in {told["cases"].shown, told["told"].shown}
            assert not shown or (told["cases"].value or 0) - (told["told"].value or 0) not in range(1, 5), key
    typical_rows = found.tables["demand_typical_by_type"].rows
    assert [row.figures[0].shown for row in typical_rows].count(SUPPRESSED) != 1, "the rest of all is the hidden one"
    (typical,) = (row for row in found.tables["demand_typical_by_type"].rows if row.key == "total")
    assert SUPPRESSED in {typical.figures[0].shown, found.shown("demand_by_type", "total", "cases")}


def test_few_other_enquiries_are_no_difference_of_two_indicators(
    quarter: Filled,  # noqa: F811
    assembled: Assemble,  # noqa: F811
) -> None:
    """31 enquiries beside 29 cases of scams, doorstep crime and abuse are two of something else."""
    quarter(Q1).open_cases(31, board=29, detriment=Decimal(90_000))
    found = published(assembled(Q1))
    assert found.shown("demand_trend", Q1.label, "other") == SUPPRESSED
    for table, rows, column in (
        ("demand_trend", (Q1.label, Q1.label), ("enquiries", "cases")),
        ("glance_count", ("enquiries", "scam_doorstep_abuse_cases"), ("current", "current")),
        ("glance_count", ("enquiries", "scam_doorstep_abuse_cases"), ("rolling", "rolling")),
        ("headlines", ("enquiries", "scam_doorstep_abuse_cases"), ("current", "current")),
    ):
        told = [found.shown(table, row, each) for row, each in zip(rows, column, strict=True)]
        assert SUPPRESSED in told, (table, told)


def test_few_late_records_are_told_in_no_revision(
    quarter: Filled,  # noqa: F811
    assembled: Assemble,  # noqa: F811
) -> None:
    """The figures wait until five have come; the annex on late records must not say that two have."""
    records = quarter(Q1)
    records.open_cases(40, board=40, detriment=Decimal(90_000))
    first = published(assembled(Q1))
    for _ in range(2):
        records.open_late()
    second = Assembled(for_public(assembled(Q1).sections, [first.sections]))
    assert second.shown("quality_late", "cases", "number") in {
        first.shown("quality_late", "cases", "number"),
        SUPPRESSED,
    }


def test_what_came_back_to_one_person_is_no_difference_of_two_indicators(
    session: Session,
    officer: Callable[..., Actor],
    quarter: Filled,  # noqa: F811
    assembled: Assemble,  # noqa: F811
) -> None:
    records = quarter(Q1)
    records.open_cases(30, board=30, detriment=Decimal("0.30"))
    for _ in range(6):
        records.lose(Decimal(5_000), back=Decimal(0))
    records.lose(Decimal(5_000), back=Decimal(3_210))
    held = get_indicator(session, "net_detriment", AFTERWARDS.date())
    new = NewVersion(held.label, held.definition, held.rating, Audience.PUBLIC, "Invented")
    set_indicator("net_detriment", new, actor=officer(RoleName.MANAGER), now=Q1.starts_at)
    found = published(assembled(Q1))
    assert found.shown("glance_money", "detriment", "current") == "£35,000.30"
    assert found.shown("glance_money", "net_detriment", "current") == SUPPRESSED
