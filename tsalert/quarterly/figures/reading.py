"""Reading a quarter's figures from every capability, each as its own pages show it. Nothing is counted here."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import TypeVar

from sqlalchemy.orm import Session

from tsalert.activities.figures import ActivityTotals, activity_totals
from tsalert.cases.figures import CaseFigures, case_figures
from tsalert.cases.late import LateCases, late_cases
from tsalert.cases.losses import PeriodLosses, period_losses
from tsalert.core.clock import london_date
from tsalert.core.periods import Period, quarter_of
from tsalert.enforcement.figures import EnforcementFigures, enforcement_figures
from tsalert.reports.comparing import Compared, quarters_up_to
from tsalert.reports.dashboard import TREND, savings_by_class
from tsalert.reports.glance import Glance, read_glance
from tsalert.reports.memory import FiguresMemory
from tsalert.reports.partners import PartnerTable, partner_tables
from tsalert.reports.queries import PeriodFigures, period_figures
from tsalert.response.figures import ResponsePeriod, response_period
from tsalert.response.queries import count_late_calls
from tsalert.savings import queries as savings
from tsalert.savings.figures.claims import Claim, find_claim
from tsalert.savings.figures.evidenced import Evidenced, evidenced_money
from tsalert.savings.figures.overview import By, Overview, Wanted, by_class, overview
from tsalert.savings.figures.rebasing import rebased_table
from tsalert.savings.figures.table import SavingsTable
from tsalert.savings.rates.rate_sets import RateSetView, approved_sets
from tsalert.savings.rules import Span
from tsalert.savings.valuing.methods import AS_PUBLISHED, Basis
from tsalert.savings.valuing.profiles import PLAIN, get_profile
from tsalert.subscribers.queries import Circulation, Declared, circulation, declarations

# As many quarters as reach back to the same one last year.
YEAR_AND_ONE = 5
PRUDENT = Basis.PRUDENT_CENTRAL.rates

Found = TypeVar("Found")


@dataclass(frozen=True, slots=True)
class Gaps:
    """What is missing from a quarter's records, and what came in once it had ended."""

    without_ward: int
    late_interventions: int
    late_calls: int
    late_cases: LateCases


@dataclass(frozen=True, slots=True)
class Reach:
    """How far alerts carry on the day on which a report's figures are read, and who declared what."""

    on: date
    circulation: Circulation
    declarations: tuple[Declared, ...]


@dataclass(frozen=True, slots=True)
class Material:
    """Everything that a quarter's report is made of; what is by period is there for the periods that it compares.

    :param trend: the cases of the quarters up to it; ``classes`` the savings by class of the last of them.
    :param rebased_classes: those of the year before by the rates of now, where other rates held then.
    :param savings: the board's table, on every basis, with the rate sets used.
    """

    glance: Glance
    figures: Mapping[Period, PeriodFigures]
    trend: Mapping[Period, CaseFigures]
    losses: Mapping[Period, PeriodLosses]
    classes: Mapping[Period, SavingsTable]
    evidenced: Mapping[Period, tuple[Evidenced, ...]]
    rebased_classes: SavingsTable | None
    claim: Claim | None
    savings: Overview
    prudent_sets: tuple[RateSetView, ...]
    response: ResponsePeriod
    activities: ActivityTotals
    reach: Reach
    enforcement: EnforcementFigures
    partners: tuple[PartnerTable, ...]
    gaps: Gaps

    @property
    def quarter(self) -> Period:
        """The quarter of which the report is."""
        return self.glance.compared.period

    @property
    def is_provisional(self) -> bool:
        """True until the quarter has ended."""
        return self.glance.is_provisional


def read_material(session: Session, memory: FiguresMemory, quarter: Period, *, now: datetime) -> Material:
    """Read what a quarter's report is made of; what the dashboard has read is not read again.

    :raises RuleViolation: the quarter has not begun, or lies before any records.
    """
    glance = read_glance(session, memory, quarter, now=now)
    quarters = quarters_up_to(quarter, TREND)
    compared = glance.compared
    beside = (quarter, compared.before, compared.last_year, compared.rolling)

    def keep(what: str, wanted: Period, read: Callable[[Period], Found]) -> Found:
        return memory.recall(what, wanted, session, now=now, read=lambda: read(wanted))

    return Material(
        glance,
        figures={each: keep("figures", each, lambda wanted: period_figures(session, wanted, now)) for each in beside},
        trend={each: keep("cases", each, lambda wanted: case_figures(session, wanted)) for each in quarters},
        losses={
            each: keep("losses", each, lambda wanted: period_losses(session, wanted)) for each in {*quarters, *beside}
        },
        classes={
            each: keep("classes", each, lambda wanted: savings_by_class(session, wanted))
            for each in quarters[-YEAR_AND_ONE:]
        },
        evidenced={
            each: keep("evidenced", each, lambda wanted: evidenced_money(session, wanted))
            for each in {*quarters[-YEAR_AND_ONE:], *beside}
        },
        rebased_classes=memory.recall(
            f"classes rebased on {quarter.label}",
            compared.last_year,
            session,
            now=now,
            read=lambda: _rebased_classes(session, compared),
        ),
        claim=find_claim(session),
        prudent_sets=_prudent_sets(session, quarter),
        savings=keep("bases", quarter, lambda wanted: overview(session, Wanted(wanted, By.TYPE, AS_PUBLISHED))),
        response=keep("response", quarter, lambda wanted: response_period(session, wanted)),
        activities=keep("activities", quarter, lambda wanted: activity_totals(session, wanted)),
        reach=Reach(
            london_date(now),
            keep("circulation", quarter_of(london_date(now)), lambda _: circulation(session)),
            tuple(declarations(session)),
        ),
        enforcement=keep("enforcement", quarter, lambda wanted: enforcement_figures(session, wanted)),
        partners=partner_tables(session, until=quarter.last_day),
        gaps=keep("gaps", quarter, lambda wanted: _gaps(session, wanted)),
    )


def _rebased_classes(session: Session, compared: Compared) -> SavingsTable | None:
    plain = replace(AS_PUBLISHED, profile=get_profile(PLAIN))
    found = rebased_table(session, compared.last_year, compared.period, plain)
    return by_class(found) if found else None


def _prudent_sets(session: Session, quarter: Period) -> tuple[RateSetView, ...]:
    days = Span(quarter.first_day, quarter.last_day)
    return tuple(each for each in approved_sets(session, PRUDENT) if each.span.overlaps(days))


def _gaps(session: Session, period: Period) -> Gaps:
    return Gaps(
        savings.count_without_ward(session, period),
        savings.count_late(session, period),
        count_late_calls(session, period),
        late_cases(session, period),
    )
