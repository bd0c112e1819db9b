"""Until when something is given whose last day somebody chose."""

from datetime import date, datetime, timedelta

from tsalert.core.clock import london_date, london_midnight
from tsalert.core.errors import RuleViolation

_LATEST = timedelta(days=3653)


def end_of(last_day: date, *, now: datetime) -> datetime:
    """Return the instant at which something is over whose last day, in London, this is.

    :raises RuleViolation: the day is over, or more than ten years away.
    """
    today = london_date(now)
    if not today <= last_day <= today + _LATEST:
        raise RuleViolation("Choose a day from today to ten years on, or leave this empty.", field="last_day")
    return london_midnight(last_day + timedelta(days=1))
