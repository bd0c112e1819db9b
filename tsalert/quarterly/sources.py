"""Where the sections of a report come from."""

from datetime import datetime

from sqlalchemy.orm import Session

from tsalert.core.periods import Period
from tsalert.quarterly.actions.sections import actions_section
from tsalert.quarterly.content import Section
from tsalert.quarterly.figures.assembling import assemble
from tsalert.reports.memory import FiguresMemory


def figures_of(session: Session, memory: FiguresMemory, quarter: Period, *, now: datetime) -> tuple[Section, ...]:
    """Return the sections of figures, the board edition's."""
    return assemble(session, memory, quarter, now=now)


def told_of(session: Session, quarter: Period) -> tuple[Section, ...]:
    """Return the sections that officers keep elsewhere: priority actions and case studies."""
    return (actions_section(session, quarter),)
