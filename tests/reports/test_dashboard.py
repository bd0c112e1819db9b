"""The dashboard: a period beside those before it, rated, drawn and quick."""

import re
from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

import pytest
from flask.testing import FlaskClient
from sqlalchemy.orm import Session

from tests.reports.conftest import Quarter
from tsalert.circulation.rules import NewPartner, Told
from tsalert.circulation.service import add_partner
from tsalert.circulation.telling import declare_for
from tsalert.core.actors import Actor
from tsalert.core.errors import RuleViolation
from tsalert.core.periods import Period, parse_period
from tsalert.reports.change import Share
from tsalert.reports.dashboard import read_dashboard
from tsalert.reports.glance import GlanceRow, read_glance
from tsalert.reports.memory import FiguresMemory
from tsalert.reports.rag import Rating
from tsalert.reports.setting import NewVersion, set_indicator
from tsalert.reports.vocabulary import Audience, Polarity, Rag, RagRule
from tsalert.savings.rules import InterventionType
from tsalert.staff.rules import RoleName

LAST, Q1 = parse_period("2021/22 Q1"), parse_period("2022/23 Q1")
NOW = datetime(2022, 8, 10, 9, 0, tzinfo=UTC)
MINUTE, DAY = timedelta(minutes=1), timedelta(days=1)


@pytest.fixture
def two_years(quarter: Callable[[Period], Quarter]) -> None:
    """A quarter, and the same a year before."""
    before, records = quarter(LAST), quarter(Q1)
    before.open_cases(20, board=3, detriment=Decimal(1000))
    records.open_cases(25, board=4, detriment=Decimal("505804.50"))
    records.log_reports(6, immediate=5, intervened=1)
    records.record(InterventionType.DOORSTEP_CRIME, date(2022, 6, 30), "40500")
    records.record(InterventionType.CALL_BLOCKER, date(2022, 6, 1), units=3)


def rows(session: Session, period: Period, now: datetime = NOW) -> dict[str, GlanceRow]:
    return {row.indicator.name: row for row in read_glance(session, FiguresMemory(), period, now=now).rows}


def test_an_indicator_stands_beside_its_earlier_figures(session: Session, two_years: None) -> None:
    row = rows(session, Q1)["enquiries"]
    assert (row.current, row.before, row.last_year, row.rolling) == (25, 0, 20, 25)
    assert (row.change.text, row.direction) == ("+25%", "Up")
    assert row.judgement.rag is Rag.NOT_RATED


def test_nothing_is_compared_with_years_of_which_nobody_kept_records(session: Session, two_years: None) -> None:
    assert rows(session, Q1)["enquiries"].rolling_change.text == "not available", "four quarters from July 2020"
    first = rows(session, LAST)["enquiries"]
    assert (first.current, first.change.text, first.direction) == (20, "not available", "Not available")
    later = datetime(2023, 7, 10, 9, 0, tzinfo=UTC)
    assert rows(session, parse_period("2022/23 Q4"), later)["enquiries"].rolling_change.text == "+25%"


def test_a_first_year_is_not_rated_by_the_year_before_it(
    session: Session, two_years: None, officer: Callable[..., Actor]
) -> None:
    rating = Rating(RagRule.LAST_YEAR, Polarity.HIGHER)
    new = NewVersion("Enquiries", "All of them.", rating, Audience.PUBLIC, "Board item 4")
    set_indicator("enquiries", new, actor=officer(RoleName.MANAGER), now=datetime(2021, 4, 1, tzinfo=UTC))
    assert rows(session, LAST)["enquiries"].judgement.rag is Rag.NOT_RATED
    assert rows(session, Q1)["enquiries"].judgement.rag is Rag.GREEN


def test_the_share_met_is_rated_against_its_target(session: Session, two_years: None) -> None:
    row = rows(session, Q1)["share_met"]
    assert (row.current, row.target, row.judgement.rag) == (Share(5, 5), "90%", Rag.GREEN)
    assert row.change.text == "not available", "a year before no clock came out"


def test_a_quarter_that_runs_is_provisional_and_neither_rated_nor_compared(session: Session, two_years: None) -> None:
    glance = read_glance(session, FiguresMemory(), Q1, now=datetime(2022, 6, 1, tzinfo=UTC))
    assert glance.is_provisional
    assert {row.judgement.rag for row in glance.rows} == {Rag.NOT_RATED}
    assert {row.change.text for row in glance.rows} == {"not available"}


def test_what_is_for_the_service_alone_is_not_told_at_a_glance(session: Session, officer: Callable[..., Actor]) -> None:
    assert "net_detriment" not in rows(session, Q1)
    new = NewVersion("Net", "Less refunds.", Rating(RagRule.NONE, Polarity.NEITHER), Audience.BOARD, "Board item 3")
    set_indicator("net_detriment", new, actor=officer(RoleName.MANAGER), now=datetime(2022, 6, 1, tzinfo=UTC))
    assert "net_detriment" in rows(session, Q1)


def test_a_statistical_rating_reads_the_quarters_before(
    session: Session, officer: Callable[..., Actor], quarter: Callable[[Period], Quarter], two_years: None
) -> None:
    quarter(parse_period("2020/21 Q1")).open_cases(5, board=1, detriment=Decimal(100))
    new = NewVersion("Calls", "All.", Rating(RagRule.STATISTICAL, Polarity.LOWER), Audience.BOARD, "Board item 4")
    set_indicator("enquiries", new, actor=officer(RoleName.MANAGER), now=datetime(2022, 6, 1, tzinfo=UTC))
    assert rows(session, Q1)["enquiries"].judgement.rag is Rag.RED


def test_a_period_that_has_not_begun_is_refused(session: Session) -> None:
    with pytest.raises(RuleViolation):
        read_glance(session, FiguresMemory(), parse_period("2030/31 Q1"), now=NOW)


def test_figures_are_kept_for_a_minute_and_no_longer(
    session: Session, quarter: Callable[[Period], Quarter], two_years: None
) -> None:
    memory = FiguresMemory()
    assert {row.indicator.name: row.current for row in read_glance(session, memory, Q1, now=NOW).rows}[
        "enquiries"
    ] == 25
    quarter(Q1).open_cases(1, board=0, detriment=Decimal(0))
    for after, found in ((MINUTE - timedelta(seconds=1), 25), (MINUTE, 26)):
        shown = read_glance(session, memory, Q1, now=NOW + after)
        assert {row.indicator.name: row.current for row in shown.rows}["enquiries"] == found


def test_figures_of_a_quarter_that_is_over_stand_until_something_changes(session: Session, two_years: None) -> None:
    memory, later = FiguresMemory(), NOW + 5 * MINUTE
    first = read_glance(session, memory, Q1, now=NOW)
    again = read_glance(session, memory, Q1, now=later)
    assert again.figures is first.figures
    assert again.read_at == later, "nothing has changed, so they are true of this instant"


def test_a_dashboard_tells_what_victims_lost_by_type_and_channel(session: Session, two_years: None) -> None:
    shown = read_dashboard(session, FiguresMemory(), Q1, now=NOW)
    altogether = shown.losses.altogether
    assert (altogether.cases, altogether.number, altogether.total) == (4, 4, Decimal("505804.50"))
    assert altogether.median == Decimal("0.01")
    assert sum(each.total for each in shown.losses.by_channel) == altogether.total
    assert list(shown.trend)[-1] == Q1
    assert [table.grand_total.shown for table in shown.classes.values()][-1] > 0


def test_what_partners_declared_is_told_for_itself_and_by_the_end_of_the_period(
    session: Session,
    desk: FlaskClient,
    bearer: Callable[..., dict[str, str]],
    officer: Callable[..., Actor],
    two_years: None,
) -> None:
    manager, then = officer(RoleName.MANAGER), datetime(2022, 6, 30, 23, 30, tzinfo=UTC)
    library = add_partner(NewPartner("Bickley library", kind_id=2), actor=manager, now=then - 90 * DAY)
    declare_for(library, Told(700), actor=manager, now=then - DAY)
    declare_for(library, Told(900), actor=manager, now=then)
    passed_on = read_dashboard(session, FiguresMemory(), Q1, now=NOW).passed_on
    assert (passed_on.declared, passed_on.acknowledged, passed_on.observed) == (700, 0, 0)
    page = desk.get("/dashboard?period=2022/23+Q1").text
    for told in ("Declared: readers that partners say they have", "30 June 2022", "Nothing acknowledged"):
        assert told in page
    given = desk.get("/api/v1/dashboard?period=2022/23+Q1", headers=bearer()).json
    assert given is not None
    found = {name: given["circulation"][name] for name in ("declared", "acknowledged", "observed")}
    assert found == {"declared": 700, "acknowledged": 0, "observed": 0}
    assert given["circulation"]["declarations"] == [{"on": "2022-06-30", "partners": 1, "reach": 700}]
    assert (given["listed"], given["listed_partners"]) == (0, 0)


@pytest.fixture
def desk(signed_in: Callable[..., FlaskClient]) -> FlaskClient:
    return signed_in(RoleName.MANAGER)


def test_the_page_tells_a_period_with_words_for_every_rating(desk: FlaskClient, two_years: None) -> None:
    page = desk.get("/dashboard?period=2022/23+Q1")
    assert page.status_code == 200
    for told in ("April to June 2022", "£505,804.50", "+25%", "Green", "At or better than the target", 'role="img"'):
        assert told in page.text
    assert "Provisional" not in page.text


@pytest.mark.parametrize("query", ["", "?period=2021-22", "?period=rolling"])
def test_every_kind_of_period_has_its_page(desk: FlaskClient, query: str) -> None:
    assert desk.get(f"/dashboard{query}").status_code == 200


@pytest.mark.parametrize(
    ("query", "status"),
    [("period=2022/23+Q5", 422), ("period=1950/51", 422), ("period=2199/00", 422), ("ward=E9", 404)],
)
def test_a_dashboard_asked_for_wrongly_is_told_so(desk: FlaskClient, query: str, status: int) -> None:
    assert desk.get(f"/dashboard?{query}").status_code == status


def test_a_long_dashboard_leads_to_each_of_its_parts_and_back(desk: FlaskClient, two_years: None) -> None:
    page = desk.get("/dashboard?period=2022/23+Q1").text
    nav = page.partition('id="parts"')[2].partition("</nav>")[0]
    parts = re.findall(r'href="#(\w+)"', nav)
    assert parts == re.findall(r'<h2 class="govuk-heading-m" id="(\w+)"', page)
    assert page.count('href="#parts"') == len(parts) - 1, "but for the last, which ends the page"


def test_a_dashboard_says_when_records_begin(desk: FlaskClient, two_years: None) -> None:
    told = "Records begin on 1 April 2021: before that, a nought means that nothing was recorded."
    assert told in desk.get("/dashboard?period=2022/23+Q1").text
    assert told not in desk.get("/dashboard?period=2023/24+Q1").text


def test_the_interface_gives_the_same_dashboard(
    client: FlaskClient, bearer: Callable[..., dict[str, str]], two_years: None
) -> None:
    answer = client.get("/api/v1/dashboard", query_string={"period": "2022/23 Q1"}, headers=bearer())
    found = answer.json
    assert answer.status_code == 200
    assert found is not None
    assert found["records_begin_on"] == "2021-04-01"
    enquiries = next(row for row in found["indicators"] if row["name"] == "enquiries")
    assert (enquiries["current"], enquiries["last_year"], enquiries["change"]["text"]) == (25, 20, "+25%")
    assert next(row for row in found["indicators"] if row["name"] == "share_met")["current"] == {"part": 5, "whole": 5}
    assert found["losses"][0]["total"].count(".") == 1


def test_an_administrator_reads_no_dashboard(signed_in: Callable[..., FlaskClient]) -> None:
    assert signed_in(RoleName.ADMINISTRATOR).get("/dashboard").status_code == 403


@pytest.mark.parametrize(("period", "said"), [("2022/23+Q5", "Give a period like"), ("2099/00+Q1", "Choose a period")])
def test_a_quarter_that_cannot_be_is_refused_once_and_leads_back(desk: FlaskClient, period: str, said: str) -> None:
    refused = desk.get(f"/dashboard?period={period}")
    assert refused.status_code == 422
    assert refused.text.count(said) == 1
    assert 'href="/dashboard">Open the page again' in refused.text
