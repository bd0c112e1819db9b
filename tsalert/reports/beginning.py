"""From which day on a service has records: what lies before is nought because nobody wrote it down."""

from datetime import date

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from tsalert.cases.models import CaseFile
from tsalert.core.clock import london_date
from tsalert.core.periods import Period, quarter_of
from tsalert.response.models import Call
from tsalert.savings.figures.scopes import COUNTED
from tsalert.savings.models import Intervention


def records_begin(session: Session) -> date | None:
    """Return the day of the earliest call, case or intervention; None before there is any."""
    instants = [session.scalar(select(func.min(when))) for when in (Call.received_at, CaseFile.opened_at)]
    counted = session.scalar(select(func.min(Intervention.on_date)).where(*COUNTED))
    return min((day for day in (counted, *(at and london_date(at) for at in instants)) if day), default=None)


def is_recorded(period: Period, begins_on: date | None) -> bool:
    """Return whether a period lies in the years of the records; what begins before their first quarter has gaps."""
    return begins_on is None or period.first_day >= quarter_of(begins_on).first_day
