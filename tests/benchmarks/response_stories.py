"""How one invented incident went: its grades, clocks, breaches, attendances and milestones as rows."""

from datetime import UTC, datetime
from random import Random

from msgspec import Struct

from tests.benchmarks.bulk import Bulk

COLUMNS = {
    "grading": ("id", "incident_id", "grade_id", "proposed", "basis", "facts_at", "graded_by", "graded_at"),
    "incident_clock": (
        "id", "incident_id", "number", "grade_id", "basis", "target_seconds", "started_at", "due_at", "stopped_at",
        "ended_at", "end_reason",
    ),
    "breach": ("id", "clock_id", "due_at", "recorded_at"),
    "attendance": ("id", "incident_id", "officer_id", "en_route_at", "on_scene_at", "cleared_at"),
    "milestone": ("id", "incident_id", "attendance_id", "step", "occurred_at", "recorded_at", "recorded_by", "source"),
}  # fmt: skip
TARGET = 2 * 60 * 60
GRADES = ("immediate", "prompt", "appointment", "none")
_GRADE_WEIGHTS = (20, 25, 20, 35)
ENDINGS = ("in time", "late", "told later", "remote", "stood down", "handed over", "breached then ended")
_ENDING_WEIGHTS = (64, 10, 3, 6, 8, 5, 4)
OUTCOMES = ("payment_stopped", "trader_sent_away", "advice_given", "under_investigation", "passed_on", "nothing_found")
_DAY = 86_400
_CLOCK_FACE = tuple(f"{s // 3600:02}:{s // 60 % 60:02}:{s % 60:02}.000000" for s in range(_DAY))
_DATES: dict[int, str] = {}


def stamp(second: int) -> str:
    """Write a second since 1970 as the databases keep an instant."""
    day, rest = divmod(second, _DAY)
    if day not in _DATES:
        _DATES[day] = f"{datetime.fromtimestamp(day * _DAY, UTC):%Y-%m-%d}"
    return f"{_DATES[day]} {_CLOCK_FACE[rest]}"


class Told(Struct, frozen=True):
    """An incident as its first call gave it; ``at`` and every other time is in seconds since 1970."""

    incident_id: int
    at: int
    recorded_at: int
    officer_id: int


class Stories:
    """Writes what became of incidents; it numbers its rows itself."""

    def __init__(self, bulk: Bulk, rng: Random, grade_ids: dict[str, int], *, until: int) -> None:
        self._bulk = bulk
        self._rng = rng
        self._grade_ids = grade_ids
        self._until = until
        self._last = dict.fromkeys(COLUMNS, 0)

    def finished(self, told: Told) -> tuple[str, int, str, int]:
        """Tell an incident to its end; returns its grade, outcome and when it was closed."""
        rng = self._rng
        grade = rng.choices(GRADES, _GRADE_WEIGHTS)[0]
        self.graded(told, grade)
        if grade == "immediate":
            left = self._raced(told, rng.choices(ENDINGS, _ENDING_WEIGHTS)[0])
        elif grade == "none":
            left = told.recorded_at + rng.randrange(60, 3600)
        else:
            left = self._visited(told, told.at + rng.randrange(4, 72) * 3600, cleared=True)
        closed = min(left + rng.randrange(600, 3 * _DAY), self._until)
        self._milestone(told, "outcome_recorded", closed - 60)
        self._milestone(told, "closed", closed)
        return grade, self._grade_ids[grade], rng.choice(OUTCOMES), closed

    def open(self, told: Told, place: float) -> tuple[str, int | None]:
        """Leave an incident open, as far as its place among the newest (0 to 1) has it; returns its state and grade.

        The newest wait inside their two hours; then come those overdue, those with an officer on scene, those that
        want an outcome, those to be visited by appointment, and those that nobody has graded.
        """
        if place >= 0.9:
            return "received", None
        grade = "immediate" if place < 0.7 else "prompt"
        self.graded(told, grade)
        state = "triaged"
        if place < 0.16:
            clock_id = self._clock(told, stopped=None, ended=None)
            if told.at + TARGET < self._until:
                self._breach(told, clock_id)
            if self._rng.random() < 0.5:
                self._visit(told, told.recorded_at + 300, None, None)
                state = "en_route"
        elif place < 0.7:
            there = told.at + self._rng.randrange(1800, TARGET)
            self._clock(told, stopped=there, ended=None)
            state = "on_scene" if place < 0.4 else "cleared"
            self._visit(told, there - 1200, there, there + 1800 if state == "cleared" else None)
        return state, self._grade_ids[grade]

    def graded(self, told: Told, grade: str) -> None:
        """Write the decision on an incident's grade."""
        at = stamp(told.recorded_at)
        row = (self._id("grading"), told.incident_id, self._grade_ids[grade], grade, "first_call", None)
        self._bulk.add("grading", (*row, told.officer_id, at))

    def _raced(self, told: Told, ending: str) -> int:
        """Tell a race against the two hours; returns when it was over."""
        rng = self._rng
        inside, outside = told.at + rng.randrange(1200, TARGET + 1), told.at + TARGET + rng.randrange(1, 5400)
        inside = max(inside, told.recorded_at)
        if ending in {"in time", "late", "told later"}:
            there = outside if ending == "late" or inside > told.at + TARGET else inside
            clock_id = self._clock(told, stopped=there, ended=None)
            if ending == "told later" or there == outside:
                self._breach(told, clock_id)
            lag = TARGET if ending == "told later" else rng.choice((0, 5, 30, 60, 1200))
            return self._visit(told, there - rng.randrange(600, 1200), there, there + rng.randrange(900, 7200), lag=lag)
        if ending == "remote":
            self._clock(told, stopped=inside, ended=None)
            self._milestone(told, "resolved_remotely", inside)
            return inside
        over = outside if ending == "breached then ended" else inside
        reason = "handed_over" if ending == "handed over" else rng.choice(("withdrawn", "trader_gone", "no_offence"))
        clock_id = self._clock(told, stopped=None, ended=(over, reason))
        if over > told.at + TARGET:
            self._breach(told, clock_id)
        self._milestone(told, "handed_over" if reason == "handed_over" else "stood_down", over)
        return over

    def _visited(self, told: Told, there: int, *, cleared: bool) -> int:
        return self._visit(told, there - 1500, there, there + self._rng.randrange(900, 7200))

    def _visit(self, told: Told, set_out: int, there: int | None, left: int | None, *, lag: int = 20) -> int:
        """Write one officer's visit with its milestones; returns the last second of it that is known."""
        set_out = max(set_out, told.at)
        visit_id = self._id("attendance")
        times = [None if each is None else stamp(each) for each in (set_out, there, left)]
        self._bulk.add("attendance", (visit_id, told.incident_id, told.officer_id, *times))
        self._milestone(told, "en_route", set_out, visit_id)
        if there is not None:
            self._milestone(told, "on_scene", there, visit_id, lag=lag)
        if left is not None:
            self._milestone(told, "cleared", left, visit_id)
        return left or there or set_out

    def _milestone(self, told: Told, step: str, at: int, visit_id: int | None = None, *, lag: int = 20) -> None:
        row = (self._id("milestone"), told.incident_id, visit_id, step, stamp(at), stamp(at + lag))
        self._bulk.add("milestone", (*row, told.officer_id, "page"))

    def _clock(self, told: Told, *, stopped: int | None, ended: tuple[int, str] | None) -> int:
        clock_id = self._id("incident_clock")
        head = (clock_id, told.incident_id, 1, self._grade_ids["immediate"], "first_call", TARGET)
        times = (stamp(told.at), stamp(told.at + TARGET), None if stopped is None else stamp(stopped))
        end = (None, None) if ended is None else (stamp(ended[0]), ended[1])
        self._bulk.add("incident_clock", (*head, *times, *end))
        return clock_id

    def _breach(self, told: Told, clock_id: int) -> None:
        due = told.at + TARGET
        self._bulk.add("breach", (self._id("breach"), clock_id, stamp(due), stamp(due + self._rng.randrange(1, 6))))

    def _id(self, table: str) -> int:
        self._last[table] += 1
        return self._last[table]
