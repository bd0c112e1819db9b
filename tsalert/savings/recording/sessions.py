"""Saying that an activity was held, and correcting it, together with the saving that comes from it."""

from datetime import datetime

from msgspec import Struct
from msgspec.structs import replace
from sqlalchemy.orm import Session

from tsalert.activities import queries as activities
from tsalert.activities import service
from tsalert.activities.models import Activity
from tsalert.activities.queries import ActivityView
from tsalert.activities.rules import Result, require_state
from tsalert.activities.service import Correction, Seen
from tsalert.activities.vocabulary import State
from tsalert.core.actors import Actor, Permission
from tsalert.core.errors import Conflict, Overtaken, RuleViolation
from tsalert.db import transaction
from tsalert.savings import queries
from tsalert.savings import service as savings
from tsalert.savings.queries import Version
from tsalert.savings.recording import carrying
from tsalert.savings.rules import NewIntervention
from tsalert.savings.service import SeenVersion

NEW, NONE = "new", "none"


class Told(Struct, frozen=True):
    """What came of an activity, and which saving comes of it.

    :param saving: ``new`` records one, ``none`` records nothing, and the reference of one takes that for it.
    """

    result: Result
    saving: str = NONE


def hold_activity(seen: Seen, told: Told, *, actor: Actor, now: datetime) -> str | None:
    """Say what came of an activity, and record its saving in the same transaction; returns the saving's reference.

    :raises Conflict: it was held or cancelled before, or somebody changed it meanwhile.
    :raises RuleViolation: the numbers cannot be, or a saving that may be its own is passed over.
    """
    actor.require(Permission.RECORD_INTERVENTION)
    with transaction() as session:
        row = service.hold(session, seen, told.result, actor=actor, now=now)
        return _carry(session, row, told.saving, actor, now)


def record_saving(seen: Seen, saving: str, *, actor: Actor, now: datetime) -> str | None:
    """Record the saving of an activity that was held before; returns its reference.

    :raises Conflict: it was not held, has a saving already, or somebody changed it meanwhile.
    :raises RuleViolation: nothing of it can be in a figure, or a saving that may be its own is passed over.
    """
    actor.require(Permission.RECORD_INTERVENTION)
    with transaction() as session:
        row = activities.get_activity_row(session, seen.id, lock=True)
        require_state(State.of(row.state), State.HELD)
        if row.intervention_reference is not None:
            raise Conflict(f"{row.intervention_reference} was recorded from it already.")
        if row.version != seen.version:
            raise Overtaken("Somebody changed this meanwhile. Look at it again first.")
        return _carry(session, row, saving, actor, now)


def correct_activity(seen: Seen, correction: Correction, *, actor: Actor, now: datetime) -> None:
    """Put right what a held activity says; the saving that came from it gets a new version that says the same.

    :raises Conflict: it was not held, or somebody changed it meanwhile.
    :raises RuleViolation: it cannot have been so.
    """
    actor.require(Permission.RECORD_INTERVENTION)
    with transaction() as session:
        row = service.correct(session, seen, correction, actor=actor, now=now)
        if row.intervention_reference is None:
            return
        before = queries.get_current(session, row.intervention_reference)
        content = _follow(before, activities.get_activity(session, row.id))
        if content != before.content:
            stood = SeenVersion(before.reference, before.number)
            why = f"{row.reference} was corrected: {correction.reason}"
            savings.correct(session, stood, content, why, actor=actor, now=now)


def _follow(before: Version, activity: ActivityView) -> NewIntervention:
    told = carrying.as_saving(activity)
    return replace(before.content, on_date=told.on_date, units=told.units, refreshers=told.refreshers)


def _carry(session: Session, row: Activity, saving: str, actor: Actor, now: datetime) -> str | None:
    if saving == NONE:
        return None
    activity = activities.get_activity(session, row.id)
    new = carrying.as_saving(activity)
    if saving == NEW:
        _require_none_passed_over(session, activity)
        reference = savings.record(session, new, actor=actor, now=now)
    else:
        reference = _take_existing(session, activity, saving)
    service.name_saving(session, row, reference, actor=actor, now=now)
    return reference


def _require_none_passed_over(session: Session, activity: ActivityView) -> None:
    """Refuse a second saving of the same people: one of that day with the same numbers is taken, or corrected first."""
    new = carrying.as_saving(activity)
    for each in carrying.unlinked_savings(session, activity):
        if (each.units, each.refreshers) == (new.units, new.refreshers):
            raise RuleViolation(
                f"{each.reference} of the same day says the same. Choose it, so that nobody counts twice; if it is of "
                "another session, record that one and choose it there first.",
                field="saving",
            )


def _take_existing(session: Session, activity: ActivityView, reference: str) -> str:
    found = {row.reference: row for row in carrying.unlinked_savings(session, activity)}.get(reference.strip().upper())
    if found is None:
        raise RuleViolation("There is no such saving of that day that came from no other activity.", field="saving")
    new = carrying.as_saving(activity)
    if (found.units, found.refreshers) != (new.units, new.refreshers):
        raise RuleViolation(
            f"{found.reference} says another number than this session. Put one of them right first.", field="saving"
        )
    return found.reference
