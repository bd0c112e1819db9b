"""The managers' summary of a month: figures that stand elsewhere in the program, and nobody's name."""

from datetime import datetime

from msgspec import Struct
from sqlalchemy.orm import Session

from tsalert.config import Settings
from tsalert.core.periods import Period
from tsalert.delivery.rules import Content
from tsalert.oversight import queries as oversight
from tsalert.quarterly.timetable import queries
from tsalert.reports.change import write_value
from tsalert.reports.indicators import indicators_on
from tsalert.reports.queries import PeriodFigures, period_figures
from tsalert.savings.figures import overview
from tsalert.savings.valuing.methods import AS_PUBLISHED
from tsalert.web.mails import mail_template

_DEMAND = ("calls", "enquiries", "scam_doorstep_abuse_cases", "detriment")
_RESPONSE = ("immediate", "share_met", "met", "late", "breached_then_ended")

Line = tuple[str, str]


class Summary(Struct, frozen=True):
    """What a month came to: groups of figures under their titles, each with its words."""

    month: Period
    groups: tuple[tuple[str, tuple[Line, ...]], ...]


def read_summary(session: Session, month: Period, *, now: datetime) -> Summary:
    """Put a month's figures together; each is read where the dashboard and the reports read it."""
    figures = period_figures(session, month, now)
    return Summary(
        month,
        (
            ("Demand", _measured(session, figures, _DEMAND)),
            ("Responses within two hours", _measured(session, figures, _RESPONSE)),
            ("Savings by class", _savings(session, month)),
            ("Alerts", _measured(session, figures, ("alerts_sent", "subscribers"))),
            ("To look at", _to_look_at(session, month)),
        ),
    )


def summary_mail(session: Session, month: Period, settings: Settings, *, now: datetime) -> Content:
    """Return the mail of a month's summary, as text and as HTML."""
    known = {
        "summary": read_summary(session, month, now=now),
        "authority": settings.authority_name,
        "site": settings.public_url,
    }
    text, html = (mail_template(f"month.{ending}").render(known) for ending in ("txt", "html"))
    return Content(subject=f"{settings.authority_name} in {month.label}: summary for managers", text=text, html=html)


def _measured(session: Session, figures: PeriodFigures, names: tuple[str, ...]) -> tuple[Line, ...]:
    """Return some indicators by the names that the board gave them."""
    known = {each.name: each for each in indicators_on(session, figures.period.last_day)}
    return tuple((known[name].label, write_value(known[name].measure.read(figures))) for name in names)


def _savings(session: Session, month: Period) -> tuple[Line, ...]:
    table = overview.table_of(session, overview.Wanted(month, overview.By.CLASS, AS_PUBLISHED))
    return tuple((row.title, row.total.text) for row in table.lines)


def _to_look_at(session: Session, month: Period) -> tuple[Line, ...]:
    told = oversight.count_told(session, month.first_day, month.last_day)
    reports = tuple(
        (f"Board's report of {each.quarter.label}, revision {each.revision}", each.status.label)
        for each in queries.open_reports(session)
    )
    return (("Oddities in the trail that managers were told of", f"{told:,}"), *reports)
