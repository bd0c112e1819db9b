"""Savings of two years held against each other: by the same rates, or else worked out anew and marked."""

from collections.abc import Callable
from datetime import UTC, date, datetime
from decimal import Decimal

from sqlalchemy.orm import Session

from tests.reports.conftest import Quarter
from tsalert.core.actors import Actor
from tsalert.core.periods import Period, parse_period
from tsalert.reports.glance import GlanceRow, read_glance
from tsalert.reports.memory import FiguresMemory
from tsalert.savings.figures.rebasing import rebased_table
from tsalert.savings.rates import approving, drafting
from tsalert.savings.rates.rules import NewRateSet
from tsalert.savings.rules import InterventionType, Span
from tsalert.savings.valuing.valuation import Rate, RateKind, ValueClass
from tsalert.staff.rules import RoleName

EARLIER, LATER = parse_period("2022/23 Q1"), parse_period("2023/24 Q1")
AFTERWARDS = datetime(2023, 8, 1, 9, 0, tzinfo=UTC)
Records = Callable[[Period], Quarter]


def total_savings(session: Session) -> GlanceRow:
    rows = read_glance(session, FiguresMemory(), LATER, now=AFTERWARDS).rows
    return next(row for row in rows if row.indicator.name == "total_savings")


def record_blockers(quarter: Records) -> None:
    quarter(EARLIER).record(InterventionType.CALL_BLOCKER, date(2022, 6, 1), units=3)
    quarter(LATER).record(InterventionType.CALL_BLOCKER, date(2023, 4, 20), units=4)


def approve_other_rates(officer: Callable[..., Actor]) -> None:
    unit = Rate(
        "board-2023", "call_blocker", ValueClass.FUTURE_FINANCIAL, RateKind.PER_UNIT, Decimal(9000),
        "a call blocker over its term", "D", term_years=5,
    )  # fmt: skip
    share = Rate("board-2023", "call_blocker", ValueClass.HEALTH_QOL, RateKind.SHARE_OF, Decimal("0.5"), "of it", "E")
    new = NewRateSet(
        slug="board-2023",
        title="What the board chose for 2023",
        basis="published",
        span=Span(date(2023, 4, 1), None),
        source="Minutes of an invented board",
        evidence_note="Invented for a test",
        rates=(unit, share),
    )
    drafting.draft_rate_set(new, actor=officer(RoleName.CASE_OFFICER), now=AFTERWARDS)
    approving.approve_rate_set("board-2023", actor=officer(RoleName.MANAGER), now=AFTERWARDS)


def test_savings_by_other_rates_are_first_worked_out_by_the_later_ones(
    session: Session, officer: Callable[..., Actor], quarter: Records
) -> None:
    approve_other_rates(officer)
    record_blockers(quarter)
    row = total_savings(session)
    assert (row.current, row.last_year) == (Decimal(54_000), Decimal(76_417))
    assert (row.change.text, row.change.is_rebased) == ("+33% (rebased)", True), "4 units are a third more than 3"


def test_savings_by_the_same_rates_stand_as_they_are(
    session: Session, officer: Callable[..., Actor], quarter: Records
) -> None:
    manager = officer(RoleName.MANAGER)
    approving.continue_rate_set("nts-observed-2021-22", date(2023, 4, 1), None, actor=manager, now=AFTERWARDS)
    record_blockers(quarter)
    assert rebased_table(session, EARLIER, LATER) is None
    assert total_savings(session).change.text == "+33%"


def test_where_no_rates_hold_nothing_is_worked_out_anew(session: Session, quarter: Records) -> None:
    record_blockers(quarter)
    assert rebased_table(session, EARLIER, LATER) is None
