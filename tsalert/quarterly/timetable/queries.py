"""What is due by the timetable, what it has done, and whom it writes to: all that most of its runs ask."""

from collections.abc import Collection, Sequence
from datetime import date, datetime

from msgspec import Struct
from sqlalchemy import select
from sqlalchemy.orm import Session

from tsalert.audit import queries as audit
from tsalert.core.actors import Permission
from tsalert.core.clock import london_date
from tsalert.core.periods import Period, parse_period
from tsalert.quarterly.models import BoardReport
from tsalert.quarterly.timetable import rules
from tsalert.quarterly.timetable.models import BoardReminder, SummaryLeave
from tsalert.quarterly.timetable.rules import Meeting, Point
from tsalert.quarterly.vocabulary import Status
from tsalert.staff import queries as staff
from tsalert.staff.queries import Person

_LISTED = 60


class OpenReport(Struct, frozen=True):
    """A report on its way, without what it says."""

    quarter: Period
    revision: int
    status: Status
    meeting_on: date | None


def first_day_of_records(session: Session) -> date | None:
    """Return the day on which this installation entered anything first; None before that."""
    first = audit.first_at(session)
    return london_date(first) if first else None


def open_reports(session: Session) -> list[OpenReport]:
    """Return the reports that are not published yet, the latest quarter first."""
    columns = (BoardReport.quarter, BoardReport.revision, BoardReport.status, BoardReport.meeting_on)
    query = select(*columns).where(BoardReport.status != Status.PUBLISHED).order_by(BoardReport.first_day.desc())
    return [
        OpenReport(parse_period(quarter), revision, Status.of(status), meeting_on)
        for quarter, revision, status, meeting_on in session.execute(query)
    ]


def find_open(session: Session, quarter: Period) -> OpenReport | None:
    """Return the report of a quarter that is not published yet, or None."""
    return next((each for each in open_reports(session) if each.quarter == quarter), None)


def unopened(session: Session, now: datetime) -> list[Period]:
    """Return the quarters whose report should be open by now and was never opened, the earliest first."""
    since = first_day_of_records(session)
    due = rules.quarters_to_open(now, since) if since else ()
    days = [quarter.first_day for quarter in due]
    known = set(session.scalars(select(BoardReport.first_day).where(BoardReport.first_day.in_(days))))
    return [quarter for quarter in due if quarter.first_day not in known]


def pending(session: Session, now: datetime) -> list[Point]:
    """Return what has come and was not done."""
    since = first_day_of_records(session)
    due = rules.due_points(now, since, meetings(session)) if since else ()
    return [point for point in due if not was_done(session, point)]


def ahead(session: Session, first: date, last: date) -> tuple[Point, ...]:
    """Return what comes from one day to another, as far as it is known."""
    since = first_day_of_records(session)
    return rules.points_between(first, last, since, meetings(session)) if since else ()


def meetings(session: Session) -> list[Meeting]:
    """Return the meetings to which reports on their way go."""
    return [Meeting(each.quarter, each.meeting_on) for each in open_reports(session) if each.meeting_on]


def was_done(session: Session, point: Point) -> bool:
    """Tell whether something came already."""
    return session.get(BoardReminder, (point.kind.value, point.about.first_day, point.about_on)) is not None


def reminders(session: Session) -> Sequence[BoardReminder]:
    """Return what was done, the newest first."""
    return session.scalars(
        select(BoardReminder).order_by(BoardReminder.sent_at.desc(), BoardReminder.first_day.desc()).limit(_LISTED)
    ).all()


def writers(session: Session) -> Collection[Person]:
    """Return the officers who write the report."""
    return staff.officers_who_may(session, {Permission.WRITE_REPORT})


def readers_of_summary(session: Session) -> Collection[Person]:
    """Return the managers who get the monthly summary."""
    gone = set(session.scalars(select(SummaryLeave.officer_id)))
    return [each for each in staff.officers_who_may(session, {Permission.SIGN_REPORT}) if each.id not in gone]


def gets_summary(session: Session, officer_id: int | None) -> bool:
    """Tell whether a manager has not left the monthly summary."""
    return officer_id is not None and session.get(SummaryLeave, officer_id) is None
