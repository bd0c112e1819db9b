"""A figure that is hidden in one place is told by nothing that stands in another."""

from collections.abc import Callable
from decimal import Decimal

import pytest

from tests.quarterly.figures.conftest import Assemble, Assembled, assembled, quarter  # noqa: F401 - fixtures
from tests.reports.conftest import Quarter
from tsalert.core.periods import Period, parse_period
from tsalert.quarterly.content import SUPPRESSED
from tsalert.quarterly.disclosure.publishing import for_public
from tsalert.savings.rules import InterventionType

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
    (typical,) = (row for row in found.tables["demand_typical_by_type"].rows if row.key == "total")
    assert SUPPRESSED in {typical.figures[0].shown, found.shown("demand_by_type", "total", "cases")}
