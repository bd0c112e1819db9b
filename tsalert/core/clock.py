"""The only reader of the system clock, and the conversions between UTC and London."""

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from tsalert.core.errors import RuleViolation

LONDON = ZoneInfo("Europe/London")


def utc_now() -> datetime:
    """Return the present instant in UTC, to the microsecond."""
    return datetime.now(UTC)


def as_utc(moment: datetime) -> datetime:
    """Return the same instant in UTC, where arithmetic and comparison are safe.

    Two times that share the London zone are compared by clock face, which is an hour wrong on
    two nights a year, so every rule converts first.

    :raises RuleViolation: the time has no zone, so the instant is unknown.
    """
    if moment.utcoffset() is None:
        raise RuleViolation("A time must carry its time zone.")
    return moment.astimezone(UTC)


def whole_seconds(moment: datetime) -> datetime:
    """Return the instant in UTC with the fraction of its second cut off."""
    return as_utc(moment).replace(microsecond=0)


def in_london(moment: datetime) -> datetime:
    """Return the same instant as London's clocks show it."""
    return as_utc(moment).astimezone(LONDON)


def london_date(moment: datetime) -> date:
    """Return the calendar day in London on which an instant falls."""
    return in_london(moment).date()


def london_midnight(day: date) -> datetime:
    """Return the instant, in UTC, at which a London calendar day begins."""
    return datetime.combine(day, time.min, LONDON).astimezone(UTC)


def london_offsets(first: datetime, last: datetime) -> list[tuple[datetime, timedelta]]:
    """Return how far London's clocks are ahead of UTC at ``first`` and after each change up to ``last``, and when.

    London's clocks change on whole hours of UTC.
    """
    found = [(as_utc(first), _ahead(first))]
    hour = as_utc(first).replace(minute=0, second=0, microsecond=0)
    while hour < as_utc(last):
        step = timedelta(hours=1) if _ahead(hour + timedelta(days=1)) != found[-1][1] else timedelta(days=1)
        hour += step
        if _ahead(hour) != found[-1][1]:
            found.append((hour, _ahead(hour)))
    return found


def _ahead(moment: datetime) -> timedelta:
    return in_london(moment).utcoffset() or timedelta(0)


def comes_twice(wall: datetime) -> bool:
    """Tell whether London's clocks show a time twice, because they go back over it."""
    first, second = (wall.replace(tzinfo=LONDON, fold=fold).utcoffset() for fold in (0, 1))
    return first is not None and second is not None and first > second


def from_london_wall(wall: datetime, *, is_second: bool = False) -> datetime:
    """Return the instant meant by a London wall-clock time, such as a form's ``2026-11-22T03:15``.

    :param is_second: of an hour that comes twice in autumn, the second passing is meant and not the first.
    :raises RuleViolation: the wall time was skipped by the spring clock change.
    """
    moment = wall.replace(tzinfo=LONDON, fold=int(is_second and comes_twice(wall))).astimezone(UTC)
    if moment.astimezone(LONDON).replace(tzinfo=None, fold=0) != wall.replace(tzinfo=None, fold=0):
        raise RuleViolation("That time does not exist: the clocks went forward over it.")
    return moment
