"""The published quarters, worked out from records."""

from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy.orm import Session

from tests.reports.conftest import Quarter
from tsalert.cases import service as cases
from tsalert.cases.figures import case_figures
from tsalert.cases.rules import NewCase, NewMoneyLine
from tsalert.cases.vocabulary import MoneyKind
from tsalert.core.actors import Actor
from tsalert.core.clock import LONDON
from tsalert.core.periods import Period, parse_period, quarter_of
from tsalert.reports.change import Value
from tsalert.reports.measures import MEASURES
from tsalert.reports.queries import period_figures
from tsalert.response.vocabulary import Category
from tsalert.savings.rules import InterventionType

AFTERWARDS = datetime(2023, 5, 1, 9, 0, tzinfo=UTC)
Q1, Q2 = parse_period("2022/23 Q1"), parse_period("2022/23 Q2")
Records = Callable[[Period], Quarter]


def values(session: Session, period: Period) -> dict[str, Value]:
    """Return every indicator of a period by its name."""
    figures = period_figures(session, period, AFTERWARDS)
    return {measure.name: measure.read(figures) for measure in MEASURES}


def test_the_first_quarter_of_2022_23_is_as_published(session: Session, quarter: Records) -> None:
    quarter(Q1).record_first_of_2022_23()
    found = values(session, Q1)
    assert (found["enquiries"], found["scam_doorstep_abuse_cases"]) == (233, 76)
    assert found["detriment"] == Decimal("505804.50")
    assert (found["reports"], found["immediate"], found["met"]) == (30, 7, 7)
    assert found["rapid_response_interventions"] == 5
    assert found["total_savings"] == 146_333
    figures = period_figures(session, Q1, AFTERWARDS)
    assert [saving.amount for saving in figures.single_savings] == [Decimal(40_500)]
    assert not figures.is_provisional
    assert values(session, Q2)["enquiries"] == 0, "nothing of it is in the next quarter"


def test_the_second_quarter_of_2022_23_is_as_published(session: Session, quarter: Records) -> None:
    records = quarter(Q2)
    records.open_cases(248, board=60, detriment=Decimal(99_761))
    records.log_reports(34, immediate=5, intervened=0)
    found = values(session, Q2)
    assert (found["enquiries"], found["scam_doorstep_abuse_cases"], found["detriment"]) == (248, 60, 99_761)
    assert (found["reports"], found["immediate"], found["rapid_response_interventions"]) == (34, 5, 0)
    assert found["total_savings"] == 0


def test_the_year_2021_22_is_as_published(session: Session, quarter: Records) -> None:
    year = parse_period("2021/22")
    records = quarter(year)
    records.log_reports(26, immediate=26, intervened=26)
    for day, amount in [(date(2021, 4, 1), "12000"), (date(2021, 9, 9), "36833"), (date(2022, 3, 31), "18000")]:
        records.record(InterventionType.DOORSTEP_CRIME, day, amount)
    records.record(InterventionType.SCAM_VICTIM, date(2021, 12, 24), "143202")
    records.record(InterventionType.CALL_BLOCKER, date(2021, 8, 2), units=5)
    records.record(InterventionType.FRIENDS_AGAINST_SCAMS, date(2021, 7, 1), units=953)
    found = values(session, year)
    assert found["financial_savings"] == 292_738
    assert found["health_savings"] == 158_078
    assert found["friends_savings"] == 56_341
    assert found["total_savings"] == 507_157
    assert found["rapid_response_interventions"] == 26
    assert found["reports"] == found["met"] == 26


@pytest.mark.parametrize(
    ("opened_at", "label"),
    [
        pytest.param(datetime(2022, 3, 31, 23, 59, 59, tzinfo=LONDON), "2021/22 Q4", id="the-last-second-in-london"),
        pytest.param(datetime(2022, 4, 1, tzinfo=LONDON), "2022/23 Q1", id="midnight-in-london"),
        pytest.param(datetime(2022, 3, 31, 22, 59, 59, tzinfo=UTC), "2021/22 Q4", id="the-same-second-told-in-utc"),
        pytest.param(datetime(2022, 3, 31, 23, 0, tzinfo=UTC), "2022/23 Q1", id="the-same-midnight-told-in-utc"),
        pytest.param(datetime(2022, 12, 31, 23, 59, 59, tzinfo=UTC), "2022/23 Q3", id="in-winter-both-clocks-agree"),
        pytest.param(datetime(2022, 3, 27, 1, 30, tzinfo=UTC), "2021/22 Q4", id="the-night-the-clocks-go-forward"),
        pytest.param(datetime(2022, 10, 30, 1, 30, tzinfo=UTC), "2022/23 Q3", id="the-night-the-clocks-go-back"),
    ],
)
def test_a_case_counts_in_the_london_quarter_of_its_opening(
    session: Session, officer: Callable[..., Actor], opened_at: datetime, label: str
) -> None:
    cases.open_case(NewCase("A", Category.SCAM, opened_at=opened_at), actor=officer(), now=AFTERWARDS)
    near = [parse_period(text) for text in ("2021/22 Q4", "2022/23 Q1", "2022/23 Q2", "2022/23 Q3", "2022/23 Q4")]
    assert [period.label for period in near if case_figures(session, period).enquiries] == [label]


@settings(max_examples=12, suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
@given(
    year=st.integers(2015, 2024),
    number=st.integers(1, 4),
    before=st.timedeltas(timedelta(seconds=1), timedelta(hours=24)),
    pennies=st.integers(1, 10**9),
)
def test_a_day_moves_a_case_and_its_loss_from_one_quarter_to_the_next(
    session: Session, officer: Callable[..., Actor], year: int, number: int, before: timedelta, pennies: int
) -> None:
    closing = parse_period(f"{year}/{(year + 1) % 100:02} Q{number}")
    following = quarter_of(closing.last_day + timedelta(days=1))
    actor, loss = officer(), Decimal(pennies) / 100
    new = NewCase("A", Category.FINANCIAL_ABUSE, opened_at=closing.ends_at - before)
    case_id = cases.open_case(new, actor=actor, now=AFTERWARDS + timedelta(days=900))
    cases.record_money(case_id, NewMoneyLine(MoneyKind.PAID, loss), actor=actor, now=AFTERWARDS)
    earlier = [case_figures(session, period) for period in (closing, following)]
    moved = NewCase("A", opened_at=closing.ends_at - before + timedelta(days=1))
    cases.amend_case(case_id, moved, actor=actor, now=AFTERWARDS + timedelta(days=900))
    later = [case_figures(session, period) for period in (closing, following)]
    assert [before.enquiries - after.enquiries for before, after in zip(earlier, later, strict=True)] == [1, -1]
    assert [before.detriment - after.detriment for before, after in zip(earlier, later, strict=True)] == [loss, -loss]
