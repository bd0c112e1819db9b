"""Where the sections of a report come from."""

from datetime import datetime

from sqlalchemy.orm import Session

from tsalert.core.periods import Period
from tsalert.quarterly.actions import queries as actions
from tsalert.quarterly.actions.sections import actions_section
from tsalert.quarterly.content import Section
from tsalert.quarterly.figures.assembling import assemble
from tsalert.quarterly.studies.sections import left_out, studies_section
from tsalert.quarterly.studies.vocabulary import State
from tsalert.reports.memory import FiguresMemory


def figures_of(session: Session, memory: FiguresMemory, quarter: Period, *, now: datetime) -> tuple[Section, ...]:
    """Return the sections of figures, the board edition's."""
    return assemble(session, memory, quarter, now=now)


def told_of(session: Session, quarter: Period) -> tuple[Section, ...]:
    """Return the sections that officers keep elsewhere: priority actions and case studies."""
    return (actions_section(session, quarter), studies_section(session, quarter))


def waiting_for(session: Session, quarter: Period) -> dict[str, tuple[str, ...]]:
    """Return what officers who keep something elsewhere still have to do for a quarter's report, by step."""
    return {
        "Bring the priority actions up to date": _untold(session, quarter),
        "Have the case studies signed": _unsigned(session, quarter),
    }


def _untold(session: Session, quarter: Period) -> tuple[str, ...]:
    """Return the actions that nothing was told of for a quarter."""
    known = actions.actions_on(actions.action_versions(session), quarter.first_day)
    told = actions.standing_updates(session, quarter.first_day, quarter.first_day)
    return tuple(each.heading for each in known if (each.action_id, quarter.first_day) not in told)


def _unsigned(session: Session, quarter: Period) -> tuple[str, ...]:
    """Return the case studies that the report leaves out and could tell; why stands on their own pages."""
    found = [each.study for each in left_out(session, quarter) if each.study.state is not State.WITHDRAWN]
    return tuple(f"study {study.row.id} ({_so_far(study.state)})" for study in found)


def _so_far(state: State) -> str:
    return "something to mend" if state is State.SIGNED else state.label.lower()
