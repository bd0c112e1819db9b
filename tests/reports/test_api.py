"""The operation that gives out a period's figures."""

from collections.abc import Callable
from decimal import Decimal

import pytest
from flask.testing import FlaskClient

from tests.reports.conftest import Quarter
from tsalert.core.periods import Period, parse_period

FIGURES = "/api/v1/figures"


def test_figures_are_given_out_with_money_in_strings(
    client: FlaskClient, bearer: Callable[..., dict[str, str]], quarter: Callable[[Period], Quarter]
) -> None:
    quarter(parse_period("2022/23 Q1")).open_cases(4, board=2, detriment=Decimal("505804.50"))
    answer = client.get(FIGURES, query_string={"period": "2022/23 Q1"}, headers=bearer())
    assert answer.status_code == 200
    figures = answer.json
    assert figures is not None
    assert (figures["period"], figures["first_day"], figures["is_provisional"]) == ("2022/23 Q1", "2022-04-01", False)
    assert figures["figures"]["enquiries"] == 4
    assert figures["figures"]["detriment"] == "505804.50"
    assert figures["savings"]["column_totals"]["total"] == {"exact": "0", "shown": "0", "is_incomplete": False}
    assert figures["helpline"] is None


@pytest.mark.parametrize("query", ["", "period=2022/23+Q5", "period=2022/23&year=2022"])
def test_figures_asked_for_wrongly_are_refused(
    client: FlaskClient, bearer: Callable[..., dict[str, str]], query: str
) -> None:
    refused = client.get(f"{FIGURES}?{query}", headers=bearer())
    assert (refused.status_code, refused.mimetype) == (422, "application/problem+json")


def test_a_stranger_reads_no_figures(client: FlaskClient) -> None:
    assert client.get(f"{FIGURES}?period=2022/23").status_code == 401
