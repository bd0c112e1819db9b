"""Where the sections of a report come from."""

from datetime import datetime

from msgspec import Struct
from sqlalchemy.orm import Session

from tsalert.core.periods import Period
from tsalert.quarterly.actions import queries as actions
from tsalert.quarterly.actions.sections import actions_section
from tsalert.quarterly.content import Section
from tsalert.quarterly.figures.assembling import assemble
from tsalert.quarterly.studies.sections import left_out, studies_section
from tsalert.quarterly.studies.vocabulary import State
from tsalert.reports.memory import FiguresMemory


class Missing(Struct, frozen=True):
    """Something that a report still waits for: a text, an action or a study, and by what its page is found."""

    words: str
    page: str
    key: tuple[int | str, ...]

    def __str__(self) -> str:
        return self.words


def figures_of(session: Session, memory: FiguresMemory, quarter: Period, *, now: datetime) -> tuple[Section, ...]:
    """Return the sections of figures, the board edition's."""
    return assemble(session, memory, quarter, now=now)


def told_of(session: Session, quarter: Period) -> tuple[Section, ...]:
    """Return the sections that officers keep elsewhere: priority actions and case studies."""
    return (actions_section(session, quarter), studies_section(session, quarter))


def waiting_for(session: Session, quarter: Period) -> dict[str, tuple[Missing, ...]]:
    """Return what officers who keep something elsewhere still have to do for a quarter's report, by step."""
    return {
        "Bring the priority actions up to date": _untold(session, quarter),
        "Have the case studies signed": _unsigned(session, quarter),
    }


def _untold(session: Session, quarter: Period) -> tuple[Missing, ...]:
    """Return the actions that nothing was told of for a quarter."""
    known = actions.actions_on(actions.action_versions(session), quarter.first_day)
    told = actions.standing_updates(session, quarter.first_day, quarter.first_day)
    missing = [each for each in known if (each.action_id, quarter.first_day) not in told]
    return tuple(Missing(each.heading, "action", (each.action_id,)) for each in missing)


def _unsigned(session: Session, quarter: Period) -> tuple[Missing, ...]:
    """Return the case studies that the report leaves out and could tell; why stands on their own pages."""
    found = [each.study for each in left_out(session, quarter) if each.study.state is not State.WITHDRAWN]
    return tuple(
        Missing(f"Case study {study.row.id} ({_so_far(study.state)})", "study", (study.row.case_id, study.row.id))
        for study in found
    )


def _so_far(state: State) -> str:
    return "something to mend" if state is State.SIGNED else state.label.lower()
