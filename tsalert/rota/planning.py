"""Patterns, and the shifts that are made of them eight weeks ahead."""

from collections.abc import Sequence
from datetime import date, datetime, timedelta

from sqlalchemy import delete, or_, select
from sqlalchemy.orm import Session

from tsalert.audit import service as audit
from tsalert.by_id import get_by_id
from tsalert.core.actors import Actor, Permission
from tsalert.core.clock import as_utc, london_date
from tsalert.core.errors import Conflict, RuleViolation
from tsalert.core.words import write_day
from tsalert.db import transaction
from tsalert.rota import alarms, checking, rules
from tsalert.rota.coverage import Span, without
from tsalert.rota.models import Pattern, Shift
from tsalert.rota.occurrences import DAY, Occurrence, WeeklyPattern, occurrences
from tsalert.rota.vocabulary import Duty
from tsalert.staff import queries as staff


def add_pattern(new: WeeklyPattern, *, actor: Actor, now: datetime) -> int:
    """Add a pattern, make its shifts, and return its id.

    :raises RuleViolation: it can never come about, is in the way of another, or its officer cannot stand it.
    """
    actor.require(Permission.MANAGE_ROTA)
    rules.check_pattern(new, today=london_date(now))
    with transaction() as session:
        checking.begin_change(session)
        pattern = _add(session, new, actor=actor, now=now)
        alarms.note_gaps(session, now=now)
        return pattern.id


def change_pattern(pattern_id: int, new: WeeklyPattern, *, actor: Actor, now: datetime) -> int:
    """End a pattern the day before another takes its place, and return the other's id.

    :raises NotFound: there is no such pattern.
    :raises Conflict: it has ended.
    :raises RuleViolation: as for ``add_pattern``.
    """
    actor.require(Permission.MANAGE_ROTA)
    rules.check_pattern(new, today=london_date(now))
    with transaction() as session:
        checking.begin_change(session)
        _end(session, _running(session, pattern_id, now), new.effective_from - DAY, actor=actor, now=now)
        pattern = _add(session, new, actor=actor, now=now, instead_of=pattern_id)
        alarms.note_gaps(session, now=now)
        return pattern.id


def end_pattern(pattern_id: int, last_day: date, *, actor: Actor, now: datetime) -> None:
    """Let no shift of a pattern begin after a day; one that has begun goes on, and one that was given stays.

    :raises NotFound: there is no such pattern.
    :raises Conflict: it has ended.
    :raises RuleViolation: the day is past, or lies after its end.
    """
    actor.require(Permission.MANAGE_ROTA)
    if last_day < london_date(now) - DAY:
        raise RuleViolation("What was cannot be changed: choose yesterday or later.", field="last_day")
    with transaction() as session:
        checking.begin_change(session)
        _end(session, _running(session, pattern_id, now), last_day, actor=actor, now=now)
        alarms.note_gaps(session, now=now)


def plan_ahead(now: datetime) -> int:
    """Make the shifts of every pattern as far as eight weeks ahead, and return how many; again makes none."""
    with transaction() as session:
        checking.begin_change(session)
        going_on = or_(Pattern.effective_until.is_(None), Pattern.effective_until >= london_date(now) - DAY)
        patterns = session.scalars(select(Pattern).where(going_on).order_by(Pattern.id)).all()
        return sum(_make_shifts(session, pattern, now) for pattern in patterns)


def as_weekly(row: Pattern) -> WeeklyPattern:
    """Return a stored pattern as the value that rules read."""
    return WeeklyPattern(
        Duty.of(row.duty),
        row.officer_id,
        tuple(row.weekdays),
        row.starts,
        row.ends,
        row.effective_from,
        row.effective_until,
        row.every_weeks,
    )


def get_pattern(session: Session, pattern_id: int) -> Pattern:
    """Return one pattern.

    :raises NotFound: there is none.
    """
    return get_by_id(session, Pattern, pattern_id, "There is no such pattern.")


def _running(session: Session, pattern_id: int, now: datetime) -> Pattern:
    pattern = get_pattern(session, pattern_id)
    if pattern.effective_until is not None and pattern.effective_until < london_date(now):
        raise Conflict("This pattern has ended.")
    return pattern


def _add(
    session: Session, new: WeeklyPattern, *, actor: Actor, now: datetime, instead_of: int | None = None
) -> Pattern:
    checking.require_able(session, new.officer_id, new.duty)
    _refuse_clashing_patterns(session, new, now, instead_of)
    _refuse_clashing_shifts(session, new, now, instead_of)
    pattern = Pattern(
        duty=new.duty,
        officer_id=new.officer_id,
        weekdays=sorted(set(new.weekdays)),
        starts=new.starts,
        ends=new.ends,
        effective_from=new.effective_from,
        effective_until=new.effective_until,
        every_weeks=new.every_weeks,
        created_at=now,
        created_by=actor.officer_id,
    )
    session.add(pattern)
    session.flush()
    audit.record(session, actor, "added", "rota pattern", pattern.id, now=now, duty=new.duty, officer=new.officer_id)
    _make_shifts(session, pattern, now)
    return pattern


def _end(session: Session, pattern: Pattern, last_day: date, *, actor: Actor, now: datetime) -> None:
    if pattern.effective_until is not None and last_day > pattern.effective_until:
        told = write_day(pattern.effective_until)
        raise RuleViolation(f"It ends on {told} already. Add a pattern for the time after.", field="last_day")
    pattern.effective_until = last_day
    unbegun = (Shift.pattern_day > last_day, Shift.starts_at > as_utc(now))
    untouched = (Shift.swapped_at.is_(None), Shift.cancelled_at.is_(None))
    session.execute(delete(Shift).where(Shift.pattern_id == pattern.id, *unbegun, *untouched))
    audit.record(session, actor, "ended", "rota pattern", pattern.id, now=now, last_day=last_day.isoformat())


def _refuse_clashing_patterns(session: Session, new: WeeklyPattern, now: datetime, instead_of: int | None) -> None:
    """Refuse a pattern in the way of another.

    :raises RuleViolation: naming the other and the day.
    """
    today = london_date(now)
    going_on = or_(Pattern.effective_until.is_(None), Pattern.effective_until >= today)
    in_the_way = or_(Pattern.duty == new.duty, Pattern.officer_id == new.officer_id)
    for row in session.scalars(select(Pattern).where(going_on, in_the_way).order_by(Pattern.id)):
        clash = rules.find_clash(new, as_weekly(row), today=today) if row.id != instead_of else None
        if clash is not None:
            name, on = staff.officer_names(session)[row.officer_id], write_day(clash.day)
            raise RuleViolation(_clash_words(new.duty, Duty.of(row.duty), name, on), field="weekdays")


def _clash_words(duty: Duty, other: Duty, name: str, on: str) -> str:
    if other is duty:
        return f"On {on} it would overlap the pattern of {name} for the same duty."
    return f"Nobody can be their own backup, and on {on} it would overlap this pattern: {name}, {other.label}."


def _refuse_clashing_shifts(session: Session, new: WeeklyPattern, now: datetime, instead_of: int | None) -> None:
    """Refuse a pattern in the way of a shift; what is left of the pattern whose place it takes is let stand.

    :raises RuleViolation: naming the shift.
    """
    planned = [_left(each, now) for each in _planned(new, now)]
    if not planned:
        return
    whole = Span(planned[0].starts_at, max(each.ends_at for each in planned))
    there = [
        each for each in checking.live_shifts(session, whole) if instead_of is None or each.pattern_id != instead_of
    ]
    for span in planned:
        meeting = [each for each in there if Span(each.starts_at, each.ends_at).meets(span)]
        checking.refuse_taken(session, meeting, new.duty, new.officer_id, "weekdays")


def _make_shifts(session: Session, row: Pattern, now: datetime) -> int:
    """Add the shifts of a pattern that are not there yet, in the time that nobody else has on its duty.

    Time in which its officer stands a duty that excludes it stays open, so that a gap is told.
    """
    pattern = as_weekly(row)
    recent = (Shift.pattern_id == row.id, Shift.pattern_day >= london_date(now) - DAY)
    made_before = set(session.scalars(select(Shift.pattern_day).where(*recent)))
    missing = [each for each in _planned(pattern, now) if each.day not in made_before]
    if not missing:
        return 0
    whole = Span(missing[0].starts_at, max(each.ends_at for each in missing))
    taken = [
        Span(each.starts_at, each.ends_at)
        for each in checking.live_shifts(session, whole)
        if rules.exclude(pattern.duty, pattern.officer_id, Duty.of(each.duty), each.officer_id)
    ]
    made = [_shift(row, each, span, now) for each in missing for span in without(_left(each, now), taken)]
    session.add_all(made)
    session.flush()
    return len(made)


def _planned(pattern: WeeklyPattern, now: datetime) -> Sequence[Occurrence]:
    """Return the shifts of a pattern from now to eight weeks ahead; one that would run already is cut."""
    today = london_date(now)
    last = today + timedelta(days=rules.PLANNED_AHEAD.days)
    return [each for each in occurrences(pattern, today - DAY, last) if each.ends_at > as_utc(now)]


def _left(occurrence: Occurrence, now: datetime) -> Span:
    return Span(max(occurrence.starts_at, as_utc(now)), occurrence.ends_at)


def _shift(row: Pattern, occurrence: Occurrence, span: Span, now: datetime) -> Shift:
    return Shift(
        duty=row.duty,
        officer_id=row.officer_id,
        pattern_id=row.id,
        pattern_day=occurrence.day,
        starts_at=span.starts_at,
        ends_at=span.ends_at,
        created_at=now,
        changed_at=now,
    )
