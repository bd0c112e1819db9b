"""Single shifts: added, given to another officer, cancelled. What was is never changed."""

from datetime import datetime

from msgspec import Struct
from sqlalchemy.orm import Session

from tsalert.audit import service as audit
from tsalert.by_id import get_by_id
from tsalert.core.actors import Actor, Permission
from tsalert.core.clock import as_utc
from tsalert.core.errors import Conflict, RuleViolation
from tsalert.db import transaction
from tsalert.rota import alarms, checking, rules
from tsalert.rota.coverage import Span
from tsalert.rota.models import Shift, Swap
from tsalert.rota.rules import Part
from tsalert.rota.vocabulary import Duty


class NewShift(Struct, frozen=True):
    """A single shift; it begins now where no start is given."""

    duty: Duty
    officer_id: int
    ends_at: datetime
    starts_at: datetime | None = None
    note: str | None = None


class Gift(Struct, frozen=True):
    """A shift, or the part of it between two instants, that goes to another officer."""

    officer_id: int
    reason: str
    starts_at: datetime | None = None
    ends_at: datetime | None = None


def add_shift(new: NewShift, *, actor: Actor, now: datetime) -> int:
    """Put an officer on a single shift, and return its id.

    :raises RuleViolation: the times are impossible or taken, or the officer cannot stand it.
    """
    actor.require(Permission.MANAGE_ROTA)
    span = Span(as_utc(new.starts_at or now), as_utc(new.ends_at))
    rules.check_shift(span, now=now)
    with transaction() as session:
        checking.begin_change(session)
        checking.require_able(session, new.officer_id, new.duty)
        checking.refuse_leave(session, new.officer_id, span)
        checking.refuse_overlaps(session, new.duty, new.officer_id, span)
        shift = Shift(
            duty=new.duty,
            officer_id=new.officer_id,
            starts_at=span.starts_at,
            ends_at=span.ends_at,
            note=new.note,
            created_at=now,
            changed_at=now,
        )
        session.add(shift)
        session.flush()
        audit.record(session, actor, "added", "shift", shift.id, now=now, duty=new.duty, officer=new.officer_id)
        alarms.note_gaps(session, now=now)
        return shift.id


def give_shift(shift_id: int, gift: Gift, *, actor: Actor, now: datetime) -> int:
    """Give a shift, or part of it, to another officer; return the id of what they now stand.

    :raises NotFound: there is no such shift.
    :raises Conflict: it is over, or was cancelled.
    :raises RuleViolation: the part is not within it or lies in the past, or the other officer cannot stand it.
    """
    actor.require(Permission.MANAGE_ROTA)
    with transaction() as session:
        checking.begin_change(session)
        shift = _changeable(session, shift_id, now)
        if gift.officer_id == shift.officer_id:
            raise RuleViolation("They are on this shift already. Choose somebody else.", field="officer_id")
        part = rules.cut(Span(shift.starts_at, shift.ends_at), gift.starts_at, gift.ends_at, now=now)
        duty, giver = Duty.of(shift.duty), shift.officer_id
        checking.require_able(session, gift.officer_id, duty)
        checking.refuse_leave(session, gift.officer_id, part.given)
        checking.refuse_overlaps(session, duty, gift.officer_id, part.given, besides=shift.id)
        given = _divide(session, shift, part, to=gift.officer_id, now=now)
        _note_swap(session, given, giver, gift.reason, actor=actor, now=now)
        audit.record(
            session,
            actor,
            "given",
            "shift",
            given.id,
            now=now,
            **{"from": giver, "to": gift.officer_id, "of": shift_id},
        )
        alarms.note_gaps(session, now=now)
        return given.id


def cancel_shift(shift_id: int, reason: str, *, actor: Actor, now: datetime) -> None:
    """Cancel a shift, or end it now if it has begun.

    :raises NotFound: there is no such shift.
    :raises Conflict: it is over, or was cancelled.
    """
    actor.require(Permission.MANAGE_ROTA)
    with transaction() as session:
        checking.begin_change(session)
        shift = _changeable(session, shift_id, now)
        if shift.starts_at < as_utc(now):
            shift.ends_at = as_utc(now)
        else:
            shift.cancelled_at = now
        shift.note, shift.changed_at = reason, now
        audit.record(session, actor, "cancelled", "shift", shift.id, now=now, duty=shift.duty, officer=shift.officer_id)
        alarms.note_gaps(session, now=now)


def get_shift(session: Session, shift_id: int) -> Shift:
    """Return one shift.

    :raises NotFound: there is none.
    """
    return get_by_id(session, Shift, shift_id, "There is no such shift.")


def _changeable(session: Session, shift_id: int, now: datetime) -> Shift:
    shift = get_shift(session, shift_id)
    if shift.cancelled_at is not None:
        raise Conflict("This shift was cancelled.")
    if shift.ends_at <= as_utc(now):
        raise Conflict("This shift is over. What was cannot be changed.")
    return shift


def _divide(session: Session, shift: Shift, part: Part, *, to: int, now: datetime) -> Shift:
    """Cut a shift up and return the piece given away; what its officer keeps stays in the row that they had."""
    shift.changed_at = now
    kept = [each for each in (part.before, part.after) if each]
    if not kept:
        shift.officer_id, shift.swapped_at = to, now
        return shift
    shift.starts_at, shift.ends_at = kept[0].starts_at, kept[0].ends_at
    for rest in kept[1:]:
        session.add(_piece(shift, rest, shift.officer_id, now))
    given = _piece(shift, part.given, to, now)
    given.swapped_at = now
    session.add(given)
    session.flush()
    return given


def _piece(shift: Shift, span: Span, officer_id: int, now: datetime) -> Shift:
    return Shift(
        duty=shift.duty,
        officer_id=officer_id,
        pattern_id=shift.pattern_id,
        pattern_day=shift.pattern_day,
        starts_at=span.starts_at,
        ends_at=span.ends_at,
        note=shift.note,
        swapped_at=shift.swapped_at,
        created_at=now,
        changed_at=now,
    )


def _note_swap(session: Session, given: Shift, giver: int, reason: str, *, actor: Actor, now: datetime) -> None:
    session.add(
        Swap(
            shift_id=given.id,
            from_officer_id=giver,
            to_officer_id=given.officer_id,
            starts_at=given.starts_at,
            ends_at=given.ends_at,
            reason=reason,
            made_at=now,
            made_by=actor.officer_id,
        )
    )
