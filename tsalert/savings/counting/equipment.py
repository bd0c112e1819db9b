"""Units and the interventions that installed them: what is known one by one, and what an end frees."""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy.orm import Session

from tsalert.core.actors import Actor, Permission
from tsalert.core.errors import NotFound, RuleViolation
from tsalert.db import transaction
from tsalert.prevention import queries as prevention_queries
from tsalert.prevention import service as prevention
from tsalert.prevention.rules import NewEnding
from tsalert.savings import queries
from tsalert.savings.counting import household_counts, recounting
from tsalert.savings.models import Intervention


def add_units(reference: str | None, serials: Sequence[str], *, actor: Actor, now: datetime) -> list[int]:
    """Write down, by serial number, units that an intervention installed; returns their ids.

    :raises RuleViolation: no intervention that stands installed them, or it installed fewer.
    """
    actor.require(Permission.RECORD_INTERVENTION)
    with transaction() as session:
        row = _installing(session, reference)
        made = prevention.install(session, recounting.installation_of(session, row), serials, actor=actor, now=now)
        cause = f"units of {row.reference} were written down"
        recounting.recount(session, [row.household_key], cause, actor=actor, now=now)
        return made


def end_unit(unit_id: int, ending: NewEnding, *, actor: Actor, now: datetime) -> None:
    """Write down how a unit's time ended; from that day its household has room for another.

    :raises NotFound: there is no such unit.
    :raises Conflict: it ended before.
    :raises RuleViolation: the day is impossible.
    """
    actor.require(Permission.RECORD_INTERVENTION)
    with transaction() as session:
        reference = prevention_queries.get_unit(session, unit_id).intervention_reference
        row = _lock_household_of(session, reference)
        prevention.end(session, unit_id, ending, actor=actor, now=now)
        cause = f"a unit of {reference} ended"
        recounting.recount(session, [row.household_key], cause, actor=actor, now=now)


def _installing(session: Session, reference: str | None) -> Intervention:
    """Return the intervention that installed units, its household locked.

    :raises RuleViolation: there is none, or it is of a kind that installs nothing.
    """
    if not reference:
        raise RuleViolation(
            "A unit without an installation cannot be counted. Name the intervention that installed it, or record "
            "that first.",
            field="intervention",
        )
    try:
        row = _lock_household_of(session, reference)
    except NotFound as error:
        raise RuleViolation(
            f"There is no intervention {reference}, and units without an installation cannot be counted.",
            field="intervention",
        ) from error
    if row.is_withdrawn or not household_counts.is_equipment(row.type):
        fault = "was withdrawn" if row.is_withdrawn else "installed no units"
        raise RuleViolation(f"{row.reference} {fault}, so no unit can be counted with it.", field="intervention")
    return row


def _lock_household_of(session: Session, reference: str) -> Intervention:
    """Return the standing version of an intervention after taking its household's turn, and that of no other."""
    row = queries.get_current_row(session, reference)
    while True:
        key = row.household_key
        household_counts.lock(session, [key])
        row = queries.get_current_row(session, reference, lock=True)
        if row.household_key == key:
            return row
