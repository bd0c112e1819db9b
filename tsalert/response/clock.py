"""The two-hour clock: one pure reading that board, page, API and figures share. It never pauses."""

from collections import Counter
from collections.abc import Iterable
from datetime import datetime, timedelta
from enum import StrEnum

from msgspec import Struct

from tsalert.core.clock import whole_seconds
from tsalert.core.errors import RuleViolation

AMBER, RED = timedelta(minutes=30), timedelta(minutes=10)


class ClockState(StrEnum):
    """How an incident stands against its target."""

    NO_TARGET = "no target"
    RUNNING = "running"
    OVERDUE = "overdue"
    MET = "met"
    LATE = "late"
    NOT_APPLICABLE = "not applicable"
    BREACHED_THEN_ENDED = "breached then ended"


class Clock(Struct, frozen=True):
    """What a clock is made of; the target was copied from the grade when it was given."""

    started_at: datetime
    target: timedelta | None
    stopped_at: datetime | None = None
    ended_at: datetime | None = None


class Reading(Struct, frozen=True):
    """One reading of a clock; ``remaining`` is negative once the target has passed."""

    state: ClockState
    due_at: datetime | None = None
    remaining: timedelta | None = None

    @property
    def urgency(self) -> str:
        """The state as a board shows it: a running clock turns ``amber``, then ``red``, as its end comes near."""
        if self.state is not ClockState.RUNNING or self.remaining is None or self.remaining > AMBER:
            return self.state
        return "red" if self.remaining <= RED else "amber"

    @property
    def counts_down(self) -> bool:
        """True while somebody still waits."""
        return self.state in {ClockState.RUNNING, ClockState.OVERDUE}


def read_clock(clock: Clock, now: datetime) -> Reading:
    """Say how an incident stands against its target; a stop in exactly the due second meets it.

    Every time is cut to its whole UTC second first, so the nights on which the clocks change
    neither lengthen nor shorten the wait. An end without a stop (stood down, handed over) never
    undoes a breach.

    :raises RuleViolation: a time has no zone, or the clock is stopped, ended or read before it starts.

    Source: Community Safety Partnership Strategy 2020-23, priority 4 (two-hour response).
    """
    if clock.target is None:
        return Reading(ClockState.NO_TARGET)
    started = whole_seconds(clock.started_at)
    at, how = _last_instant(clock, now)
    if at < started:
        raise RuleViolation("A clock cannot be stopped or read before it starts.")
    due = started + clock.target
    return Reading(_STATES[how, at <= due], due, due - at)


def next_turn(clock: Clock, now: datetime) -> datetime | None:
    """Return when a clock next changes its urgency by itself; None where it never will again."""
    if clock.target is None or clock.stopped_at is not None or clock.ended_at is not None:
        return None
    due = whole_seconds(clock.started_at) + clock.target
    turns = (due - AMBER, due - RED, due + timedelta(seconds=1))
    return min((turn for turn in turns if turn > now), default=None)


def is_breached(clock: Clock, now: datetime) -> bool:
    """Tell whether the target passed with nobody there, which is then a fact for good."""
    return read_clock(clock, now).state in BREACHED


def stop_already_made(started_at: datetime, visits: Iterable[tuple[datetime, datetime | None]]) -> datetime | None:
    """Return when visits that are already known stop a clock that is only now set going.

    An officer who is there when the clock starts stops it at once; one who came later, when
    they came; one who had left before it started, not at all.

    :param visits: (on scene, cleared) of each officer who has been there.
    """
    start = whole_seconds(started_at)
    return min(
        (max(start, whole_seconds(came)) for came, left in visits if not _was_over(came, left, start)), default=None
    )


def first_stop(
    clock: Clock,
    visits: Iterable[tuple[datetime, datetime | None]],
    resolutions: Iterable[datetime],
    *,
    is_reopened: bool,
) -> datetime | None:
    """Return when a clock stops by all that is held now, whatever was held before; None where nothing stops it.

    :param visits: (on scene, cleared) of each officer who has been there.
    :param resolutions: when each resolution without a visit came that stopped this clock.
    :param is_reopened: it was set going by reopening, so that no visit from before counts.
    """
    start = whole_seconds(clock.started_at)
    counted = [(came, left) for came, left in visits if not is_reopened or whole_seconds(came) >= start]
    by_visit = stop_already_made(start, counted)
    stops = [] if by_visit is None else [by_visit]
    stops += [max(start, whole_seconds(at)) for at in resolutions]
    ended = whole_seconds(clock.ended_at) if clock.ended_at else None
    return min((stop for stop in stops if ended is None or stop <= ended), default=None)


class ResponseFigures(Struct, frozen=True):
    """A period's reports, and how the clocks of its immediate ones came out.

    ``running`` are inside their target still, ``overdue`` past it with nobody there yet: neither
    is counted as met or not until it stops or ends. ``met_after_breach`` are those of ``met`` whose
    arrival was told only after the target had passed; their breach stays on record.
    """

    reports: int
    immediate: int
    met: int
    late: int
    breached_then_ended: int
    not_applicable: int
    running: int
    overdue: int
    met_after_breach: int


def came_out(clock: Clock, *, has_breach: bool) -> ClockState:
    """Return how a clock came out, for figures.

    One that nobody has stopped or ended is told by its breach and not by the time of reading, so
    that figures are the same at whatever hour they are worked out.
    """
    state = read_clock(clock, clock.started_at).state
    return ClockState.OVERDUE if state is ClockState.RUNNING and has_breach else state


def tally(clocks: Iterable[tuple[Clock, bool]], *, reports: int, immediate: int) -> ResponseFigures:
    """Count how clocks came out; each comes with whether a breach of it is on record."""
    found: Counter[ClockState] = Counter()
    met_after_breach = 0
    for clock, has_breach in clocks:
        state = came_out(clock, has_breach=has_breach)
        found[state] += 1
        met_after_breach += state is ClockState.MET and has_breach
    return ResponseFigures(
        reports=reports,
        immediate=immediate,
        met=found[ClockState.MET],
        late=found[ClockState.LATE],
        breached_then_ended=found[ClockState.BREACHED_THEN_ENDED],
        not_applicable=found[ClockState.NOT_APPLICABLE],
        running=found[ClockState.RUNNING],
        overdue=found[ClockState.OVERDUE],
        met_after_breach=met_after_breach,
    )


def _was_over(came: datetime, left: datetime | None, start: datetime) -> bool:
    return whole_seconds(came) < start and left is not None and whole_seconds(left) <= start


def _last_instant(clock: Clock, now: datetime) -> tuple[datetime, str]:
    """Return when the clock stopped, ended or is read, whichever applies, and which it was."""
    stopped = whole_seconds(clock.stopped_at) if clock.stopped_at else None
    ended = whole_seconds(clock.ended_at) if clock.ended_at else None
    if stopped and (ended is None or stopped <= ended):
        return stopped, "stopped"
    if ended:
        return ended, "ended"
    return whole_seconds(now), "read"


_STATES = {
    ("stopped", True): ClockState.MET,
    ("stopped", False): ClockState.LATE,
    ("ended", True): ClockState.NOT_APPLICABLE,
    ("ended", False): ClockState.BREACHED_THEN_ENDED,
    ("read", True): ClockState.RUNNING,
    ("read", False): ClockState.OVERDUE,
}
BREACHED = frozenset({ClockState.OVERDUE, ClockState.LATE, ClockState.BREACHED_THEN_ENDED})
