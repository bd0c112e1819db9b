"""The figures of a period, put together from every capability; nothing is counted here."""

from datetime import datetime
from decimal import Decimal

from msgspec import Struct
from sqlalchemy.orm import Session

from tsalert.cases.figures import CaseFigures, HelplineFigures, case_figures, helpline_figures
from tsalert.core.clock import as_utc
from tsalert.core.periods import Period
from tsalert.reports.activity import Activity, activity
from tsalert.response import queries as response
from tsalert.response.clock import ResponseFigures
from tsalert.savings import queries as savings
from tsalert.savings.figures.table import SavingsTable
from tsalert.savings.queries import SingleSaving

LARGE_SAVING = Decimal(10_000)


class PeriodFigures(Struct, frozen=True):
    """Everything a period amounts to; provisional until the period has ended."""

    period: Period
    is_provisional: bool
    cases: CaseFigures
    response: ResponseFigures
    rapid_response_interventions: int
    savings: SavingsTable
    single_savings: tuple[SingleSaving, ...]
    helpline: HelplineFigures | None
    activity: Activity


def period_figures(session: Session, period: Period, now: datetime) -> PeriodFigures:
    """Return the figures of a quarter or year, each worked out from records and never from other figures."""
    reports = response.reports_of(session, period)
    helpline = helpline_figures(session, period)
    return PeriodFigures(
        period=period,
        is_provisional=as_utc(now) < period.ends_at,
        cases=case_figures(session, period),
        response=response.figures_of(session, reports),
        rapid_response_interventions=savings.count_incidents_with_intervention(session, reports.attended),
        savings=savings.savings_table(session, period),
        single_savings=tuple(savings.single_savings(session, period, LARGE_SAVING)),
        helpline=helpline if helpline.complaints else None,
        activity=activity(session, period),
    )
