"""The dashboard: a period's performance, demand, response, savings, units, alerts and wards, with their charts."""

from collections.abc import Callable, Mapping
from datetime import datetime
from decimal import Decimal
from typing import TypeVar

from msgspec import Struct
from sqlalchemy.orm import Session

from tsalert.cases.figures import CaseFigures, case_figures
from tsalert.cases.losses import PeriodLosses, period_losses
from tsalert.circulation.ledger import CirculationFigures
from tsalert.circulation.ledger import figures as circulation_figures
from tsalert.core.clock import london_date
from tsalert.core.errors import NotFound
from tsalert.core.periods import Period, quarter_of
from tsalert.places.queries import ward_names
from tsalert.reports.comparing import quarters_up_to
from tsalert.reports.glance import Glance, read_glance
from tsalert.reports.memory import FiguresMemory
from tsalert.reports.partners import PartnerTable, partner_tables
from tsalert.response.counting import By as ResponseBy
from tsalert.response.figures import response_period
from tsalert.savings.figures import overview
from tsalert.savings.figures.cells import Cell
from tsalert.savings.figures.table import SavingsTable
from tsalert.savings.valuing.methods import AS_PUBLISHED
from tsalert.subscribers import kept_counts
from tsalert.subscribers.queries import Circulation

TREND, STACK = 8, 4

Found = TypeVar("Found")


class WardRow(Struct, frozen=True):
    """One ward in a period."""

    code: str
    name: str
    reports: int
    immediate: int
    savings: Cell


class ResponseTimes(Struct, frozen=True):
    """How fast officers were there in a period; ``by_ward`` has the reports of each ward and the immediate ones.

    Small, since those of every period that can be opened are kept, and a year has tens of thousands of incidents.
    """

    median_minutes: Decimal | None
    p90_minutes: Decimal | None
    by_ward: Mapping[str, tuple[int, int]]


class Dashboard(Struct, frozen=True):
    """Everything that the dashboard of one period shows.

    :param trend: the cases of the quarters up to it; ``classes`` the savings by class of the last of them.
    :param circulation: how far alerts carry now, whatever the period; ``passed_on`` what partners declared and
        acknowledged, and who joined by their codes, as of the period.
    """

    glance: Glance
    losses: PeriodLosses
    response: ResponseTimes
    trend: Mapping[Period, CaseFigures]
    classes: Mapping[Period, SavingsTable]
    circulation: Circulation
    passed_on: CirculationFigures
    wards: tuple[WardRow, ...]
    partners: tuple[PartnerTable, ...]

    @property
    def period(self) -> Period:
        """The period shown."""
        return self.glance.compared.period


def read_dashboard(
    session: Session, memory: FiguresMemory, period: Period, *, ward: str | None = None, now: datetime
) -> Dashboard:
    """Put the dashboard of a quarter, a year or the last four quarters together.

    :param ward: show this ward alone among the wards.
    :raises RuleViolation: the period has not begun, or lies before any records.
    :raises NotFound: there is no such ward.
    """
    glance = read_glance(session, memory, period, now=now)
    quarters = quarters_up_to(quarter_of(min(period.last_day, london_date(now))), TREND)

    def keep(what: str, wanted: Period, read: Callable[[Period], Found]) -> Found:
        return memory.recall(what, wanted, session, now=now, read=lambda: read(wanted))

    response = keep("response times", period, lambda wanted: _response_times(session, wanted))
    by_ward = keep("wards", period, lambda wanted: _savings(session, wanted, overview.By.WARD))
    return Dashboard(
        glance,
        losses=keep("losses", period, lambda wanted: period_losses(session, wanted)),
        response=response,
        trend={each: keep("cases", each, lambda wanted: case_figures(session, wanted)) for each in quarters},
        classes={
            each: keep("classes", each, lambda wanted: savings_by_class(session, wanted)) for each in quarters[-STACK:]
        },
        circulation=keep(
            "circulation", quarter_of(london_date(now)), lambda _: kept_counts.circulation(session, now=now)
        ),
        passed_on=keep("passed_on", period, lambda wanted: circulation_figures(session, wanted, now=now)),
        wards=_wards(ward_names(session), response, by_ward, ward),
        partners=partner_tables(session),
    )


def savings_by_class(session: Session, period: Period) -> SavingsTable:
    """Return the savings of a period with every class by itself."""
    return _savings(session, period, overview.By.CLASS)


def _response_times(session: Session, period: Period) -> ResponseTimes:
    found = response_period(session, period)
    total = found.total()
    by_ward = {group.key: (group.tally.reports, group.tally.immediate) for group in found.by(ResponseBy.WARD)}
    return ResponseTimes(total.median_minutes, total.p90_minutes, by_ward)


def _savings(session: Session, period: Period, by: overview.By) -> SavingsTable:
    return overview.table_of(session, overview.Wanted(period, by, AS_PUBLISHED))


def _wards(
    names: Mapping[str, str], response: ResponseTimes, savings: SavingsTable, chosen: str | None
) -> tuple[WardRow, ...]:
    """Return the wards from which reports came or in which something was saved, the most reports first."""
    if chosen is not None and chosen not in names:
        raise NotFound("There is no such ward.")
    rows = [
        WardRow(code, name, *response.by_ward.get(code, (0, 0)), savings.row(code).total)
        for code, name in names.items()
        if chosen in {None, code}
    ]
    shown = [row for row in rows if chosen or row.reports or row.savings.exact]
    return tuple(sorted(shown, key=lambda row: (-row.reports, row.name)))
