"""Where the sections of a report come from, and what makes the public edition of them."""

from collections.abc import Sequence
from dataclasses import replace
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


def for_public(sections: Sequence[Section], earlier: Sequence[Sequence[Section]]) -> tuple[Section, ...]:
    """Return what the public may read of the board's sections.

    :param earlier: the public editions' of the same quarter that were published before, the newest first.
    """
    kept = [section for section in sections if not section.is_exempt]
    shown = [replace(each, blocks=tuple(part for part in each.blocks if not part.is_exempt)) for each in kept]
    return tuple(section for section in shown if section.blocks)


def waiting_for(session: Session, quarter: Period) -> dict[str, tuple[str, ...]]:
    """Return what officers who keep something elsewhere still have to do for a quarter's report, by step."""
    return {"Bring the priority actions up to date": _untold(session, quarter)}


def _untold(session: Session, quarter: Period) -> tuple[str, ...]:
    """Return the actions that nothing was told of for a quarter."""
    known = actions.actions_on(actions.action_versions(session), quarter.first_day)
    told = actions.standing_updates(session, quarter.first_day, quarter.first_day)
    return tuple(each.heading for each in known if (each.action_id, quarter.first_day) not in told)
