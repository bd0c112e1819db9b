"""Changing what a grade asks for, from now or a later moment on; what was graded keeps the rules of its time."""

from datetime import datetime, timedelta

from msgspec import Struct
from sqlalchemy import select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from tsalert.audit import service as audit
from tsalert.audit.rules import Detail
from tsalert.core.actors import Actor, Permission
from tsalert.core.clock import as_utc
from tsalert.core.errors import Conflict, RuleViolation
from tsalert.db import transaction
from tsalert.response import rows
from tsalert.response.grade_versions import GradeRules, rules_of
from tsalert.response.models import Grade, Grading
from tsalert.response.vocabulary import GradeName, RemoteResolution

LONGEST_TARGET = timedelta(days=28)


class NewVersion(Struct, frozen=True):
    """A version to add; ``effective_from`` of None means from now on."""

    name: GradeName
    rules: GradeRules
    reason: str
    effective_from: datetime | None = None


def add_version(new: NewVersion, *, actor: Actor, now: datetime) -> int:
    """Add a version of a grade, for incidents that are graded from its date on; returns its id.

    :raises RuleViolation: it holds from the past, changes nothing, or its target cannot be.
    :raises Conflict: incidents have been graded since that moment, or another version begins then.
    """
    actor.require(Permission.MANAGE_RESPONSE)
    check_target(new.name, new.rules.target)
    check_paging(new.rules.target, pages=new.rules.pages)
    starts_at = start_of_version(new.effective_from, now=now)
    with transaction() as session:
        _refuse_what_changes_nothing(session, new, starts_at)
        _refuse_change_of_the_past(session, new.name, starts_at)
        grade = _add(session, _grade(new, starts_at))
        audit.record(session, actor, "version added", "grade", grade.id, now=now, **_told(grade))
        return grade.id


def check_target(name: GradeName, target: timedelta | None) -> None:
    """Refuse a target that the grade's name contradicts.

    :raises RuleViolation: naming the field.
    """
    if name is GradeName.IMMEDIATE and target is None:
        raise RuleViolation("An immediate grade needs a target.", field="target_minutes")
    if name is GradeName.NONE and target is not None:
        raise RuleViolation("Nobody goes, so there can be no target.", field="target_minutes")
    if target is not None and not timedelta(0) < target <= LONGEST_TARGET:
        raise RuleViolation(f"Give a target from one minute to {LONGEST_TARGET.days} days.", field="target_minutes")


def check_paging(target: timedelta | None, *, pages: bool) -> None:
    """Refuse to wake officers for what nobody must reach by a time.

    :raises RuleViolation: naming the field.
    """
    if pages and target is None:
        raise RuleViolation("Officers are woken only where somebody must be there by a time.", field="pages")


def start_of_version(effective_from: datetime | None, *, now: datetime) -> datetime:
    """Return when a version takes over; the present minute, as people write it, means now.

    :raises RuleViolation: it lies in the past.
    """
    if effective_from is None:
        return as_utc(now)
    if as_utc(effective_from) < as_utc(now).replace(second=0, microsecond=0):
        told = "Give a time from now on: what was graded before keeps the rules of its time."
        raise RuleViolation(told, field="effective_from")
    return max(as_utc(effective_from), as_utc(now))


def _refuse_what_changes_nothing(session: Session, new: NewVersion, starts_at: datetime) -> None:
    before = rows.grade_in_force(session, new.name, at=starts_at)
    if before.effective_from != starts_at and rules_of(before) == new.rules:
        raise RuleViolation("That is already in force then.")


def _refuse_change_of_the_past(session: Session, name: GradeName, starts_at: datetime) -> None:
    """Refuse to begin before an incident that is graded already, whose clock has the rules of its own version."""
    graded = select(Grading.id).join(Grade, Grade.id == Grading.grade_id)
    since = graded.where(Grade.name == name, Grading.graded_at >= starts_at).limit(1)
    if session.scalar(since) is not None:
        raise Conflict("An incident has been graded since that moment. Give a later one.")


def _add(session: Session, grade: Grade) -> Grade:
    try:
        with session.begin_nested():
            session.add(grade)
    except IntegrityError as error:
        raise Conflict("Another version of this grade begins at that moment. Give another one.") from error
    return grade


def _grade(new: NewVersion, starts_at: datetime) -> Grade:
    target = new.rules.target
    return Grade(
        name=new.name,
        target_seconds=None if target is None else int(target.total_seconds()),
        start_rule=new.rules.start_rule,
        stopped_by=[how.value for how in RemoteResolution if how in new.rules.stopped_by],
        pages=new.rules.pages,
        effective_from=starts_at,
        reason=new.reason,
    )


def _told(grade: Grade) -> dict[str, Detail]:
    return {
        "name": grade.name,
        "target_seconds": grade.target_seconds,
        "start_rule": grade.start_rule,
        "stopped_by": ", ".join(grade.stopped_by),
        "pages": grade.pages,
        "effective_from": grade.effective_from.isoformat(),
    }
