"""Weekly patterns in London wall time, and the instants at which their shifts begin and end. Pure.

A wall time that the spring change skips is read as the instant of the change, and one that comes twice in autumn as
its first passing. Both ends of a shift are read by this one rule, so shifts that touch on the wall touch in truth.
"""

from collections.abc import Iterator
from datetime import UTC, date, datetime, time, timedelta

from msgspec import Struct

from tsalert.core.clock import LONDON
from tsalert.rota.vocabulary import Duty

DAY = timedelta(days=1)


class WeeklyPattern(Struct, frozen=True):
    """When an officer stands a duty, week after week.

    :param weekdays: the days on which a shift begins, Monday being 0.
    :param ends: a time not after ``starts`` lies on the next day; the same time is a whole day.
    :param effective_until: the last day on which a shift begins; None goes on for ever.
    :param every_weeks: 2 is every other week, counted from the week of ``effective_from``.
    """

    duty: Duty
    officer_id: int
    weekdays: tuple[int, ...]
    starts: time
    ends: time
    effective_from: date
    effective_until: date | None = None
    every_weeks: int = 1

    def begins_on(self, day: date) -> bool:
        """Tell whether a shift begins on a day."""
        if day < self.effective_from or (self.effective_until is not None and day > self.effective_until):
            return False
        return day.weekday() in self.weekdays and _weeks_between(self.effective_from, day) % self.every_weeks == 0


class Occurrence(Struct, frozen=True):
    """One shift of a pattern, by the day on which it begins."""

    day: date
    starts_at: datetime
    ends_at: datetime


def instant_of(day: date, wall: time) -> datetime:
    """Return the instant, in UTC, at which London's clocks show a time; never earlier for a later wall time."""
    shown = datetime.combine(day, wall.replace(tzinfo=None, fold=0))
    moment = shown.replace(tzinfo=LONDON).astimezone(UTC)
    if moment.astimezone(LONDON).replace(tzinfo=None) == shown:
        return moment
    # London's clocks skip a whole hour, which begins on the hour: its first minute is the change itself.
    return shown.replace(minute=0, second=0, microsecond=0, tzinfo=LONDON).astimezone(UTC)


def occurrence_on(pattern: WeeklyPattern, day: date) -> Occurrence:
    """Return the shift of a pattern that begins on a day; one that the spring change swallows has no length."""
    following = day + DAY if pattern.ends <= pattern.starts else day
    return Occurrence(day, instant_of(day, pattern.starts), instant_of(following, pattern.ends))


def occurrences(pattern: WeeklyPattern, first: date, last: date) -> Iterator[Occurrence]:
    """Yield the shifts of a pattern that begin within some days, both included."""
    day = max(first, pattern.effective_from)
    while day <= last:
        if pattern.begins_on(day):
            found = occurrence_on(pattern, day)
            if found.starts_at < found.ends_at:
                yield found
        day += DAY


def _weeks_between(first: date, day: date) -> int:
    return (_monday(day) - _monday(first)).days // 7


def _monday(day: date) -> date:
    return day - timedelta(days=day.weekday())
