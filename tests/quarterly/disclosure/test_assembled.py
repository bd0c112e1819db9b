"""The public edition of a quarter that was put together from records."""

from collections.abc import Callable
from datetime import date
from decimal import Decimal

import pytest

from tests.quarterly.figures.conftest import Assemble, Assembled, assembled, quarter  # noqa: F401 - fixtures
from tests.reports.conftest import Quarter
from tsalert.core.periods import Period, parse_period
from tsalert.quarterly.content import SUPPRESSED
from tsalert.quarterly.disclosure.publishing import for_public
from tsalert.savings.rules import InterventionType

Q1 = parse_period("2022/23 Q1")


def fill(records: Quarter, *doorstep: str) -> None:
    records.open_cases(233, board=76, detriment=Decimal("505804.50"))
    records.log_reports(30, immediate=7, intervened=5)
    records.record(InterventionType.SCAM_VICTIM, date(2022, 5, 3), "600")
    for amount in doorstep:
        records.record(InterventionType.DOORSTEP_CRIME, date(2022, 6, 30), amount)
    records.record(InterventionType.FRIENDS_AGAINST_SCAMS, date(2022, 4, 1), units=112)
    records.record(InterventionType.CALL_BLOCKER, date(2022, 6, 1), units=3)


def published(found: Assembled) -> Assembled:
    return Assembled(for_public(found.sections, []))


def test_the_published_quarter_stands_in_its_public_edition(
    quarter: Callable[[Period], Quarter],  # noqa: F811
    assembled: Assemble,  # noqa: F811
) -> None:
    fill(quarter(Q1), "18000", "9500", "7000", "4000", "2000")
    found = published(assembled(Q1))
    assert found.row("savings_table", "scams_and_doorstep_crime") == ["6", "£41,100", "£22,194", "n/a", "£63,294"]
    assert found.row("savings_table", "friends_against_scams") == ["112", "£2,586", "n/a", "£4,035", "£6,621"]
    assert found.row("savings_table", "call_blockers")[:3] == ["3", "£49,622", "£26,796"]
    assert found.shown("savings_table", "total", "total") == "£146,333"
    assert found.shown("glance_money", "total_savings", "current") == "£146,333"
    assert found.shown("glance_count", "enquiries", "current") == "233"
    assert found.shown("glance_money", "detriment", "current") == SUPPRESSED, "one case had nearly all of it"


@pytest.mark.parametrize("doorstep", [("40500",), ("40000", "300", "200")], ids=["one-record", "one-of-three"])
def test_one_persons_saving_is_in_no_figure_of_the_public_edition(
    quarter: Callable[[Period], Quarter],  # noqa: F811
    assembled: Assemble,  # noqa: F811
    doorstep: tuple[str, ...],
) -> None:
    """Not in a total either, off which anybody can take blockers and Friends at the printed rates."""
    fill(quarter(Q1), *doorstep)
    found = published(assembled(Q1))
    assert found.row("savings_table", "scams_and_doorstep_crime")[1:3] == [SUPPRESSED, SUPPRESSED]
    assert found.row("savings_table", "total")[1:] == [SUPPRESSED, SUPPRESSED, "£4,035", SUPPRESSED]
    assert found.row("savings_table", "call_blockers")[:3] == ["3", "£49,622", "£26,796"]
    assert found.shown("savings_direct", "prevented", "amount") == SUPPRESSED
    telling = ("41,100", "63,294", "93,308", "146,333", "40,500", "90,722", "139,712", "124,139")
    for table in found.tables.values():
        texts = [each.shown for row in table.rows for each in row.figures] + list(table.notes)
        assert [text for text in texts if any(number in text for number in telling)] == [], table.key
