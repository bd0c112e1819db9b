"""Opening a quarter's report, and its next revision after it was published."""

from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy.orm import Session

from tsalert.audit import service as audit
from tsalert.core.actors import Actor, Permission
from tsalert.core.clock import london_date
from tsalert.core.errors import Conflict, RuleViolation
from tsalert.core.periods import Period, quarter_of
from tsalert.db import transaction
from tsalert.quarterly.models import BoardReport
from tsalert.quarterly.queries import revisions_of
from tsalert.quarterly.vocabulary import Ground, Status
from tsalert.reports.comparing import EARLIEST

BOARD = "Safer Communities Partnership Board"
# No board's calendar goes further; a later day is another year that was typed.
_MEETINGS_AHEAD = timedelta(days=731)


def open_report(quarter: Period, *, meeting_on: date | None = None, actor: Actor, now: datetime) -> int:
    """Open the first report of a quarter, which whoever opens it writes; returns its id.

    :raises RuleViolation: it is no quarter, one that has not begun or lies before any records, or no meeting's day.
    :raises Conflict: there is one already.
    """
    actor.require(Permission.WRITE_REPORT)
    require_quarter(quarter, now=now)
    require_meeting(meeting_on, quarter, now=now)
    with transaction() as session:
        if revisions_of(session, quarter):
            raise Conflict(f"There is a report for {quarter.label} already.", legal=["open that report"])
        return add(session, quarter, 1, meeting_on=meeting_on, actor=actor, now=now)


def revise(quarter: Period, reason: str, ground: Ground, *, actor: Actor, now: datetime) -> int:
    """Open the next revision of a published report, with what has come in since; returns its id.

    :param reason: why, in words that the board reads and nobody else.
    :param ground: why, as the public reads it.
    :raises Conflict: it is not published yet.
    """
    actor.require(Permission.WRITE_REPORT)
    with transaction() as session:
        newest = next(iter(revisions_of(session, quarter)), None)
        if newest is None or newest.status != Status.PUBLISHED:
            raise Conflict(f"Only a published report is revised; that of {quarter.label} is not.")
        told: dict[str, Any] = {"board": newest.board, "meeting_on": newest.meeting_on, "why": (reason, ground.label)}
        return add(session, quarter, newest.revision + 1, **told, actor=actor, now=now)


def require_quarter(period: Period, *, now: datetime) -> None:
    """Refuse a report of anything but a quarter that has begun, and of which figures can be read.

    :raises RuleViolation: it is none.
    """
    if period != quarter_of(period.first_day):
        raise RuleViolation("The board's report is of a quarter, such as 2022/23 Q1.", field="quarter")
    if period.first_day > london_date(now):
        raise RuleViolation(f"{period.label} has not begun.", field="quarter")
    if period.first_day < EARLIEST:
        raise RuleViolation(f"Choose a quarter from {quarter_of(EARLIEST).label} on.", field="quarter")


def require_meeting(meeting_on: date | None, quarter: Period, *, now: datetime) -> None:
    """Refuse a day on which no board can meet about a quarter: a slip in its year would be reminded of, or never be.

    :raises RuleViolation: it lies before the quarter, or years ahead.
    """
    if meeting_on is None:
        return
    if meeting_on < quarter.first_day:
        raise RuleViolation(f"The board cannot meet about {quarter.label} before it begins.", field="meeting_on")
    if meeting_on > london_date(now) + _MEETINGS_AHEAD:
        raise RuleViolation("Give a meeting within the next two years.", field="meeting_on")


def add(  # noqa: PLR0913 - what a report begins with
    session: Session,
    quarter: Period,
    revision: int,
    *,
    board: str = BOARD,
    meeting_on: date | None = None,
    why: tuple[str, str] | None = None,
    actor: Actor,
    now: datetime,
) -> int:
    """Add a draft; a step.

    :param why: the reasons of a revision, for the board and for the public.
    """
    row = BoardReport(quarter=quarter.label, first_day=quarter.first_day, last_day=quarter.last_day, revision=revision)
    row.board, row.meeting_on, row.status = board, meeting_on, Status.DRAFT
    row.reason, row.public_reason = why or (None, None)
    row.author_id, row.opened_by, row.opened_at = actor.officer_id, actor.officer_id, now
    session.add(row)
    session.flush()
    audit.record(session, actor, "opened", "board report", row.id, now=now, quarter=quarter.label, revision=revision)
    return row.id
