"""The timetable as a page or the API shows it: what comes, what was sent, what partners owe."""

from collections.abc import Sequence
from datetime import date, datetime, timedelta

from msgspec import Struct
from sqlalchemy.orm import Session

from tsalert.core.actors import Actor, Permission
from tsalert.core.clock import london_date
from tsalert.core.periods import Period
from tsalert.quarterly.timetable import lacking, queries, rules
from tsalert.quarterly.timetable.lacking import Owed
from tsalert.quarterly.timetable.models import BoardReminder
from tsalert.quarterly.timetable.rules import Point
from tsalert.quarterly.timetable.vocabulary import Kind

AHEAD = timedelta(days=365)


class Sent(Struct, frozen=True):
    """Something that came; ``meeting_on`` where it reminded of a meeting."""

    kind: Kind
    about: Period
    meeting_on: date | None
    recipients: int
    sent_at: datetime


class Shown(Struct, frozen=True):
    """The next twelve months, what was sent last, and whose figures are missing after last month.

    :param gets_summary: whether the reader gets the monthly summary; ``may_choose`` whether that is theirs to say.
    """

    ahead: Sequence[Point]
    sent: Sequence[Sent]
    missing_from_partners: Sequence[Owed]
    gets_summary: bool
    may_choose: bool


def show(session: Session, actor: Actor, *, now: datetime) -> Shown:
    """Return the timetable as somebody reads it now."""
    today = london_date(now)
    may_choose = actor.may(Permission.SIGN_REPORT)
    coming = queries.ahead(session, today, today + AHEAD)
    return Shown(
        [point for point in coming if point.due_at > now or not queries.was_done(session, point)],
        [_sent(each) for each in queries.reminders(session)],
        lacking.owed_by_partners(session, rules.month_before(today)),
        gets_summary=may_choose and queries.gets_summary(session, actor.officer_id),
        may_choose=may_choose,
    )


def _sent(row: BoardReminder) -> Sent:
    kind = Kind.of(row.kind)
    meeting_on = row.about_on if row.about_on != row.first_day else None
    return Sent(kind, rules.period_of(kind, row.first_day), meeting_on, row.recipients, row.sent_at)
