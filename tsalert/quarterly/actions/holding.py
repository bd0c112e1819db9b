"""From which quarter a change of actions or words may hold: what a board has read stays as it read it."""

from datetime import date, datetime, timedelta

from sqlalchemy.orm import Session

from tsalert.core.clock import london_date
from tsalert.core.errors import RuleViolation
from tsalert.core.periods import Period, quarter_of
from tsalert.db import take_turns
from tsalert.quarterly.queries import revisions_of
from tsalert.quarterly.vocabulary import Status

_FIRST_REAL = date(1950, 1, 1)  # what came with the service holds from long before any report
_CHOICES = 6
_LOCK_NUMBER = 38_0003


def set_in_turn(session: Session) -> None:
    """Let one person at a time set actions or words, which are held against all the others; a step."""
    take_turns(session, _LOCK_NUMBER)


def quarter_before(quarter: Period) -> Period:
    """Return the quarter before one."""
    return quarter_of(quarter.first_day - timedelta(days=1))


def begins(first_day: date) -> str:
    """Say in words from which quarter something holds."""
    return quarter_of(first_day).label if first_day >= _FIRST_REAL else "The beginning"


def running(now: datetime) -> Period:
    """Return the quarter that runs."""
    return quarter_of(london_date(now))


def is_published(session: Session, quarter: Period) -> bool:
    """Tell whether a report of a quarter was ever published."""
    return any(each.status == Status.PUBLISHED for each in revisions_of(session, quarter))


def earliest(session: Session, *, now: datetime) -> Period:
    """Return the first quarter that a change may hold from.

    That is the last one that is over, whose report is written now, or the one that runs once that was published.
    """
    over = quarter_before(running(now))
    return running(now) if is_published(session, over) else over


def choices(session: Session, *, now: datetime) -> list[tuple[str, str]]:
    """Return (label, words) of the quarters from which a change may hold, the one that runs left out."""
    found = [earliest(session, now=now)]
    while len(found) < _CHOICES:
        found.append(quarter_of(found[-1].last_day + timedelta(days=1)))
    return [(each.label, f"{each.label}, {each.prose}") for each in found if each != running(now)]


def first_day_of(session: Session, quarter: Period | None, *, now: datetime) -> date:
    """Return the day from which a change holds, by default that of the quarter that runs.

    :raises RuleViolation: it is no quarter, or an older one, which keeps what it had.
    """
    wanted = quarter or running(now)
    require_quarter(wanted)
    if wanted.first_day < earliest(session, now=now).first_day:
        raise RuleViolation(
            f"{wanted.label} keeps what it had. Give {earliest(session, now=now).label} or a later quarter.",
            field="quarter",
        )
    return wanted.first_day


def require_quarter(period: Period) -> None:
    """Refuse what is no quarter.

    :raises RuleViolation: it is none.
    """
    if period != quarter_of(period.first_day):
        raise RuleViolation("Give a quarter, like 2022/23 Q1.", field="quarter")
