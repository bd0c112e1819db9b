"""A quarter's report as it was published, twice."""

from collections.abc import Callable
from datetime import date, datetime, timedelta
from decimal import Decimal

import pytest
from msgspec.structs import replace
from sqlalchemy.orm import Session

from tests.conftest import NOW
from tests.quarterly.samples import HEAD
from tsalert.core.actors import Actor
from tsalert.core.periods import Period, quarter
from tsalert.quarterly import keeping, opening, queries
from tsalert.quarterly.content import Chart, Column, Figure, Prose, Report, Row, Section, Table
from tsalert.quarterly.vocabulary import About, ChartKind, Edition, Ground, SectionKey, Status, Unit
from tsalert.staff.rules import RoleName

Q1 = quarter(2022, 1)
POST = "Trading Standards manager"
SECRET = "What the public may not read"
DEMAND = Table(
    "demand",
    "Cases by type",
    "Type",
    (Column("cases", "Cases", Unit.COUNT, About.PEOPLE), Column("lost", "Lost", Unit.MONEY, About.PEOPLE)),
    (
        Row("scam", "Scams", (Figure("12", 12), Figure("£1,600", Decimal("1600.50"), 3, Decimal(977)))),
        Row("doorstep", "Doorstep crime", (Figure("[c]", 3), Figure("[c]", Decimal(4321)))),
    ),
    notes=("[c]: too few to be told.",),
)
CHART = Chart("bars", "Most were scams", "Bars", ChartKind.BARS, "demand", ("cases",))
SECTIONS = (
    Section(SectionKey.HEADLINES, (Prose("Fewer were **deceived**."), Prose(SECRET, "For the board", is_exempt=True))),
    Section(
        SectionKey.DEMAND, (DEMAND, Chart("bars", "Most were scams", "Bars", ChartKind.BARS, "demand", ("cases",)))
    ),
    Section(SectionKey.AHEAD, (Prose(SECRET),), is_exempt=True),
)


def editions(words: str) -> dict[str, Report]:
    """Return both editions; words are added to the headlines of both."""
    sections = (Section(SectionKey.PURPOSE, (Prose(words),)), *SECTIONS)
    public = replace(
        HEAD, edition=Edition.PUBLIC, author=POST, signatures=("Author, 18 July 2022", "Second person, 19 July 2022")
    )
    return {Edition.BOARD.value: Report(HEAD, sections), Edition.PUBLIC.value: Report(public, sections)}


def publish(session: Session, period: Period, words: str, *, at: datetime = NOW) -> str:
    """Publish the open report of a quarter as it stands in the tests; returns its digest."""
    report = queries.get_report(session, period)
    report.figures, report.locked_at = keeping.freeze(SECTIONS), at
    report.frozen = keeping.freeze(editions(words))
    report.digest = keeping.digest(report.frozen)
    report.status, report.published_at = Status.PUBLISHED, at
    session.commit()
    return report.digest


@pytest.fixture
def first(session: Session, officer: Callable[..., Actor]) -> str:
    """The digest of the first publication of 2022/23 Q1."""
    manager = officer(RoleName.MANAGER, name="Mo Boss")
    opening.open_report(Q1, meeting_on=date(2022, 7, 20), actor=manager, now=NOW)
    return publish(session, Q1, "As it was first told.")


@pytest.fixture
def second(session: Session, officer: Callable[..., Actor], first: str) -> str:
    """The digest of its revision."""
    manager = officer(RoleName.MANAGER, name="Mo Boss")
    opening.revise(Q1, "A call came in late", Ground.LATE, actor=manager, now=NOW + timedelta(days=1))
    return publish(session, Q1, "As it is told now.", at=NOW + timedelta(days=2))
