"""Reading a quarter's figures from every capability, each as its own pages show it. Nothing is counted here."""

from collections.abc import Mapping
from datetime import date, datetime

from msgspec import Struct
from sqlalchemy.orm import Session

from tsalert.activities.figures import ActivityTotals, activity_totals
from tsalert.cases.figures import CaseFigures, case_figures
from tsalert.cases.late import LateCases, late_cases
from tsalert.cases.losses import PeriodLosses, period_losses
from tsalert.circulation.ledger import CirculationFigures
from tsalert.circulation.ledger import figures as circulation_figures
from tsalert.core.clock import london_date
from tsalert.core.periods import Period, quarter_of
from tsalert.enforcement.figures import EnforcementFigures, enforcement_figures
from tsalert.quarterly.figures.recalling import Recaller
from tsalert.quarterly.figures.savings_reading import Saved, read_saved
from tsalert.reports.comparing import quarters_up_to
from tsalert.reports.dashboard import TREND
from tsalert.reports.glance import Glance, read_glance
from tsalert.reports.memory import FiguresMemory
from tsalert.reports.partners import PartnerTable, partner_tables
from tsalert.reports.queries import PeriodFigures, period_figures
from tsalert.response.figures import ResponsePeriod, response_period
from tsalert.response.queries import count_late_calls
from tsalert.savings import queries as savings
from tsalert.subscribers.queries import Circulation, circulation


class Gaps(Struct, frozen=True):
    """What is missing from a quarter's records, and what came in once it had ended."""

    without_ward: int
    unknown_units: int
    late_interventions: int
    late_calls: int
    late_cases: LateCases


class Reach(Struct, frozen=True):
    """How far alerts carry: our own list on the day on which a report's figures are read, partners by the ledger."""

    on: date
    circulation: Circulation
    passed_on: CirculationFigures


class Material(Struct, frozen=True):
    """Everything that a quarter's report is made of; what is by period is there for the periods that it compares.

    :param trend: the cases of the quarters up to it.
    """

    glance: Glance
    figures: Mapping[Period, PeriodFigures]
    trend: Mapping[Period, CaseFigures]
    losses: Mapping[Period, PeriodLosses]
    saved: Saved
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

    def told_of_beginning(self, earliest: Period) -> tuple[str, ...]:
        """Say when records begin, where a period is shown or compared that reaches further back."""
        return self.glance.told_of_beginning(earliest)


def read_material(session: Session, memory: FiguresMemory, quarter: Period, *, now: datetime) -> Material:
    """Read what a quarter's report is made of; what the dashboard has read is not read again.

    :raises RuleViolation: the quarter has not begun, or lies before any records.
    """
    glance, recaller = read_glance(session, memory, quarter, now=now), Recaller(session, memory, now)
    keep, quarters, compared = recaller.keep, quarters_up_to(quarter, TREND), glance.compared
    beside = (quarter, compared.before, compared.last_year, compared.rolling)
    return Material(
        glance,
        figures={each: keep("figures", each, lambda of, wanted: period_figures(of, wanted, now)) for each in beside},
        trend={each: keep("cases", each, case_figures) for each in quarters},
        losses={each: keep("losses", each, period_losses) for each in {*quarters, *beside}},
        saved=read_saved(recaller, compared, beside),
        response=keep("response", quarter, response_period),
        activities=keep("activities", quarter, activity_totals),
        reach=_reach(recaller, quarter),
        enforcement=keep("enforcement", quarter, enforcement_figures),
        partners=partner_tables(session, until=quarter.last_day),
        gaps=keep("gaps", quarter, _gaps),
    )


def _reach(recaller: Recaller, quarter: Period) -> Reach:
    now, today = recaller.now, london_date(recaller.now)
    listed = recaller.keep("circulation", quarter_of(today), lambda session, _: circulation(session))
    ledger = recaller.keep("passed_on", quarter, lambda session, of: circulation_figures(session, of, now=now))
    return Reach(today, listed, ledger)


def _gaps(session: Session, period: Period) -> Gaps:
    return Gaps(
        savings.count_without_ward(session, period),
        savings.count_unknown_units(session, period),
        savings.count_late(session, period),
        count_late_calls(session, period),
        late_cases(session, period),
    )
