"""Which job of the timetable goes well, and how little room is too little. Pure."""

from datetime import datetime, timedelta

from msgspec import Struct

from tsalert.core.clock import as_utc
from tsalert.core.words import Word

# One failure mends itself more often than not; a database that is started again fails several jobs at once.
FAILS_AT_MOST = timedelta(minutes=15)
# What a worker knows of its jobs is written down every 20 seconds; a pause of a minute is no news.
_LATE_BY = timedelta(minutes=3)
_RUNS_AT_MOST = timedelta(minutes=10)
SHORT_OF_ROOM = 1024**3
BACKUP_LASTS = timedelta(hours=48)


class JobState(Word):
    """How a job of the timetable stands."""

    WAITING = "waiting", "Has not run yet"
    RUNNING = "running", "Running"
    DONE = "done", "Done"
    FAILED = "failed", "Failed"
    STUCK = "stuck", "Runs too long"
    LATE = "late", "Late"


class Job(Struct, frozen=True):
    """One entry of the timetable and how its last run went, as it stands at ``read_at``.

    :param every: the time between two runs.
    :param seconds: how long the last run took.
    :param fault: the kind of its error, None where it went well.
    :param failed_since: when it failed first since it last went well.
    :param running_since: when the run began that has not ended.
    """

    name: str
    every: timedelta
    started_at: datetime | None
    seconds: float | None
    fault: str | None
    failed_since: datetime | None
    running_since: datetime | None
    runs: int
    failures: int
    read_at: datetime

    @property
    def next_at(self) -> datetime | None:
        """When it runs next; None where it never ran."""
        return None if self.started_at is None else self.started_at + self.every

    @property
    def state(self) -> JobState:
        """How it stands."""
        if self.running_since is not None:
            is_stuck = as_utc(self.read_at) - self.running_since > max(_RUNS_AT_MOST, 3 * self.every)
            return JobState.STUCK if is_stuck else JobState.RUNNING
        if self.next_at is None:
            return JobState.WAITING
        if as_utc(self.read_at) - self.next_at > max(_LATE_BY, 2 * self.every):
            return JobState.LATE
        return JobState.FAILED if self.fault else JobState.DONE

    @property
    def is_alarming(self) -> bool:
        """Whether somebody should look at it: it hangs, or has gone on failing for a while."""
        if self.state is JobState.STUCK:
            return True
        return self.failed_since is not None and as_utc(self.read_at) - self.failed_since > FAILS_AT_MOST


class Room(Struct, frozen=True):
    """How much room is left where something lies, in bytes."""

    what: str
    free: int
    whole: int

    @property
    def is_short(self) -> bool:
        """True where it will be full soon."""
        return self.free < SHORT_OF_ROOM


def is_old(backup_at: datetime | None, *, now: datetime) -> bool:
    """Tell whether the last backup that is known of is too old; where none is known, others may make them."""
    return backup_at is not None and as_utc(now) - backup_at > BACKUP_LASTS


def in_bytes(size: int) -> str:
    """Write a size in words: ``512 MB``, ``3.4 GB``."""
    for unit, name in ((1024**3, "GB"), (1024**2, "MB"), (1024, "kB")):
        if size >= unit:
            return f"{size / unit:,.1f} {name}" if unit == 1024**3 else f"{size / unit:,.0f} {name}"
    return f"{size} bytes"
