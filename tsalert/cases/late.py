"""What was written down of a period's cases after the period was over."""

from msgspec import Struct
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from tsalert.audit.queries import acted_since
from tsalert.cases.models import CaseFile, MoneyLine
from tsalert.cases.queries import opened_in
from tsalert.core.periods import Period


class LateCases(Struct, frozen=True):
    """How many cases of a period were opened on file after it, and how many of its sums of money were recorded then."""

    cases: int
    money_lines: int


def late_cases(session: Session, period: Period) -> LateCases:
    """Count what came in about a period's cases once it had ended; corrections are sums too."""
    late = CaseFile.id.in_(acted_since("case", "opened", period.ends_at))
    lines = select(func.count()).select_from(MoneyLine).join(CaseFile, CaseFile.id == MoneyLine.case_id)
    return LateCases(
        session.scalar(select(func.count()).select_from(CaseFile).where(opened_in(period), late)) or 0,
        session.scalar(lines.where(opened_in(period), MoneyLine.recorded_at >= period.ends_at)) or 0,
    )
