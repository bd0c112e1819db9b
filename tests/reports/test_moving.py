"""Figures that are kept until a record of their days changes: never wrong, and hardly ever worked out again."""

from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

import pytest
from msgspec.structs import replace
from sqlalchemy import select
from sqlalchemy.orm import Session

from tests.plans import Asked, asking, plans
from tests.reports.conftest import Quarter
from tsalert.audit import queries as audit
from tsalert.cases import merging
from tsalert.cases import service as cases
from tsalert.cases.merging import NewMerge
from tsalert.cases.queries import get_case
from tsalert.cases.rules import NewCase, NewMoneyLine
from tsalert.cases.vocabulary import MoneyKind
from tsalert.core.actors import Actor
from tsalert.core.periods import Period, parse_period, parse_span
from tsalert.quarterly.opening import open_report
from tsalert.reports.dashboard import Dashboard, read_dashboard
from tsalert.reports.marks import Marks
from tsalert.reports.memory import FiguresMemory
from tsalert.reports.moving import EVERYTHING, NOTHING, Moved, moved_by
from tsalert.response import correcting_calls
from tsalert.response import service as response
from tsalert.response.facts import Correction, Fact
from tsalert.response.rules import NewCall
from tsalert.response.vocabulary import Category, Disposition
from tsalert.savings import service as savings
from tsalert.savings.models import Intervention
from tsalert.savings.rules import Evidence, InterventionType, NewIntervention
from tsalert.staff.rules import RoleName

SPRING, SUMMER = parse_period("2021/22 Q1"), parse_period("2021/22 Q2")
OVER = (SPRING, parse_span("2020-10-01 to 2021-09-30"))
IN_SPRING, IN_SUMMER = datetime(2021, 6, 30, 9, tzinfo=UTC), datetime(2021, 7, 2, 9, tzinfo=UTC)
NOW = datetime(2021, 10, 4, 9, 0, tzinfo=UTC)
HOUR = timedelta(hours=1)


class Desk:
    """An officer at work in a service that has records of two quarters which are over."""

    def __init__(self, session: Session, actor: Actor, records: Quarter) -> None:
        self.session, self.actor = session, actor
        records.log_reports(2, immediate=1, intervened=1)
        self.call_id = self._log(IN_SUMMER)
        self.case_id = self._open(IN_SPRING)
        self.later_case_id = self._open(IN_SUMMER)
        self.reference = savings.record_intervention(self._saving(IN_SPRING.date()), actor=actor, now=NOW - HOUR)

    def open_late(self) -> None:
        self._open(IN_SPRING, now=NOW)

    def move_case(self) -> None:
        amended = NewCase("Sold a roof", Category.SCAM, opened_at=IN_SUMMER)
        cases.amend_case(self.case_id, amended, actor=self.actor, now=NOW)

    def record_loss(self) -> None:
        cases.record_money(self.case_id, NewMoneyLine(MoneyKind.PAID, Decimal(900)), actor=self.actor, now=NOW)

    def merge_cases(self) -> None:
        later = get_case(self.session, self.later_case_id).reference
        merging.merge(self.case_id, NewMerge(later, "One trader"), actor=self.actor, now=NOW)

    def log_late(self) -> None:
        self._log(datetime(2021, 9, 30, 9, tzinfo=UTC), now=NOW)

    def move_call(self) -> None:
        told = Correction({Fact.CLAIMED_AT: IN_SPRING}, "Misheard")
        correcting_calls.correct_call(self.call_id, told, actor=self.actor, now=NOW)

    def record_saving(self) -> None:
        savings.record_intervention(self._saving(IN_SUMMER.date()), actor=self.actor, now=NOW)

    def move_saving(self) -> None:
        moved = self._saving(IN_SUMMER.date())
        savings.correct_intervention(self.reference, moved, of_version=1, reason="Day", actor=self.actor, now=NOW)

    def withdraw_saving(self) -> None:
        savings.withdraw_intervention(self.reference, of_version=2, reason="Twice", actor=self.actor, now=NOW)

    def save_for_an_incident(self) -> None:
        incident = self.session.scalars(select(Intervention.incident_id).where(Intervention.incident_id > 0)).first()
        advice = NewIntervention(type=InterventionType.ADVICE, on_date=IN_SUMMER.date(), incident_id=incident)
        savings.record_intervention(advice, actor=self.actor, now=NOW)

    def _log(self, at: datetime, now: datetime | None = None) -> int:
        call = NewCall(disposition=Disposition.ADVICE, happening="A leaflet", claimed_at=at)
        return response.log_call(call, actor=self.actor, now=now or at + HOUR).call_id

    def _open(self, at: datetime, now: datetime | None = None) -> int:
        case_id = cases.open_case(
            NewCase("Sold a roof", Category.SCAM, opened_at=at), actor=self.actor, now=now or at + HOUR
        )
        cases.record_money(case_id, NewMoneyLine(MoneyKind.PAID, Decimal(50)), actor=self.actor, now=now or at + HOUR)
        return case_id

    def _saving(self, day: date) -> NewIntervention:
        return NewIntervention(
            type=InterventionType.DOORSTEP_CRIME, on_date=day, prevented=Decimal(700), units=1, evidence=Evidence.BANK
        )


@pytest.fixture
def desk_of(session: Session, officer: Callable[..., Actor], quarter: Callable[[Period], Quarter]) -> Desk:
    return Desk(session, officer(RoleName.MANAGER), quarter(SPRING))


def told(shown: Dashboard) -> tuple[object, ...]:
    """Return what a dashboard tells, without when it was read."""
    passed_on = replace(shown.passed_on, counted_at=NOW)
    figures = (shown.glance.rows, shown.losses, shown.response, shown.wards, shown.trend, shown.classes)
    return (*figures, passed_on, shown.glance.figures)


ACTS = (
    Desk.open_late, Desk.move_case, Desk.record_loss, Desk.merge_cases, Desk.log_late, Desk.move_call,
    Desk.record_saving, Desk.move_saving, Desk.withdraw_saving, Desk.save_for_an_incident,
)  # fmt: skip


def test_what_is_kept_is_what_the_records_say_after_each_act(session: Session, desk_of: Desk) -> None:
    memory, now = FiguresMemory(), NOW
    before = [told(read_dashboard(session, memory, period, now=now)) for period in OVER]
    for act in ACTS:
        act(desk_of)
        now += timedelta(minutes=2)
        kept = [told(read_dashboard(session, memory, period, now=now)) for period in OVER]
        afresh = [told(read_dashboard(session, FiguresMemory(), period, now=now)) for period in OVER]
        assert kept == afresh, act.__name__
        assert kept != before, f"{act.__name__} moved nothing, and proves nothing"
        before = kept


def moved(session: Session, act: Callable[[], object]) -> Moved:
    before = audit.length(session)
    act()
    return moved_by(session, before + 1, audit.length(session))


def test_a_record_moves_the_figures_of_its_own_days_alone(session: Session, desk_of: Desk) -> None:
    assert moved(session, desk_of.open_late) == Moved(frozenset({IN_SPRING.date()}))
    assert moved(session, desk_of.log_late) == Moved(frozenset({date(2021, 9, 30)}))
    assert moved(session, lambda: None) == NOTHING


def test_whoever_writes_the_report_moves_no_figure(session: Session, desk_of: Desk) -> None:
    assert moved(session, lambda: open_report(SPRING, actor=desk_of.actor, now=NOW)) == NOTHING


def test_money_moves_the_day_of_its_case_and_its_own(session: Session, desk_of: Desk) -> None:
    paid = NewMoneyLine(MoneyKind.COMPENSATION_PAID, Decimal(40), on_date=IN_SUMMER.date())
    found = moved(session, lambda: cases.record_money(desk_of.case_id, paid, actor=desk_of.actor, now=NOW))
    assert found == Moved(frozenset({IN_SPRING.date(), IN_SUMMER.date()}))


def test_an_intervention_moves_every_day_since_since_it_may_last(session: Session, desk_of: Desk) -> None:
    assert moved(session, desk_of.record_saving) == Moved(since=IN_SUMMER.date())
    assert moved(session, desk_of.move_saving) == Moved(since=IN_SPRING.date())


def test_an_act_that_may_move_anything_moves_everything(session: Session, desk_of: Desk) -> None:
    assert moved(session, desk_of.move_case) == EVERYTHING
    assert moved(session, desk_of.move_call) == EVERYTHING
    assert moved(session, desk_of.merge_cases) == EVERYTHING


def test_what_a_record_moves_is_looked_up_however_many_records_there_are(session: Session, desk_of: Desk) -> None:
    asked: list[Asked] = []
    for act in (desk_of.open_late, desk_of.log_late, desk_of.record_saving):
        before = audit.length(session)
        act()
        with asking("SELECT") as more:
            moved_by(session, before + 1, audit.length(session))
        asked += more
    # A sub-plan is held against each row there is, whichever index they are walked along.
    assert [
        plan for plan in plans(session, asked) if "SCAN call" in plan or "SCAN case_file" in plan or "SubPlan" in plan
    ] == []


def test_a_reader_who_sees_an_older_trail_never_passes_for_a_newer_one(session: Session, desk_of: Desk) -> None:
    marks = Marks()
    seen = marks.length(session)
    assert not marks.have_moved(SPRING, seen, session)
    assert marks.have_moved(SPRING, seen - 1, session), "what came before was not followed"
    desk_of.open_late()
    assert marks.have_moved(SPRING, seen, session)
    assert not marks.have_moved(SUMMER, seen, session)
    assert not marks.have_moved(SPRING, marks.length(session), session)
