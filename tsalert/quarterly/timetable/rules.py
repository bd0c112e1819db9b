"""What comes when: every day of the timetable, worked out from quarters, months and meetings. Pure."""

from collections.abc import Iterable, Iterator
from datetime import date, datetime, time, timedelta

from msgspec import Struct

from tsalert.core.clock import as_utc, from_london_wall, london_date
from tsalert.core.periods import Period, month, quarter_of
from tsalert.core.working_days import nth_working_day, working_days_before
from tsalert.quarterly.timetable.vocabulary import Kind

FROM = time(8)
# Nobody wants the draft of a quarter that the board passed over a year ago.
QUARTERS_BACK = 4
PARTNERS_ON = 5  # the working day of the month
_DAY = timedelta(days=1)
_OF_MONTHS = frozenset({Kind.SUMMARY, Kind.PARTNER_DATA})
_REMINDED_AHEAD = {Kind.FIVE_DAYS: 5, Kind.DAY_BEFORE: 1}


class Point(Struct, frozen=True):
    """One thing that comes on a day.

    :param about: the quarter or month that it tells of.
    :param about_on: the meeting that it reminds of, else the first day of what it tells of; with the kind and the
        period it says whether this was done, so that a meeting on another day is reminded of anew.
    :param until: the last day on which it still comes, where it is late; None for any.
    """

    kind: Kind
    about: Period
    due_on: date
    about_on: date
    until: date | None = None

    @property
    def due_at(self) -> datetime:
        """The instant from which it comes."""
        return from_london_wall(datetime.combine(self.due_on, FROM))

    def is_due(self, now: datetime) -> bool:
        """Tell whether it comes now: its hour has come, and it is not too late for it."""
        return self.due_at <= as_utc(now) and (self.until is None or london_date(now) <= self.until)


class Meeting(Struct, frozen=True):
    """A meeting of the board to which a report goes that is not published yet."""

    quarter: Period
    on: date


def period_of(kind: Kind, first_day: date) -> Period:
    """Return the month or quarter that begins on a day, whichever a kind tells of."""
    return month(first_day.year, first_day.month) if kind in _OF_MONTHS else quarter_of(first_day)


def quarter_points(quarter: Period) -> tuple[Point, ...]:
    """Return what comes on the first working day after a quarter."""
    kinds = [Kind.OPENED]
    if quarter.label.endswith("Q1"):
        kinds.append(Kind.SUBSTANTIVE_ITEM)
    if quarter.label.endswith("Q4"):
        kinds.append(Kind.YEAR_END)
    opens_on = nth_working_day(quarter.last_day + _DAY, 1)
    return tuple(Point(kind, quarter, opens_on, quarter.first_day) for kind in kinds)


def month_points(told: Period) -> tuple[Point, ...]:
    """Return what comes in the month after a month; late it comes until that one ends."""
    first = told.last_day + _DAY
    until = month(first.year, first.month).last_day
    days = ((Kind.SUMMARY, 1), (Kind.PARTNER_DATA, PARTNERS_ON))
    return tuple(Point(kind, told, nth_working_day(first, number), told.first_day, until) for kind, number in days)


def meeting_points(meeting: Meeting) -> tuple[Point, ...]:
    """Return the reminders of a meeting; the first gives way to the second, and none comes once the day is there."""
    due = {kind: working_days_before(meeting.on, ahead) for kind, ahead in _REMINDED_AHEAD.items()}
    last = {Kind.FIVE_DAYS: due[Kind.DAY_BEFORE] - _DAY, Kind.DAY_BEFORE: meeting.on - _DAY}
    return tuple(Point(kind, meeting.quarter, on, meeting.on, last[kind]) for kind, on in due.items())


def quarters_to_open(now: datetime, since: date) -> tuple[Period, ...]:
    """Return the quarters whose report should be open by now, the earliest first.

    :param since: the day of the installation's first record; a quarter that was over by then has no report.
    """
    back = reversed(list(_quarters_back_from(london_date(now))))
    return tuple(each for each in back if each.last_day >= since and quarter_points(each)[0].is_due(now))


def due_points(now: datetime, since: date, meetings: Iterable[Meeting]) -> tuple[Point, ...]:
    """Return everything that has come and is not too late, done or not."""
    told = month_before(london_date(now))
    points = [point for quarter in quarters_to_open(now, since) for point in quarter_points(quarter)]
    points += (point for meeting in meetings for point in meeting_points(meeting))
    points += month_points(told) if told.last_day >= since else ()
    return tuple(point for point in points if point.is_due(now))


def points_between(first: date, last: date, since: date, meetings: Iterable[Meeting]) -> tuple[Point, ...]:
    """Return everything that comes from one day to another, in its order."""
    months = list(_months(month_before(first - 10 * _DAY), last))
    quarters = dict.fromkeys(quarter_of(each.first_day) for each in months)
    points = [point for each in months for point in month_points(each)]
    points += (point for quarter in quarters for point in quarter_points(quarter))
    points += (point for meeting in meetings for point in meeting_points(meeting))
    kept = (each for each in points if first <= each.due_on <= last and each.about.last_day >= since)
    return tuple(sorted(kept, key=lambda point: (point.due_on, list(Kind).index(point.kind))))


def month_before(day: date) -> Period:
    """Return the month before a day's."""
    last = day.replace(day=1) - _DAY
    return month(last.year, last.month)


def figures_owed(given: Iterable[Period], told: Period) -> Period | None:
    """Return of which period a partner's figures are missing once a month is over; None where none is.

    Who ever gave figures of a month gives them each month, everybody else each quarter. Those of a longer time that
    ends on the same day, such as four quarters, do as well.
    """
    known = set(given)
    is_monthly = any(each == month(each.first_day.year, each.first_day.month) for each in known)
    owed = told if is_monthly else _last_quarter(told.last_day)
    return None if any(each.last_day == owed.last_day for each in known) else owed


def _last_quarter(day: date) -> Period:
    """Return the last quarter that is over at the end of a day."""
    running = quarter_of(day)
    return running if running.last_day == day else quarter_of(running.first_day - _DAY)


def _quarters_back_from(day: date) -> Iterator[Period]:
    found = quarter_of(day)
    for _ in range(QUARTERS_BACK):
        found = quarter_of(found.first_day - _DAY)
        yield found


def _months(first: Period, last: date) -> Iterator[Period]:
    found = first
    while found.first_day <= last:
        yield found
        following = found.last_day + _DAY
        found = month(following.year, following.month)
