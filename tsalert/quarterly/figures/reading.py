"""Reading a quarter's figures from every capability, each as its own pages show it. Nothing is counted here."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import TypeVar

from sqlalchemy.orm import Session

from tsalert.cases.figures import CaseFigures, case_figures
from tsalert.cases.losses import PeriodLosses, period_losses
from tsalert.core.periods import Period
from tsalert.reports.comparing import quarters_up_to
from tsalert.reports.dashboard import TREND, savings_by_class
from tsalert.reports.glance import Glance, read_glance
from tsalert.reports.memory import FiguresMemory
from tsalert.reports.queries import PeriodFigures, period_figures
from tsalert.savings.figures.evidenced import Evidenced, evidenced_money
from tsalert.savings.figures.overview import By, Overview, Wanted, overview
from tsalert.savings.figures.table import SavingsTable
from tsalert.savings.valuing.methods import AS_PUBLISHED

# As many quarters as reach back to the same one last year.
YEAR_AND_ONE = 5

Found = TypeVar("Found")


@dataclass(frozen=True, slots=True)
class Material:
    """Everything that a quarter's report is made of; what is by period is there for the periods that it compares.

    :param trend: the cases of the quarters up to it; ``classes`` the savings by class of the last of them.
    :param savings: the board's table, on every basis, with the rate sets used.
    """

    glance: Glance
    figures: Mapping[Period, PeriodFigures]
    trend: Mapping[Period, CaseFigures]
    losses: Mapping[Period, PeriodLosses]
    classes: Mapping[Period, SavingsTable]
    evidenced: Mapping[Period, tuple[Evidenced, ...]]
    savings: Overview

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
        savings=keep("bases", quarter, lambda wanted: overview(session, Wanted(wanted, By.TYPE, AS_PUBLISHED))),
    )
