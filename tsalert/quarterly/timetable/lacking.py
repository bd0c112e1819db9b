"""What a report and its partners still lack: read only when the day of a reminder has come, or somebody looks."""

from datetime import datetime

from msgspec import Struct
from sqlalchemy.orm import Session

from tsalert.core.periods import Period
from tsalert.quarterly import queries as quarterly
from tsalert.quarterly import sources, standing, texts
from tsalert.quarterly.timetable import rules
from tsalert.quarterly.timetable.queries import OpenReport
from tsalert.quarterly.vocabulary import Status
from tsalert.reports.memory import FiguresMemory
from tsalert.reports.partners import periods_by_partner


class Owed(Struct, frozen=True):
    """A partner whose figures of a period are missing."""

    partner: str
    period: Period


def unwritten(session: Session, quarter: Period) -> list[str]:
    """Return the titles of the sections of a quarter's report in which nobody has written anything yet."""
    return [place.title for place in texts.to_write(texts.texts_of(session, quarter))]


def waiting(session: Session, quarter: Period) -> list[str]:
    """Return what else the report waits for, each with how many; their names stay in the program."""
    found = sources.waiting_for(session, quarter)
    return [f"{title}: {len(missing)}" for title, missing in found.items() if missing]


def is_signed(session: Session, report: OpenReport, *, now: datetime) -> bool:
    """Tell whether both have signed a report as it stands; what was changed since takes a signature's hold away."""
    if report.status is not Status.SIGNED:
        return False
    row = quarterly.get_report(session, report.quarter, report.revision)
    return standing.status_of(session, row, memory=FiguresMemory(), now=now) is Status.SIGNED


def owed_by_partners(session: Session, told: Period) -> list[Owed]:
    """Return whose figures are missing once a month is over, by name."""
    given = periods_by_partner(session)
    owed = {partner: rules.figures_owed(periods, told) for partner, periods in given.items()}
    return [Owed(partner, period) for partner, period in sorted(owed.items()) if period]
