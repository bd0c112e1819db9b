"""The figures that a demonstration is made from are data: another service's file gives its own totals."""

import json
from collections.abc import Callable
from typing import Any

import pytest
from sqlalchemy.orm import Session

from tests.conftest import NOW
from tsalert.core.actors import Actor
from tsalert.core.errors import RuleViolation
from tsalert.core.periods import parse_period
from tsalert.demo import past
from tsalert.demo.people import demo_wards
from tsalert.demo.published import BROMLEY, read_published
from tsalert.places import service as places
from tsalert.savings.queries import savings_table
from tsalert.staff.rules import RoleName

OTHER = {
    "source": "An invented service",
    "year": {
        "label": "2021/22", "rapid_response_interventions": 3, "single_savings": [7000], "scam_and_doorstep": 20_000,
        "friends": 10, "blockers": 1,
    },
    "helpline": {
        "complaints": 2, "transferred": 2, "scams": 1, "investment_frauds": 1, "doorstep_crimes": 1,
        "mean_investment_loss": 10, "mean_doorstep_loss": 10, "advice_savings": 100,
    },
    "quarters": [
        {
            "label": "2022/23 Q1", "enquiries": 4, "cases": 3, "detriment": "90.50", "reports": 2, "immediate": 1,
            "scams": 1000, "doorstep_crime": 2000, "friends": 10, "blockers": 1,
        }
    ],
}  # fmt: skip


@pytest.fixture
def team(officer: Callable[..., Actor]) -> past.Crew:
    places.add_wards(demo_wards(), now=NOW)
    return past.crew(officer(), officer(name="Sam Second"), officer(RoleName.MANAGER), lambda _: None)


def test_another_service_s_figures_give_its_own_totals(session: Session, team: past.Crew) -> None:
    figures = read_published(json.dumps(OTHER))
    past.load_year(team, figures.year)
    for quarter in figures.quarters:
        past.load_quarter(team, quarter)
    year = savings_table(session, parse_period("2021/22"))
    # 20,000 + 16,540.50 and 0.54 of both, and ten Friends at £59.12
    assert year.total_without("financial", "friends_against_scams").shown == 36_541
    assert year.total_without("health", "friends_against_scams").shown == 19_732
    assert year.grand_total.shown == 56_864
    assert savings_table(session, parse_period("2022/23 Q1")).grand_total.shown == 30_684


def test_what_comes_with_the_service_is_what_was_published() -> None:
    figures = read_published(BROMLEY.read_text(encoding="utf-8"))
    assert (figures.year.scam_and_doorstep, figures.year.friends, figures.year.blockers) == (210_035, 953, 5)
    assert figures.claim is not None
    assert "2.5 million since 2006" in figures.claim.words


@pytest.mark.parametrize(
    ("change", "message"),
    [
        pytest.param({"quarters": "many"}, "no file of published figures", id="no-list"),
        pytest.param({"colour": "red"}, "colour: We do not know this field", id="unknown"),
        pytest.param({"year": {"label": "2021/22"}}, "year: The file does not say rapid response", id="gaps"),
    ],
)
def test_a_file_of_something_else_is_refused(change: dict[str, Any], message: str) -> None:
    with pytest.raises(RuleViolation, match=message):
        read_published(json.dumps(OTHER | change))
    with pytest.raises(RuleViolation, match="not JSON"):
        read_published("{")
