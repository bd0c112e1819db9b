"""Who is on duty at any instant, past or to come, and how officers are reached; what other capabilities may ask."""

from collections.abc import Iterable
from datetime import datetime, timedelta
from functools import cache
from typing import Any

from msgspec import Struct
from msgspec.structs import replace
from sqlalchemy import Select, and_, or_, select
from sqlalchemy.orm import Session

from tsalert.core.clock import as_utc
from tsalert.rota import coverage
from tsalert.rota.coverage import EVER, Reach, Slot, Span, Stretch
from tsalert.rota.models import Leave, OfficerMobile, Shift
from tsalert.rota.vocabulary import DUTIES, NEEDED, Duty
from tsalert.staff import queries as staff

# No shift is longer than a week, so none that began earlier than this can still run.
_LOOK_BACK = timedelta(days=8)
_AHEAD = (timedelta(days=1), timedelta(days=8), timedelta(weeks=9))


class OnDuty(Struct, frozen=True):
    """One officer who stands one duty, at a mobile that they verified; ``until`` is when that ends."""

    duty: Duty
    officer_id: int
    name: str
    mobile: str | None
    until: datetime | None


def on_duty(session: Session, *, at: datetime) -> list[OnDuty]:
    """Return who stands at an instant, past or to come, in the order of duties; swaps and leave are applied."""
    moment = as_utc(at)
    found = [each for each in stretches_between(session, moment, moment) if each.covers(moment)]
    found.sort(key=lambda each: DUTIES.index(each.duty))
    return [OnDuty(each.duty, each.officer_id, each.name, each.mobile, each.span.ends_at) for each in found]


def next_change(session: Session, *, at: datetime) -> datetime | None:
    """Return the first instant after ``at`` at which somebody else is on duty; None where none is planned."""
    moment = as_utc(at)
    for ahead in _AHEAD:
        found = coverage.first_change(stretches_between(session, moment, moment + ahead), moment)
        # What follows a shift that reaches beyond the time looked at was not read: it may be the same officer's.
        if found is not None and found <= moment + ahead:
            return found
    return found


def stretches_between(session: Session, since: datetime, until: datetime) -> list[Stretch]:
    """Return who really stands in the shifts that touch a time; the first and last may reach beyond it."""
    return coverage.stretches(slots_between(session, since, until))


def slots_between(session: Session, since: datetime, until: datetime, *, officer_id: int | None = None) -> list[Slot]:
    """Return the shifts that touch a time, each with its officer's mobiles and leave; one statement."""
    query = _shifts_with_hindrances().where(
        Shift.cancelled_at.is_(None),
        Shift.starts_at <= until,
        Shift.ends_at > since,
        Shift.starts_at > as_utc(since) - _LOOK_BACK,
    )
    if officer_id is not None:
        query = query.where(Shift.officer_id == officer_id)
    return _gather(session.execute(query.order_by(Shift.starts_at, Shift.id)))


def mobile_of(session: Session, officer_id: int) -> str | None:
    """Return an active officer's verified mobile."""
    return mobiles(session).get(officer_id)


def find_by_mobile(session: Session, e164: str) -> int | None:
    """Return the active officer whose verified mobile a number is."""
    return next((officer_id for officer_id, held in mobiles(session).items() if held == e164), None)


def mobiles(session: Session) -> dict[int, str]:
    """Return the verified mobile of every active officer who has one, by id."""
    people = staff.officers().subquery()
    query = (
        select(OfficerMobile.officer_id, OfficerMobile.e164)
        .join(people, people.c.id == OfficerMobile.officer_id)
        .where(OfficerMobile.removed_at.is_(None), people.c.active)
    )
    return dict(session.execute(query).all())


def held_mobile(session: Session, officer_id: int) -> OfficerMobile | None:
    """Return the row of the mobile that an officer holds, active or not."""
    mine = (OfficerMobile.officer_id == officer_id, OfficerMobile.removed_at.is_(None))
    return session.scalars(select(OfficerMobile).where(*mine)).one_or_none()


def reachable_managers(session: Session) -> list[OnDuty]:
    """Return every active manager with a verified mobile, on the rota or not, by name."""
    held = mobiles(session)
    people = staff.officers_who_may(session, NEEDED[Duty.MANAGER])
    return [OnDuty(Duty.MANAGER, each.id, each.name, held[each.id], None) for each in people if each.id in held]


def is_in_use(session: Session) -> bool:
    """Tell whether anybody ever stood on this rota."""
    return session.scalar(select(Shift.id).limit(1)) is not None


@cache
def _shifts_with_hindrances() -> Select[Any]:
    """Return the query of shifts, a row for each pair of a mobile and a leave of their officers at the time."""
    people = staff.officers().subquery()
    mobile = and_(
        OfficerMobile.officer_id == Shift.officer_id,
        OfficerMobile.verified_at < Shift.ends_at,
        or_(OfficerMobile.removed_at > Shift.starts_at, and_(OfficerMobile.removed_at.is_(None), people.c.active)),
    )
    away = and_(
        Leave.officer_id == Shift.officer_id,
        Leave.starts_at < Leave.ends_at,
        Leave.starts_at < Shift.ends_at,
        Leave.ends_at > Shift.starts_at,
    )
    shift = (Shift.id, Shift.duty, Shift.officer_id, people.c.name, Shift.starts_at, Shift.ends_at)
    held = (OfficerMobile.e164, OfficerMobile.verified_at, OfficerMobile.removed_at)
    joined = select(*shift, *held, Leave.starts_at, Leave.ends_at).join(people, people.c.id == Shift.officer_id)
    return joined.outerjoin(OfficerMobile, mobile).outerjoin(Leave, away)


def _gather(rows: Iterable[Any]) -> list[Slot]:
    """Fold the rows of each shift, one for each pair of a mobile and a leave, into one slot."""
    slots: dict[int, Slot] = {}
    for shift_id, duty, officer_id, name, starts_at, ends_at, e164, verified_at, removed_at, left_at, back_at in rows:
        reach = {Reach(Span(verified_at, removed_at or EVER), e164)} if e164 else set()
        leave = {Span(left_at, back_at)} if left_at else set()
        slot = slots.setdefault(shift_id, Slot(shift_id, Duty.of(duty), officer_id, name, Span(starts_at, ends_at)))
        slots[shift_id] = replace(slot, reach=slot.reach | reach, leave=slot.leave | leave)
    return list(slots.values())
