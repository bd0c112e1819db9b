"""What pages show: the rota by day, who is on duty now, an officer's own shifts."""

from collections.abc import Sequence
from datetime import date, datetime, timedelta

from msgspec import Struct
from sqlalchemy import select
from sqlalchemy.orm import Session

from tsalert.core.actors import Actor, Permission
from tsalert.core.clock import as_utc, london_date, london_midnight
from tsalert.rota import alarms, coverage, queries, rules, silence
from tsalert.rota.coverage import Gap, Slot, Span, Stretch
from tsalert.rota.models import Pattern, Swap
from tsalert.rota.occurrences import DAY
from tsalert.rota.vocabulary import DUTIES, Duty
from tsalert.staff import queries as staff

WEEKS_SHOWN = 2
_FIRST_DAY, _LAST_DAY = date(2000, 1, 3), date(2199, 12, 2)


class Entry(Struct, frozen=True):
    """One line of a day: who stands, or nobody (``stretch`` is None); ``span`` ends with the day for nobody alone."""

    span: Span
    stretch: Stretch | None


class Piece(Struct, frozen=True):
    """Part of a gap: within a shift whose officer cannot stand it, or where there is no shift at all."""

    span: Span
    shift_id: int | None
    name: str | None


class RotaDay(Struct, frozen=True):
    """One London day: for each duty the shifts that begin on it, and the times without anybody."""

    day: date
    is_planned: bool
    entries: dict[Duty, list[Entry]]


class DutyStrip(Struct, frozen=True):
    """What stands at the top of each page: who is on duty, and how many gaps a manager has to fill."""

    people: tuple[queries.OnDuty, ...]
    gaps: int

    @property
    def primary(self) -> queries.OnDuty | None:
        """The officer on duty."""
        return next((each for each in self.people if each.duty is Duty.PRIMARY), None)

    @property
    def others(self) -> tuple[queries.OnDuty, ...]:
        """Who stands behind them."""
        return tuple(each for each in self.people if each.duty is not Duty.PRIMARY)


def duty_strip(session: Session, actor: Actor, *, now: datetime) -> DutyStrip:
    """Return the strip of a page that an officer reads; one statement, and a second for who may change the rota."""
    gaps = alarms.count_open(session) if actor.may(Permission.MANAGE_ROTA) else 0
    return DutyStrip(tuple(queries.on_duty(session, at=now)), gaps)


def monday_of(day: date) -> date:
    """Return the Monday from which the page of a day runs; a day that no calendar shows becomes one that it does."""
    shown = min(max(day, _FIRST_DAY), _LAST_DAY)
    return shown - timedelta(days=shown.weekday())


def rota_days(session: Session, monday: date, *, now: datetime) -> list[RotaDay]:
    """Return two weeks of the rota by day."""
    days = [monday + timedelta(days=number) for number in range(7 * WEEKS_SHOWN)]
    whole = Span(london_midnight(days[0]), london_midnight(days[-1] + DAY))
    stood = queries.stretches_between(session, whole.starts_at, whole.ends_at)
    return [_day(each, stood, now) for each in days]


def own_slots(session: Session, officer_id: int, *, now: datetime) -> list[Slot]:
    """Return an officer's shifts from now on, those in which leave or a missing mobile leaves a gap too."""
    until = as_utc(now) + rules.PLANNED_AHEAD
    return queries.slots_between(session, as_utc(now), until, officer_id=officer_id)


def stood_fully(slot: Slot) -> bool:
    """Tell whether the officer of a shift really stands all of it."""
    stood = coverage.stretches([slot])
    return not coverage.find_gaps(stood, slot.span, duties=[slot.duty])


def patterns(session: Session, *, now: datetime) -> list[Pattern]:
    """Return the patterns that have not ended, by duty and time."""
    today = london_date(now)
    going_on = Pattern.effective_until.is_(None) | (Pattern.effective_until >= today)
    found = session.scalars(select(Pattern).where(going_on))
    return sorted(found, key=lambda each: (DUTIES.index(Duty.of(each.duty)), each.weekdays, each.starts, each.id))


def swaps_of(session: Session, shift_id: int) -> Sequence[Swap]:
    """Return how a shift came to its officer, oldest first."""
    return session.scalars(select(Swap).where(Swap.shift_id == shift_id).order_by(Swap.id)).all()


def able_officers(session: Session) -> list[tuple[int, str]]:
    """Return (id, name) of those who may stand some duty, by name, with a word for whom nothing or no text reaches."""
    held, silent = queries.mobiles(session), {each.officer_id for each in silence.silent_officers(session)}
    people = staff.officers_who_may(session, rules.STANDING)
    marks = {each.id: " (takes no texts)" if each.id in silent else "" for each in people if each.id in held}
    return [(each.id, each.name + marks.get(each.id, " (no verified mobile)")) for each in people]


def gaps_to_fill(session: Session, *, now: datetime) -> list[tuple[Gap, list[Piece]]]:
    """Return the gaps of the next seven days, each in the pieces of those days in which somebody can be put on."""
    gaps, soon = alarms.gaps_ahead(session, now=now), as_utc(now) + rules.WATCHED_AHEAD
    slots = queries.slots_between(session, as_utc(now), soon) if gaps else []
    return [(gap, [each for each in pieces_of(gap, slots) if each.span.starts_at < soon]) for gap in gaps]


def pieces_of(gap: Gap, slots: Sequence[Slot]) -> list[Piece]:
    """Cut a gap where shifts lie in it whose officers cannot stand them: those are given, the rest is added."""
    there = [(slot, gap.span.common(slot.span)) for slot in slots if slot.duty is gap.duty]
    held = [Piece(span, slot.shift_id, slot.name) for slot, span in there if span]
    free = [_free(span) for span in coverage.without(gap.span, [piece.span for piece in held])]
    return sorted(held + free, key=lambda piece: piece.span.starts_at)


def _free(span: Span) -> Piece:
    """Return a piece without a shift, no longer than one may be."""
    return Piece(Span(span.starts_at, min(span.ends_at, span.starts_at + rules.LONGEST_SHIFT)), None, None)


def _day(day: date, stood: Sequence[Stretch], now: datetime) -> RotaDay:
    whole = Span(london_midnight(day), london_midnight(day + DAY))
    is_planned = day <= london_date(now) + timedelta(days=rules.PLANNED_AHEAD.days)
    nobody = coverage.find_gaps(stood, whole) if is_planned else []
    entries = {
        duty: sorted(
            [Entry(each.span, each) for each in stood if each.duty is duty and _begins_within(each, whole)]
            + [Entry(gap.span, None) for gap in nobody if gap.duty is duty],
            key=lambda entry: entry.span.starts_at,
        )
        for duty in DUTIES
    }
    return RotaDay(day, is_planned, entries)


def _begins_within(stretch: Stretch, day: Span) -> bool:
    return day.starts_at <= stretch.span.starts_at < day.ends_at
