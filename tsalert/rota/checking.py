"""What every change of the rota asks first. Steps of its use cases."""

from collections.abc import Iterable

from sqlalchemy import select
from sqlalchemy.orm import Session

from tsalert.core.errors import RuleViolation
from tsalert.db import take_turns
from tsalert.rota import rules
from tsalert.rota.coverage import Span
from tsalert.rota.models import Leave, Shift
from tsalert.rota.queries import mobiles
from tsalert.rota.vocabulary import NEEDED, Duty
from tsalert.staff import queries as staff
from tsalert.web.filters import day, moment

# Any number will do that no other lock of this database uses.
_LOCK_NUMBER = 7_682_001


def begin_change(session: Session) -> None:
    """Let one change of the rota happen at a time, so that no two can put people on the same hours."""
    take_turns(session, _LOCK_NUMBER)


def require_able(session: Session, officer_id: int, duty: Duty) -> str:
    """Return an officer's name, once sure that they may stand a duty and can be reached.

    :raises RuleViolation: they may not, or have no verified mobile.
    """
    able = {each.id: each.name for each in staff.officers_who_may(session, NEEDED[duty])}
    if officer_id not in able:
        raise RuleViolation("Choose an officer from the list, who may take this duty.", field="officer_id")
    name = able[officer_id]
    if officer_id not in mobiles(session):
        raise RuleViolation(
            f"{name} has no verified mobile, so cannot be on a shift. They can add one under “Your duty” first.",
            field="officer_id",
        )
    return name


def live_shifts(session: Session, span: Span) -> list[Shift]:
    """Return the shifts that have an instant in common with a time and were not cancelled, by their start."""
    touching = (Shift.starts_at < span.ends_at, Shift.ends_at > span.starts_at)
    recent = Shift.starts_at > span.starts_at - rules.LONGEST_SHIFT - rules.WATCHED_HOUR
    query = select(Shift).where(Shift.cancelled_at.is_(None), recent, *touching)
    return list(session.scalars(query.order_by(Shift.starts_at, Shift.id)))


def refuse_overlaps(session: Session, duty: Duty, officer_id: int, span: Span, *, besides: int | None = None) -> None:
    """Refuse a time that is taken on a duty, or in which its officer stands a duty that excludes it.

    :param besides: a shift that does not count, because it is the one that changes.
    :raises RuleViolation: naming the shift in the way.
    """
    there = [each for each in live_shifts(session, span) if each.id != besides]
    refuse_taken(session, there, duty, officer_id, "starts_at")


def refuse_taken(session: Session, there: Iterable[Shift], duty: Duty, officer_id: int, field: str) -> None:
    """Refuse a shift because of those that stand at its time.

    :raises RuleViolation: naming the shift in the way.
    """
    for each in there:
        other = Duty.of(each.duty)
        if other is duty:
            raise RuleViolation(f"That overlaps another shift: {describe(session, each)}.", field=field)
        if rules.exclude(duty, officer_id, other, each.officer_id):
            raise RuleViolation(
                f"Nobody can be their own backup, and there is this shift: {describe(session, each)}.", field=field
            )


def refuse_leave(session: Session, officer_id: int, span: Span) -> None:
    """Refuse to put somebody on a shift while they are on leave.

    :raises RuleViolation: naming the days.
    """
    query = select(Leave).where(
        Leave.officer_id == officer_id,
        Leave.starts_at < Leave.ends_at,
        Leave.starts_at < span.ends_at,
        Leave.ends_at > span.starts_at,
    )
    found = session.scalars(query.order_by(Leave.starts_at).limit(1)).first()
    if found is not None:
        days = f"{day(found.first_day)} to {day(found.last_day)}"
        raise RuleViolation(f"They are on leave then: {days}.", field="officer_id")


def describe(session: Session, shift: Shift) -> str:
    """Name a shift: who, which duty, from when to when."""
    name = staff.officer_names(session)[shift.officer_id]
    return f"{name}, {Duty.of(shift.duty).label}, {moment(shift.starts_at)} to {moment(shift.ends_at)}"
