"""Where the sections of a report come from."""

from datetime import datetime

from sqlalchemy.orm import Session

from tsalert.core.periods import Period
from tsalert.quarterly.actions import queries as actions
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


def waiting_for(session: Session, quarter: Period) -> dict[str, tuple[str, ...]]:
    """Return what officers who keep something elsewhere still have to do for a quarter's report, by step."""
    return {"Bring the priority actions up to date": _untold(session, quarter)}


def _untold(session: Session, quarter: Period) -> tuple[str, ...]:
    """Return the actions that nothing was told of for a quarter."""
    known = actions.actions_on(actions.action_versions(session), quarter.first_day)
    told = actions.standing_updates(session, quarter.first_day, quarter.first_day)
    return tuple(each.heading for each in known if (each.action_id, quarter.first_day) not in told)
