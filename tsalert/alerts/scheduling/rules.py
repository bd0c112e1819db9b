"""For when an alert may be approved, and when it is too late to start it without asking. Pure."""

from datetime import datetime, timedelta
from enum import StrEnum

from tsalert.core.clock import as_utc
from tsalert.core.errors import RuleViolation

MOST_DAYS = 30
# What was right at its hour may be wrong when a worker comes back to life.
LATE_AFTER = timedelta(minutes=30)


class ScheduleState(StrEnum):
    """What became of an approval for a moment to come; one that waits or is held still stands."""

    WAITING = "waiting"
    HELD = "held"
    STARTED = "started"
    CALLED_OFF = "called_off"


STANDING = (ScheduleState.WAITING, ScheduleState.HELD)


def check_start(starts_at: datetime, expires_at: datetime, now: datetime) -> None:
    """Refuse a start that has passed, lies too far ahead, or comes when the alert has ended.

    :raises RuleViolation: naming the field.
    """
    ahead = as_utc(starts_at) - as_utc(now)
    if ahead <= timedelta(0):
        raise RuleViolation("Choose a time that is still to come.", field="starts_at")
    if ahead > timedelta(days=MOST_DAYS):
        raise RuleViolation(f"Choose a time within {MOST_DAYS} days.", field="starts_at")
    if as_utc(starts_at) >= as_utc(expires_at):
        raise RuleViolation("The alert ends before that. Choose an earlier time.", field="starts_at")


def why_too_late(starts_at: datetime, expires_at: datetime, now: datetime) -> str | None:
    """Return why an alert must not start by itself any more; None while it may."""
    if as_utc(now) >= as_utc(expires_at):
        return "The alert had ended before it could start."
    late = as_utc(now) - as_utc(starts_at)
    if late >= LATE_AFTER:
        return f"It would have started {late // timedelta(minutes=1):,} minutes late."
    return None
