"""The page of a period's figures."""

from collections.abc import Callable
from datetime import date
from decimal import Decimal

import pytest
from flask.testing import FlaskClient

from tests.reports.conftest import Quarter
from tsalert.core.periods import Period, parse_period
from tsalert.savings.rules import InterventionType
from tsalert.staff.rules import RoleName

Q1 = parse_period("2022/23 Q1")


@pytest.fixture
def desk(signed_in: Callable[..., FlaskClient]) -> FlaskClient:
    """A manager's browser."""
    return signed_in(RoleName.MANAGER)


def test_a_quarter_shows_its_figures_with_what_they_mean(
    desk: FlaskClient, quarter: Callable[[Period], Quarter]
) -> None:
    records = quarter(Q1)
    records.open_cases(5, board=3, detriment=Decimal("505804.50"))
    records.log_reports(2, immediate=1, intervened=1)
    records.record(InterventionType.DOORSTEP_CRIME, date(2022, 6, 30), "40500")
    shown = desk.get("/figures?period=2022/23+Q1")
    assert shown.status_code == 200
    for text in ("April to June 2022", "£505,804.50", "£40,500", "£21,870", "money that left the victims", "1 of 1"):
        assert text in shown.text
    assert "Provisional" not in shown.text
    assert "have not been audited" in shown.text
    assert 'href="/savings/explain?period=2022/23+Q1&amp;row=doorstep_crime&amp;column=health"' in shown.text


def test_the_quarter_that_runs_is_shown_by_default_and_marked_provisional(desk: FlaskClient) -> None:
    shown = desk.get("/figures")
    assert "Provisional: this period has not ended." in shown.text


def test_a_quarter_that_has_not_begun_says_so(desk: FlaskClient) -> None:
    shown = desk.get("/figures?period=2199/00+Q4")
    assert (shown.status_code, "has not begun" in shown.text) == (200, True)


def test_a_year_is_shown_like_a_quarter(desk: FlaskClient) -> None:
    shown = desk.get("/figures?period=2021-22")
    assert "April 2021 to March 2022" in shown.text


@pytest.mark.parametrize("label", ["2022/23 Q5", "2022/24", "Q1", "<script>", "2022/23 Q1; DROP", "9999/00"])
def test_a_wrong_label_is_told(desk: FlaskClient, label: str) -> None:
    answer = desk.get("/figures", query_string={"period": label})
    assert answer.status_code == 422
    assert "<script>" not in answer.text.replace("<script ", "")


def test_an_administrator_reads_no_figures(signed_in: Callable[..., FlaskClient]) -> None:
    assert signed_in(RoleName.ADMINISTRATOR).get("/figures").status_code == 403
