"""Planning activities, saying what came of them, correcting and cancelling.

What was held may be behind a figure of savings, so holding and correcting are steps of use cases of savings.
"""

from datetime import datetime

from msgspec import Struct, to_builtins
from msgspec.structs import asdict
from sqlalchemy import delete
from sqlalchemy.orm import Session

from tsalert.activities import queries, rules
from tsalert.activities.models import Activity, ActivityChannel, ActivityCorrection, ActivityOfficer, ActivityWard
from tsalert.activities.rules import Plan, Result
from tsalert.activities.vocabulary import State
from tsalert.audit import service as audit
from tsalert.core.actors import Actor, Permission
from tsalert.core.clock import london_date
from tsalert.core.errors import Overtaken, RuleViolation
from tsalert.db import transaction
from tsalert.places.queries import ward_names
from tsalert.references.rules import read_reference
from tsalert.references.service import next_reference
from tsalert.staff.queries import officer_names

_KIND = "A"
_ELSEWHERE = {"ward_codes", "officer_ids", "channels", "reach"}


class Seen(Struct, frozen=True):
    """An activity and the version of it that somebody saw."""

    id: int
    version: int


class Correction(Struct, frozen=True):
    """What a held activity is to say, and why."""

    plan: Plan
    result: Result
    reason: str


def plan_activity(plan: Plan, *, actor: Actor, now: datetime) -> int:
    """Record an activity that is planned, or took place and is not told yet; returns its id.

    :raises RuleViolation: it cannot take place, or does not belong to its kind.
    """
    actor.require(Permission.RECORD_INTERVENTION)
    with transaction() as session:
        return add_plan(session, plan, actor=actor, now=now).id


def change_plan(seen: Seen, plan: Plan, *, actor: Actor, now: datetime) -> None:
    """Write the plan of an activity anew.

    :raises Conflict: it was held or cancelled, or somebody changed it meanwhile.
    :raises RuleViolation: it cannot take place.
    """
    actor.require(Permission.RECORD_INTERVENTION)
    with transaction() as session:
        row = _lock(session, seen, State.PLANNED)
        _check(session, plan, now)
        _write(session, row, plan)
        row.version += 1
        _note(session, row, "plan changed", actor, now)


def cancel_activity(seen: Seen, reason: str, *, actor: Actor, now: datetime) -> None:
    """Say that an activity does not take place, and why.

    :raises Conflict: it was held or cancelled, or somebody changed it meanwhile.
    """
    actor.require(Permission.RECORD_INTERVENTION)
    with transaction() as session:
        row = _lock(session, seen, State.PLANNED)
        row.state, row.cancelled_reason, row.version = State.CANCELLED, reason, row.version + 1
        _note(session, row, "cancelled", actor, now)


def add_plan(session: Session, plan: Plan, *, actor: Actor, now: datetime) -> Activity:
    """Record an activity; a step.

    :raises RuleViolation: it cannot take place, or does not belong to its kind.
    """
    _check(session, plan, now)
    row = Activity(
        reference=next_reference(session, _KIND, at=now),
        version=1,
        state=State.PLANNED,
        recorded_by=actor.officer_id,
        recorded_at=now,
    )
    _set(row, plan)
    session.add(row)
    session.flush()
    _link(session, row, plan)
    _note(session, row, "planned", actor, now)
    return row


def hold(session: Session, seen: Seen, result: Result, *, actor: Actor, now: datetime) -> Activity:
    """Say what came of an activity; a step.

    :raises Conflict: it was held or cancelled before, or somebody changed it meanwhile.
    :raises RuleViolation: the numbers cannot be.
    """
    row = _lock(session, seen, State.PLANNED)
    plan = queries.get_activity(session, row.id).plan
    rules.check_result(plan, result, today=london_date(now))
    row.state, row.version = State.HELD, row.version + 1
    _write(session, row, plan, result)
    _note(session, row, "held", actor, now)
    return row


def correct(session: Session, seen: Seen, correction: Correction, *, actor: Actor, now: datetime) -> Activity:
    """Put right what a held activity says; what stood before is kept. A step.

    :raises Conflict: it was not held, or somebody changed it meanwhile.
    :raises RuleViolation: it cannot have been so, or is another kind of activity.
    """
    row = _lock(session, seen, State.HELD)
    before = queries.get_activity(session, row.id)
    if correction.plan.kind is not before.plan.kind:
        raise RuleViolation("Its kind stays. Record the other activity by itself.", field="kind")
    _check(session, correction.plan, now)
    rules.check_result(correction.plan, correction.result, today=london_date(now))
    assert before.result is not None  # it was held
    session.add(
        ActivityCorrection(
            activity_id=row.id,
            version=row.version,
            before=to_builtins(before.plan) | to_builtins(before.result),
            reason=correction.reason,
            corrected_by=actor.officer_id,
            corrected_at=now,
        )
    )
    row.version += 1
    _write(session, row, correction.plan, correction.result)
    _note(session, row, "corrected", actor, now)
    return row


def name_saving(session: Session, row: Activity, reference: str, *, actor: Actor, now: datetime) -> None:
    """Keep which saving was recorded from an activity; a step."""
    row.intervention_reference = reference
    row.version += 1
    session.flush()
    audit.record(session, actor, "saving recorded", "activity", row.id, now=now, intervention=reference)


def lock_behind(session: Session, reference: str) -> None:
    """Take the turn of the activity from which a saving came, which goes before the saving's own; a step."""
    stored = read_reference(reference)
    found = queries.behind_savings(session, [stored]).get(stored) if stored else None
    if found is not None:
        queries.get_activity_row(session, found.id, lock=True)


def let_go_of_saving(session: Session, reference: str, *, actor: Actor, now: datetime) -> None:
    """Let an activity be without the saving that is withdrawn, so that another can be recorded; a step."""
    found = queries.behind_savings(session, [reference]).get(reference)
    if found is not None:
        row = queries.get_activity_row(session, found.id, lock=True)
        row.intervention_reference, row.version = None, row.version + 1
        audit.record(session, actor, "saving withdrawn", "activity", row.id, now=now, intervention=reference)


def _lock(session: Session, seen: Seen, wanted: State) -> Activity:
    row = queries.get_activity_row(session, seen.id, lock=True)
    rules.require_state(State.of(row.state), wanted)
    if row.version != seen.version:
        raise Overtaken("Somebody changed this meanwhile. Look at it again first.")
    return row


def _check(session: Session, plan: Plan, now: datetime) -> None:
    rules.check_plan(plan, today=london_date(now))
    if not set(plan.ward_codes) <= set(ward_names(session)):
        raise RuleViolation("There is no such ward.", field="ward_codes")
    if not set(plan.officer_ids) <= set(officer_names(session)):
        raise RuleViolation("There is no such officer.", field="officer_ids")


def _write(session: Session, row: Activity, plan: Plan, result: Result | None = None) -> None:
    _set(row, plan)
    if result is not None:
        _set(row, result)
    for linked in (ActivityWard, ActivityOfficer, ActivityChannel):
        session.execute(delete(linked).where(linked.activity_id == row.id))
    _link(session, row, plan, result)


def _set(row: Activity, content: Plan | Result) -> None:
    for name, value in asdict(content).items():
        if name not in _ELSEWHERE:
            setattr(row, name, value)


def _link(session: Session, row: Activity, plan: Plan, result: Result | None = None) -> None:
    reached = {each.channel: each for each in (result.reach if result else ())}
    for code in dict.fromkeys(plan.ward_codes):
        session.add(ActivityWard(activity_id=row.id, ward_code=code))
    for officer_id in dict.fromkeys(plan.officer_ids):
        session.add(ActivityOfficer(activity_id=row.id, officer_id=officer_id))
    for channel in dict.fromkeys(plan.channels):
        known = reached.get(channel)
        people, how = (known.people, known.how) if known else (None, None)
        session.add(ActivityChannel(activity_id=row.id, channel=channel, reach=people, how=how))
    session.flush()


def _note(session: Session, row: Activity, act: str, actor: Actor, now: datetime) -> None:
    audit.record(session, actor, act, "activity", row.id, now=now, reference=row.reference, kind=row.kind)
