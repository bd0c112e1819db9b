"""From a figure to the incidents behind it."""

from bisect import bisect_left
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from datetime import datetime, timedelta

from msgspec import Struct
from msgspec.structs import replace
from sqlalchemy.orm import Session

from tsalert.core.actors import Actor
from tsalert.core.periods import Period
from tsalert.core.words import Word
from tsalert.keysets import page_among
from tsalert.response import figures
from tsalert.response.clock import ClockState, read_clock
from tsalert.response.counting import By, CountedIncident, Run, Stop, minutes
from tsalert.response.figure_telling import end_label
from tsalert.tiers import queries as tiers
from tsalert.tiers.vocabulary import Subject
from tsalert.web.exports import Cell


class Result(Word):
    """A figure whose incidents can be listed."""

    REPORTS = "reports", "Reports"
    IMMEDIATE = "immediate", "Immediate"
    MET = "met", "Met"
    LATE = "late", "Late"
    BREACHED = "breached", "Breached, nobody there yet"
    BREACHED_THEN_ENDED = "breached_then_ended", "Breached, then ended"
    NOT_APPLICABLE = "not_applicable", "Not applicable"
    RUNNING = "running", "Still running"
    MET_AFTER_BREACH = "met_after_breach", "Met, and told only after the target"
    TOLD_LATE = "told_late", "Told more than 15 minutes afterwards"


class Wanted(Struct, frozen=True):
    """Which incidents to list: those of one figure, and of one group of it where ``by`` is given.

    :param after: where the page begins, as the page before told it; None for the first page.
    """

    period: Period
    result: Result = Result.REPORTS
    by: By | None = None
    key: str = ""
    after: str | None = None


class Listed(Struct, frozen=True):
    """One clock of an incident, or an incident that has none."""

    incident: CountedIncident
    run: Run | None


class ListedPage(Struct, frozen=True):
    """Some of the lines behind a figure; ``first`` is the number of the first among all of them, counted from 1."""

    items: Sequence[Listed]
    next: str | None
    first: int
    total: int


def cut_lines(lines: Sequence[Listed], *, after: str | None, size: int) -> ListedPage:
    """Return the lines that follow a place; what is of one incident stands on one page.

    :raises RuleViolation: ``after`` is no place of this list.
    """
    lines = sorted(lines, key=_place)
    page = page_among(lines, _place, (datetime, int), after=after, size=size)
    before = bisect_left(lines, _place(page.items[0]), key=_place) if page.items else len(lines)
    return ListedPage(page.items, page.next, before + 1, len(lines))


def _place(line: Listed) -> tuple[datetime, int]:
    return line.incident.received_at, line.incident.id


def list_lines(session: Session, wanted: Wanted, *, reader: Actor, now: datetime) -> list[Listed]:
    """Return the incidents behind a figure, one line for each of their clocks that it counts.

    Of one that is kept from the reader a line says what everybody may know; narrowed by more than that, the list would
    tell more, so it is left out.
    """
    only_immediate = wanted.result is not Result.REPORTS
    found = figures.counted_incidents(session, wanted.period, only_immediate=only_immediate)
    chosen = [each for each in found if each.is_report and (wanted.by is None or each.keys[wanted.by] == wanted.key)]
    kept = tiers.withheld(session, reader, Subject.INCIDENT, {each.id for each in chosen}, now=now)
    if wanted.by in _TOLD:
        chosen = [each for each in chosen if each.id not in kept]
    shown = (_bare(each) if each.id in kept else each for each in chosen)
    return [line for incident in shown for line in _lines(incident, wanted.result)]


_TOLD = frozenset({By.SOURCE, By.TYPE})  # what only those may know who may see the incident


def _bare(incident: CountedIncident) -> CountedIncident:
    untold = {By.SOURCE: "", By.TYPE: f"{incident.category}:"}
    return replace(incident, outcome=None, keys={**incident.keys, **untold})


LIST_HEAD = (
    "Incident", "First call", "Source", "Ward", "Category and type", "Grade", "Came out", "Started", "Due", "Stopped",
    "Ended", "Ended because", "Breach on record", "Officer", "Told at", "Told late", "Time corrected",
    "Minutes to scene", "Outcome",
)  # fmt: skip


def list_rows(
    lines: Iterable[Listed], *, wards: Mapping[str, str], names: Mapping[int, str]
) -> Iterator[tuple[Cell, ...]]:
    """Write the incidents behind a figure as rows under ``LIST_HEAD``."""
    for line in lines:
        incident = line.incident
        groups = (figures.label(by, incident.keys[by], wards) for by in (By.SOURCE, By.WARD, By.TYPE))
        grade = incident.grade.label if incident.grade else "Not graded"
        outcome = incident.outcome.label if incident.outcome else None
        yield (incident.reference, incident.received_at, *groups, grade, *_run_cells(line.run, names), outcome)


_OF_STATE = {
    Result.MET: ClockState.MET,
    Result.LATE: ClockState.LATE,
    Result.BREACHED: ClockState.OVERDUE,
    Result.BREACHED_THEN_ENDED: ClockState.BREACHED_THEN_ENDED,
    Result.NOT_APPLICABLE: ClockState.NOT_APPLICABLE,
    Result.RUNNING: ClockState.RUNNING,
}
_CHOOSE: dict[Result, Callable[[Run], bool]] = {
    Result.MET_AFTER_BREACH: lambda run: run.has_breach and run.state is ClockState.MET,
    Result.TOLD_LATE: lambda run: run.stop is not None and run.stop.is_told_late,
}


def _lines(incident: CountedIncident, result: Result) -> Iterator[Listed]:
    if result in {Result.REPORTS, Result.IMMEDIATE}:
        yield from (Listed(incident, run) for run in incident.runs or (None,))
        return
    for run in incident.runs:
        chosen = _CHOOSE[result](run) if result in _CHOOSE else run.state is _OF_STATE[result]
        if chosen:
            yield Listed(incident, run)


def _run_cells(run: Run | None, names: Mapping[int, str]) -> tuple[Cell, ...]:
    if run is None:
        return (None,) * 12
    clock, stop = run.clock, run.stop
    due: datetime | None = read_clock(clock, clock.started_at).due_at
    told = _told_cells(stop, names) if stop else (None,) * 4
    because = end_label(run.end_reason) if run.end_reason else None
    times = (clock.started_at, due, clock.stopped_at, clock.ended_at)
    return (run.state.capitalize(), *times, because, _yes(run.has_breach), *told, _minutes(run.to_scene))


def _told_cells(stop: Stop, names: Mapping[int, str]) -> tuple[Cell, ...]:
    return names.get(stop.officer_id or 0), stop.recorded_at, _yes(stop.is_told_late), _yes(stop.is_corrected)


def _minutes(length: timedelta | None) -> Cell:
    return None if length is None else minutes(length)


def _yes(is_so: bool) -> str:  # noqa: FBT001 - the answer to a question
    return "yes" if is_so else "no"
