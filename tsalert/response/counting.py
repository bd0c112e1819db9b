"""Counting how a period's incidents came out: the share met, the minutes to the scene, and what is told apart. Pure."""

from collections import Counter
from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from decimal import ROUND_HALF_UP, Decimal

from msgspec import Struct

from tsalert.core.clock import whole_seconds
from tsalert.core.words import Word
from tsalert.response.clock import Clock, ClockState, came_out
from tsalert.response.vocabulary import RAPID_RESPONSE_LINES, REPORTED_CATEGORIES, Category, GradeName, Line, Outcome

TOLD_LATE_AFTER = timedelta(minutes=15)
# A share of so few tells more about one household than about the service.
LEAST_FOR_A_SHARE = 5
_STOPPED = frozenset({ClockState.MET, ClockState.LATE})
_MISSED = (ClockState.LATE, ClockState.OVERDUE, ClockState.BREACHED_THEN_ENDED)


class By(Word):
    """What reports are broken down by."""

    SOURCE = "source", "Source"
    WARD = "ward", "Ward"
    HOUR = "hour", "Hour of the first call"
    CATEGORY = "category", "Category"
    TYPE = "type", "Type"


class Stop(Struct, frozen=True):
    """What may have stopped a clock: an officer on scene, or a resolution from afar; and when we were told.

    ``is_corrected`` says that it was told before with another time; why stands on the incident's timeline.
    """

    is_on_scene: bool
    occurred_at: datetime
    recorded_at: datetime
    officer_id: int | None
    is_corrected: bool = False

    @property
    def is_told_late(self) -> bool:
        """True where we were told more than 15 minutes afterwards."""
        return self.recorded_at - self.occurred_at > TOLD_LATE_AFTER


class Run(Struct, frozen=True):
    """One clock of an immediate report; ``stop`` is what stopped it, None where nothing did or nobody can tell."""

    clock: Clock
    has_breach: bool
    end_reason: str | None = None
    stop: Stop | None = None

    @property
    def state(self) -> ClockState:
        """How it came out."""
        return came_out(self.clock, has_breach=self.has_breach)

    @property
    def to_scene(self) -> timedelta | None:
        """How long an officer took to the scene; None where none stopped the clock."""
        if self.clock.stopped_at is None or self.stop is None or not self.stop.is_on_scene:
            return None
        return whole_seconds(self.clock.stopped_at) - whole_seconds(self.clock.started_at)


class CountedIncident(Struct, frozen=True):
    """One incident as figures see it, by its first real call; nothing of the people.

    ``keys`` are the groups that it belongs to; the key is empty where it is not known.
    """

    id: int
    reference: str
    received_at: datetime
    line: Line
    category: Category
    grade: GradeName | None
    outcome: Outcome | None
    was_immediate: bool
    keys: Mapping[By, str]
    runs: tuple[Run, ...] = ()

    @property
    def is_report(self) -> bool:
        """True where it came on the rapid-response number and is of a category that the board counts."""
        return self.line in RAPID_RESPONSE_LINES and self.category in REPORTED_CATEGORIES


class Tally(Struct, frozen=True):
    """How some reports and the clocks of the immediate ones came out.

    Clocks that are past their target with nobody there yet are overdue; those inside it run, and
    count as neither met nor missed. ``to_scene`` holds a length for each clock that an officer on
    scene stopped.
    """

    reports: int
    immediate: int
    states: Counter[ClockState]
    met_after_breach: int
    told_late: int
    to_scene: tuple[timedelta, ...]

    @property
    def counted(self) -> int:
        """The clocks that count for the share: met, late, breached (overdue), and breached then ended."""
        return self.states[ClockState.MET] + sum(self.states[state] for state in _MISSED)

    @property
    def met_percent(self) -> int | None:
        """The share met, as a whole percentage; None under five, where only numbers are told."""
        return percent(self.states[ClockState.MET], self.counted)

    @property
    def stopped(self) -> int:
        """The clocks that somebody stopped, in time or late."""
        return sum(self.states[state] for state in _STOPPED)

    @property
    def told_late_percent(self) -> int | None:
        """The share of the stopped clocks of whose stop we were told more than 15 minutes afterwards."""
        return percent(self.told_late, self.stopped)

    @property
    def median_minutes(self) -> Decimal | None:
        """The middle of the times to the scene; of an even number, the mean of the two in the middle."""
        ranked = sorted(self.to_scene)
        if not ranked:
            return None
        half = len(ranked) // 2
        return minutes(ranked[half] if len(ranked) % 2 else (ranked[half - 1] + ranked[half]) / 2)

    @property
    def p90_minutes(self) -> Decimal | None:
        """The 90th percentile of the times to the scene, by nearest rank.

        It is the shortest time of them that at least nine in ten took at most, so always one
        that somebody took: of ten the ninth, of eleven the tenth.
        """
        ranked = sorted(self.to_scene)
        return minutes(ranked[-(-len(ranked) * 9 // 10) - 1]) if ranked else None


class Group(Struct, frozen=True):
    """The reports of one source, ward, hour, category or type."""

    key: str
    label: str
    tally: Tally


def minutes(length: timedelta) -> Decimal:
    """Return a length in minutes, to one decimal, half-up."""
    return (Decimal(length // timedelta(milliseconds=1)) / 60_000).quantize(Decimal("0.1"), rounding=ROUND_HALF_UP)


def percent(part: int, whole: int) -> int | None:
    """Return a share as a whole percentage, half-up; None where it is of fewer than five."""
    if whole < LEAST_FOR_A_SHARE:
        return None
    return int((Decimal(100 * part) / whole).quantize(Decimal(1), rounding=ROUND_HALF_UP))


def count_up(immediate: Sequence[CountedIncident], *, reports: int) -> Tally:
    """Count how each clock of some immediate reports came out; ``reports`` is how many there are with the others."""
    told = [(run, run.state) for incident in immediate for run in incident.runs]
    stopped = [run for run, state in told if state in _STOPPED]
    return Tally(
        reports=reports,
        immediate=len(immediate),
        states=Counter(state for _, state in told),
        met_after_breach=sum(run.has_breach and state is ClockState.MET for run, state in told),
        told_late=sum(run.stop is not None and run.stop.is_told_late for run in stopped),
        to_scene=tuple(length for run in stopped if (length := run.to_scene) is not None),
    )


def ended_because(immediate: Sequence[CountedIncident]) -> Counter[tuple[ClockState, str]]:
    """Count the clocks that ended with nobody there, by how they came out and why they ended."""
    runs = (run for incident in immediate for run in incident.runs if run.end_reason)
    return Counter((run.state, run.end_reason or "") for run in runs if run.state not in _STOPPED)
